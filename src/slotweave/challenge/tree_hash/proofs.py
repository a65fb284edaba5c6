"""Recorded proofs that tree hash, as a plan writes it, is its definition.

A record is known by the fingerprint of the traced graph and its facts; if the kernel, the plan or
the contract changes, no record fits any more and nothing is claimed. Records are made again, and
those that are there are proved again, by `make check-all`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

#: The records that come with Slotweave.
PROOFS_FILE = Path(__file__).with_name("proofs.json")


@dataclass(frozen=True)
class ProvedPlan:
    """That the graph with this fingerprint, which `plan` writes for these parameters, is proved."""

    parameters: Mapping[str, int]
    contract: str
    plan: str
    fingerprint: str


def recorded_proofs() -> tuple[ProvedPlan, ...]:
    """The records that come with Slotweave."""
    return proofs_from_json(PROOFS_FILE.read_text(encoding="utf-8"))


def proved_fingerprints() -> frozenset[str]:
    """Their fingerprints."""
    return frozenset(proof.fingerprint for proof in recorded_proofs())


def proofs_from_json(text: str) -> tuple[ProvedPlan, ...]:
    return tuple(ProvedPlan(**record) for record in json.loads(text))


def proofs_to_json(proofs: Iterable[ProvedPlan]) -> str:
    """The records as the file that `recorded_proofs` reads."""
    return json.dumps([asdict(proof) for proof in proofs], indent=1) + "\n"
