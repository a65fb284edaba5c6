"""`PYTHONPATH=tests python -m imitations`: the table of docs/repack.md."""

from __future__ import annotations

import sys

from imitations.catalogue import imitations
from imitations.report import SHAPE, repacked, table
from slotweave.backend.fit import Effort


def main() -> None:
    rows = []
    for imitation in imitations(SHAPE):
        row, _ = repacked(imitation, SHAPE, Effort.DEFAULT, instances=5)
        rows.append(row)
        print(f"{imitation.name}: {row.before:,} to {row.after:,}", file=sys.stderr, flush=True)
    print("\n".join(table(rows)))


main()
