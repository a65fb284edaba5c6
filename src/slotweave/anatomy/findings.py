"""Why a program is as long as it is, and what to do about it, from what `inspect` measured.

Guarantees: each number is one of the inspection or computed from its phases; what can be saved
"at most" rests on a lower bound of the ladder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slotweave.anatomy.inspection import Inspection, RunView
from slotweave.base.wording import plural
from slotweave.bounds import Bound

#: Causes with a smaller share of the idle slots of the busiest engine are not told.
_LEAST_SHARE = 0.1
#: Less than this part of the cycles is not worth another order.
_WORTH = 50
#: An engine with more idle slots than this share has room for the work of another one.
_ROOM = 0.25

_OTHERS = "fewer or different operations, or other engines for them,"

#: Slots by engine -> cycles, as `slot_curves` has them.
Curves = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is true of the program, and what to do about it ("" if nothing)."""

    what: str
    cure: str


_CURES = {
    "free": "Move it there: `slotweave repack` may find how.",
    "memory": "If the accesses cannot alias, say so with `--facts`; if they can, put other work "
    "between them.",
    "elsewhere": "Reduce the work of the full engine, or start it earlier.",
    "dependence": "There is not enough independent work at that time: let more groups of items "
    "run at once, or start the next stage of some while others are in this one.",
}
_CAUSES = {
    "free": "could hold an operation of a later bundle that waits for nothing",
    "scratch": "wait for a word of scratch that still holds a value",
    "memory": "wait for an access to memory that may alias theirs",
    "elsewhere": "wait for an operand whose engine is full",
    "dependence": "wait for operands that are not ready yet",
}


def findings(found: Inspection, curves: Curves) -> tuple[Finding, ...]:
    """What to know of a program and to do about it, what matters most first."""
    view, bound = found.view, found.bound
    if view is None or bound is None or not found.cycles:
        return ()
    return (
        _gap(found, bound),
        *(_overlap(view) if _worth(found, bound) else ()),
        *_idle(found, view),
        *_movable(found, view),
        *_superfluous(view),
        *_slots(found, curves),
    )


def _gap(found: Inspection, bound: Bound) -> Finding:
    gap = found.cycles - bound.cycles
    if not gap:
        what = f"No order of its slots, each on its engine, takes fewer cycles: {bound.why}."
        return Finding(what, f"Only {_OTHERS} can make it shorter.")
    if not _worth(found, bound):
        what = f"At most {plural(gap, 'cycle')} can be saved by another order: {bound.why}."
        return Finding(what, f"Only {_OTHERS} can make it much shorter.")
    what = (
        f"It takes {found.cycles:,} cycles, and its slots, each on its engine, need "
        f"{bound.cycles:,} ({bound.why}): another order saves up to {gap:,}."
    )
    return Finding(what, "`slotweave repack` may find it, and proves the result equal.")


def _worth(found: Inspection, bound: Bound) -> bool:
    """Is there something to gain by another order?"""
    return (found.cycles - bound.cycles) * _WORTH >= found.cycles


def _overlap(view: RunView) -> Iterator[Finding]:
    """Groups of items that all do the same at a time."""
    groups = {phase.group for phase in view.phases if phase.group is not None}
    stages = {phase.stage for phase in view.phases if phase.stage is not None}
    at_once = view.under_way
    if len(groups) < 2 or len(stages) < 4 or at_once.stages >= 2.5:
        return
    yield Finding(
        f"On average {at_once.groups:.1f} of its {len(groups)} groups of items are under way at a "
        f"time, in {at_once.stages:.1f} of {len(stages)} stages: work of the same kind runs "
        "together, so each engine waits while another one is busy.",
        "Overlap the stages: let some groups start later, so that one loads while another "
        "computes. `slotweave repack` does so for any program, `slotweave compile` for a kernel.",
    )


def _idle(found: Inspection, view: RunView) -> Iterator[Finding]:
    engine = view.spans.engine
    causes = {cause: slots for cause, slots in view.idle[engine].items() if cause in _CAUSES}
    total = sum(view.idle[engine].values())
    if total < _LEAST_SHARE * found.engines[engine].slots:
        return
    for cause, slots in sorted(causes.items(), key=lambda pair: -pair[1]):
        if slots >= _LEAST_SHARE * total:
            what = f"{slots:,} of {plural(total, 'idle slot')} on {engine} {_CAUSES[cause]}."
            yield Finding(what, _words(found, view) if cause == "scratch" else _CURES[cause])


def _words(found: Inspection, view: RunView) -> str:
    """What to do about words that are waited for."""
    spare = found.scratch.size - found.scratch.peak
    if not spare:
        return "Scratch is full: compute values later, or again instead of keeping them."
    told = [f"{one.first} to {one.first + one.words - 1}" if one.words > 1 else str(one.first)
            for one in view.word_waits[:3]]  # fmt: skip
    most = f"; most waited for: {', '.join(told)}" if told else ""
    return (
        f"Write to words that are free: {plural(spare, 'word')} of {found.scratch.size:,} hold "
        f"nothing even at the peak{most}. `slotweave repack` allocates all words again."
    )


def _movable(found: Inspection, view: RunView) -> Iterator[Finding]:
    engine = view.spans.engine
    for other, number in view.movable.get(engine, {}).items():
        use = found.engines[other]
        if use.slots and 1 - use.share > _ROOM:
            yield Finding(
                f"{plural(number, 'operation')} on {engine}, the busiest engine, could run on "
                f"{other}, where {100 * (1 - use.share):.0f} % of the slots are idle.",
                "Let the compiler choose the engine of each: `slotweave repack` does so for any "
                "program, `slotweave compile` for a kernel.",
            )


def _superfluous(view: RunView) -> Iterator[Finding]:
    if view.repeated + view.unused:
        yield Finding(
            f"Operations that repeat an earlier one: {view.repeated:,}; without an effect on the "
            f"output: {view.unused:,}.",
            "`slotweave repack` leaves them out.",
        )


def _slots(found: Inspection, curves: Curves) -> Iterator[Finding]:
    """The engine of which one more slot brings most."""
    best: tuple[int, str, int, int] | None = None
    for engine, curve in curves.items():
        own = found.engines[engine].slots // found.cycles
        takes = dict(curve)
        if own in takes and own + 1 in takes:
            saved = takes[own] - takes[own + 1]
            if saved > 0 and (best is None or saved > best[0]):
                best = (saved, engine, takes[own], takes[own + 1])
    if best is not None:
        saved, engine, now, then = best
        yield Finding(
            f"Each operation issued as early as it can be, in the order of the program, it takes "
            f"{now:,} cycles; with one more slot on {engine} {then:,}.",
            "",
        )
