"""The bound of each engine alone: the slots of operations that no other engine can run."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from slotweave.analysis.mode_classes import mode_classes
from slotweave.base.wording import plural
from slotweave.bounds.model import Bound
from slotweave.ir.certificate import PriceCertificate
from slotweave.ir.problem import Problem


def engine_bounds(problem: Problem) -> tuple[Bound, ...]:
    """For each engine, the cycles that the operations bound to it fill."""
    classes = mode_classes(problem)
    counts = np.bincount(classes.of, minlength=len(classes.modes)).tolist()
    bounds = []
    for number, (name, slots) in enumerate(zip(problem.engines, problem.slots, strict=True)):
        work = sum(
            count * min(mode[1] for mode in modes)
            for modes, count in zip(classes.modes, counts, strict=True)
            if all(mode[0] == number for mode in modes)
        )
        if work:
            why = f"{plural(work, 'slot')} that only {name} can run, {slots:,} a cycle"
            bounds.append(Bound(name, -(-work // slots), why, _certificate(problem, number)))
    return tuple(bounds)


def _certificate(problem: Problem, engine: int) -> PriceCertificate:
    """All slots but those of `engine` cost nothing."""
    none = (0,) * len(problem.slots)
    prices = [Fraction(0)] * len(problem.slots)
    prices[engine] = Fraction(1, problem.slots[engine])
    return PriceCertificate(tuple(prices), none, none)
