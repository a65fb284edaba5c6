"""The one sentence about a program that matters most, derived from what `inspect` measured.

Guarantees: each number in it is one of the inspection; "at most" and "up to" rest on a lower bound
of the ladder, so that no program with these operations on their engines saves more cycles.
"""

from __future__ import annotations

from slotweave.anatomy.inspection import Inspection, RunView
from slotweave.base.wording import plural
from slotweave.bounds import Bound

#: An engine whose slots take this share of the cycles, in whatever order, is what bounds a program.
_NEARLY_FULL = 0.9

_NO_SLACK = {
    "critical path": "its longest chain of operations takes this long",
    "heads and tails": "no order of these operations, each on its engine, takes less",
    "dataflow": "no order of these operations takes less, on whatever engines",
}
#: Why slots are idle: of one, and of several.
_REASONS = {
    "free": ("could hold", "could hold", "a later operation that waits for nothing"),
    "jump": ("has", "have", "no work other than what comes after a jump"),
    "scratch": ("waits", "wait", "for a word of scratch that is in use"),
    "memory": ("waits", "wait", "for an access to memory, a pause or a trace"),
    "elsewhere": ("waits", "wait", "for an operand whose engine is full"),
    "dependence": ("waits", "wait", "for operands"),
    "nothing": ("has", "have", "no work left"),
}


def headline(found: Inspection) -> str:
    """What to know first of the program."""
    if found.refusal is not None:
        why = found.refusal.message.split(";")[0]
        return f"How long it runs is not known: {why} (bundle {found.refusal.bundle})."
    if found.view is None or found.bound is None or not found.cycles:
        return "It takes no cycle: there is nothing to do."
    if found.bound.cycles == found.cycles:
        return _without_slack(found, found.bound)
    return _overlap(found, found.view, found.bound) or _with_slack(found, found.view, found.bound)


def _without_slack(found: Inspection, bound: Bound) -> str:
    cycles = plural(found.cycles, "cycle")
    if bound.name in found.engines:
        used = found.engines[bound.name].used
        take = "takes" if used == 1 else "take"
        why = f"{plural(used, 'slot')} on {bound.name} {take} this long in any order"
        return f"It cannot be shorter than {cycles} unless {bound.name} does less work: its {why}."
    why = _NO_SLACK[bound.name]
    return f"It cannot be shorter than {cycles} without different operations: {why}."


def _overlap(found: Inspection, view: RunView, bound: Bound) -> str:
    """What to say of a program that does one thing at a time; nothing of others."""
    save = f"would save up to {found.cycles - bound.cycles:,} of its {found.cycles:,} cycles"
    if view.widest <= 1:
        return f"No bundle holds two operations; running them in parallel {save}."
    if view.most_engines <= 1 and sum(use.used > 0 for use in found.engines.values()) > 1:
        return f"No bundle uses two engines; overlapping {save}."
    return ""


def _with_slack(found: Inspection, view: RunView, bound: Bound) -> str:
    engine = view.spans.engine
    use = found.engines[engine]
    least = next(rung.cycles for rung in found.ladder if rung.name == engine)
    if least >= _NEARLY_FULL * found.cycles:
        most = plural(found.cycles - bound.cycles, "cycle")
        return (
            f"{engine} uses {100 * use.share:.1f} % of its slots: no other order saves more than "
            f"{most}, only fewer operations on {engine} would."
        )
    idle = view.idle[engine]
    cause, slots = max(idle.items(), key=lambda pair: (pair[0] != "nothing", pair[1]))
    one, several, why = _REASONS[cause]
    return (
        f"{_share_of(sum(idle.values()), slots, engine)} {one if slots == 1 else several} {why}; "
        "with these operations on their engines at most "
        f"{plural(found.cycles - bound.cycles, 'cycle')} can be saved."
    )


def _share_of(total: int, slots: int, engine: str) -> str:
    """Of how many of its idle slots something is said."""
    if slots < total:
        return f"Of {total:,} idle slots of {engine}, the busiest engine, {slots:,}"
    return (
        f"The {'only idle slot' if total == 1 else f'{total:,} idle slots'} of {engine}, "
        "the busiest engine,"
    )
