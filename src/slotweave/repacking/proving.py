"""Schedules that were found, made programs and proved to do what the given program does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slotweave.analysis.utilisation import counted_bundles
from slotweave.backend.fitted import Fitted
from slotweave.bounds import Bound
from slotweave.check.symbolic.equivalence import Equivalence
from slotweave.check.symbolic.refinement import graph_refines_program
from slotweave.driver.certify import expect_block, prove_program
from slotweave.ir.allocation import Allocation
from slotweave.ir.facts import Facts
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine
from slotweave.repacking.search import Found
from slotweave.repacking.trail import Trail


@dataclass(frozen=True)
class Candidate:
    """A program made of a graph, proved to be it, and the values on the way."""

    way: str
    program: Program
    problem: Problem
    schedule: Schedule
    allocation: Allocation
    proof: Equivalence
    bounds: tuple[Bound, ...]
    rules: Mapping[str, int] = field(default_factory=dict)

    @property
    def cycles(self) -> int:
        return counted_bundles(self.program)


def first_proved(
    trail: Trail, program: Program, machine: Machine, facts: Facts
) -> Candidate | None:
    """The last, and so the shortest, that was found and is proved to do what `program` does."""
    verdicts: dict[str, Equivalence] = {}
    for one in reversed(trail.found):
        way = one.variant.way
        if way not in verdicts:
            trail.tell(f"{way}: proving")
            verdicts[way] = graph_refines_program(one.variant.graph, program, machine, facts)
            if not verdicts[way].proved:
                trail.tell(f"{way}: not proved ({verdicts[way].why}), skipped")
        if verdicts[way].proved:
            candidate = _proved(one, machine, facts)
            if candidate is not None:
                return candidate
    return None


def _proved(found: Found, machine: Machine, facts: Facts) -> Candidate | None:
    """The program of a schedule, if it is proved to be its graph.

    Raises CheckFailed if a check finds a fault, rather than no proof.
    """
    variant = found.variant
    rewritten, fitted = variant.rewritten, Fitted(variant.lowered, found.schedule, found.allocation)
    expect_block(variant.graph, rewritten, fitted)
    program = fitted.emitted(machine)
    proof = prove_program(program, machine, rewritten.graph, facts)
    if not proof.proved:
        return None
    return Candidate(
        variant.way, program, fitted.problem, found.schedule, found.allocation, proof,
        variant.bounds, rewritten.counts(),
    )  # fmt: skip
