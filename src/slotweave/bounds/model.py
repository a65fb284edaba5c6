"""A lower bound on the cycles of a problem: how many, by which argument, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.ir.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Bound:
    """No schedule of the problem has fewer than `cycles` cycles; `why` says so to a person.

    `certificate` says so to a checker; bounds that say the same are equal, however it is shown.
    """

    name: str
    cycles: int
    why: str
    certificate: Certificate | None = field(default=None, compare=False)
