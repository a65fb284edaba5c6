"""`python -m slotweave` is the command `slotweave`."""

from __future__ import annotations

import os
import sys

from slotweave.base.interruption import exit_when_interrupted

_NO_SCHEDULE = 3


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly also while it is being imported."""
    exit_when_interrupted()
    from slotweave.cli.main import main as run  # takes a tenth of a second

    try:
        run()
    except SystemExit as end:
        if end.code == _NO_SCHEDULE:
            # What was traced until its time was up may be millions of values, and taking them apart
            # one by one would take a second that the command does not have.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(_NO_SCHEDULE)
        raise


if __name__ == "__main__":
    main()
