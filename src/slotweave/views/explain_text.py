"""The answer to `explain PROGRAM CYCLE` in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from slotweave.anatomy.causes.explanation import (
    EmptySlots,
    End,
    ExplainedOperation,
    Explanation,
    Hold,
    Link,
)
from slotweave.anatomy.place import Place
from slotweave.base.wording import bundles, plural

#: How many links of a chain are written out.
_LINKS = 12

#: Of each link that was told: of which operation, and its place with those of the rest.
_Told = dict[str, tuple[str, list[str]]]

_HELD = {
    "operand": "its operand is computed by",
    "memory": "it may access the same memory as",
    "scratch": "the scratch word that it writes is still in use by",
}
#: Operations that read or write memory at an address; all else with an order aliases everything.
_WITH_ADDRESS = frozenset({"load", "load_offset", "vload", "store", "vstore"})
_BETWEEN = "{name} stands between,"
_AFTER = "{name} comes after"
_NAMES = {"pause": "a pause", "halt": "a halt", "trace_write": "a trace"}
_EMPTY = {
    "free": "{operations} could move here",
    "jump": "{operations} could move here, but they come after a jump",
    "scratch": "the next operation waits for the scratch word that it writes",
    "memory": "the next operation waits for memory",
    "elsewhere": "a later operation waits for an operand that a full engine delays",
    "dependence": "all later operations wait for operands",
    "nothing": "no operation for this engine that could move is left",
}
#: Why an operation is not earlier that nothing before it holds (see why_here).
_ENDS = {
    "keeps": "a pause, a halt or a jump keeps its place",
    "first": "nothing delays it: this is the first bundle",
    "entry": "nothing delays it: this is the first bundle of its block",
    "together": "operations of this bundle wait for each other",
    "full": "nothing delays it from {free:,} on, but {engine} has no free slot in {span}",
    "uncounted": "nothing delays it from {free:,} on, but {engine} has no free slot in {span}: "
    "an empty bundle costs no cycle and has none",
    "room": "nothing delays it from {free:,} on: {engine} has a free slot in {room}",
}
#: What to say of an operation whose chain ends so.
_HELD_BY_CHAIN = {
    "keeps": "as early as what it waits for, which leads back to something fixed in its place",
    "first": "as early as possible: its chain starts in the first bundle",
    "entry": "as early as possible: its chain starts in the first bundle of its block",
    "together": "as early as what it waits for, which leads back to operations that wait "
    "for each other",
    "full": "as early as what it waits for, which leads back to {span}, where {engine} "
    "has no free slot",
    "uncounted": "as early as what it waits for, which leads back to {span}, where {engine} "
    "has no free slot: an empty bundle costs no cycle and has none",
    "room": "as early as what it waits for, but that chain starts with an operation that "
    "could move to {room}",
}


def explanation_lines(answer: Explanation) -> Iterator[str]:
    """`answer` line by line.

    Operations that are alike but for their slots and words, as the lanes of a vector are, are told
    once. If only operations that are alike are told, so is the chain behind them, link by link; a
    chain that leads to what was told is not told again.
    """
    groups = _alike(answer.operations)
    told: _Told | None = {} if len(groups) <= 1 else None
    if answer.cycle is not None:
        yield f"cycle {answer.cycle:,} of the run: bundle {answer.bundle:,}"
    if answer.part is not None:
        first, last = answer.part[0], answer.part[1] - 1
        runs = "runs by itself; when it does" if first == last else "run in a row; when they do"
        yield f"{bundles(first, last)} {runs} is not known"
    for alike in groups:
        yield from _operation_lines(alike, told)
    for empty in answer.empty:
        one = f"slot {empty.first} is"
        last = empty.first + empty.slots - 1
        slots = one if empty.slots == 1 else f"slots {empty.first} to {last} are"
        yield f"{empty.engine}: {slots} empty: {_reason(empty)}"
        if empty.next is not None:
            yield from (f"    {line}" for line in _operation_lines([empty.next], told))
    if told is None:
        yield f"to see a chain link by link, name one slot, such as {_slot(groups[0][0].place)}"
    if not answer.operations and not answer.empty:
        yield "there is nothing here, and there could be nothing"


def _reason(empty: EmptySlots) -> str:
    if empty.cause == "nothing" and empty.kept:
        return "only pauses, halts and jumps are left for this engine, which keep their place"
    return _EMPTY[empty.cause].format(operations=plural(empty.could_move, "later operation"))


def _alike(operations: Iterable[ExplainedOperation]) -> list[list[ExplainedOperation]]:
    """`operations` in their order, those together that differ in their slots and words alone."""
    groups: dict[Hashable, list[ExplainedOperation]] = {}
    for operation in operations:
        groups.setdefault(_likeness(operation), []).append(operation)
    return list(groups.values())


def _likeness(operation: ExplainedOperation) -> Hashable:
    """What operations that are alike have in common."""
    return (
        _sort(operation.place),
        tuple((hold.cause, hold.until, _sort(hold.by)) for hold in operation.held),
        operation.free_from,
        operation.room,
        tuple((link.cause, _sort(link.place)) for link in operation.chain),
        (_sort(operation.end.place), operation.end.why, operation.end.free_from),
        operation.end.room,
    )


def _sort(place: Place) -> Hashable:
    """When and on which engine something is done, what, and for which line of the kernel."""
    return place.cycle, place.bundle, place.engine, place.mnemonic, place.line


def _operation_lines(alike: Sequence[ExplainedOperation], told: _Told | None) -> Iterator[str]:
    """The first of some operations that are alike; without `told` only what holds it longest."""
    operation = alike[0]
    place = operation.place
    numbers = "" if place.named == place.text else f" (`{place.text}`)"
    yield f"{_named(place)}{numbers}{_line(place)}{_others(alike[1:])}"
    longest = max((hold.until for hold in operation.held), default=0)
    held = [hold for hold in operation.held if hold.until == longest][:1]
    for hold in held if told is None else operation.held:
        yield f"    until {hold.until:,}: {_held(place, hold)} {_place(hold.by)}"
    yield f"    {_verdict(operation)}"
    if told is not None:
        yield from _chain_lines(operation, told)


def _chain_lines(operation: ExplainedOperation, told: _Told) -> Iterator[str]:
    """The chain behind an operation, as far as it was not told."""
    place, chain, end = operation.place, operation.chain, operation.end
    for number, link in enumerate(chain[:_LINKS]):
        rest = [*(_place(one.place) for one in chain[number:]), _place(end.place)]
        first, known = told.setdefault(rest[0], (_short(place), rest))
        yield f"    < {_cause(link)}: {rest[0]}"
        if known == rest and first != _short(place):
            yield f"      and so on, as for {first}"
            return
    more = len(chain) - _LINKS
    if more > 0:
        yield f"    < {more:,} more, the last {_place(end.place)}"
    if chain:
        yield f"      {_ENDS[end.why].format(**_times(end))}"


def _others(alike: Sequence[ExplainedOperation]) -> str:
    if not alike:
        return ""
    last = _place(alike[-1].place)
    if len(alike) == 1:
        return f" and, alike, {last}"
    return f" and {len(alike)} more that are alike, the last {last}"


def _held(place: Place, hold: Hold) -> str:
    """How another operation holds the one at `place`; a pause has no address."""
    if hold.cause == "memory":
        for one, said in ((hold.by, _BETWEEN), (place, _AFTER)):
            if one.mnemonic not in _WITH_ADDRESS:
                return said.format(name=_NAMES.get(one.mnemonic, f"`{one.mnemonic}`"))
    return _HELD[hold.cause]


def _cause(link: Link) -> str:
    """What a link of a chain is called."""
    name = link.place.mnemonic
    return name if link.cause == "memory" and name not in _WITH_ADDRESS else link.cause


def _verdict(operation: ExplainedOperation) -> str:
    if operation.jumps:
        return "a jump keeps its place, where its block ends"
    if operation.keeps:
        return f"{_NAMES[operation.place.mnemonic]} keeps its place"
    times = _times(operation)
    if operation.free_from == operation.place.at:
        return _HELD_BY_CHAIN[operation.end.why].format(**_times(operation.end))
    return _ENDS[operation.end.why].format(**times)


def _times(operation: ExplainedOperation | End) -> dict[str, Any]:
    """What sentences about an operation may say: its engine, since when it is free, its span."""
    free, at = operation.free_from, operation.place.at
    span = f"{free:,}" if at - free == 1 else f"{free:,}–{at - 1:,}"
    room = None if operation.room is None else f"{operation.room:,}"
    return {"engine": operation.place.engine, "free": free, "span": span, "room": room}


def _short(place: Place) -> str:
    """A place without the text of the slot."""
    return _place(place).split(" `")[0]


def _place(place: Place) -> str:
    return f"{_named(place)}{_line(place)}"


def _named(place: Place) -> str:
    of = "" if place.cycle is None else f" (bundle {place.bundle:,})"
    return f"{_slot(place)}{of} `{place.named}`"


def _slot(place: Place) -> str:
    return f"{place.at:,}:{place.engine}:{place.slot}"


def _line(place: Place) -> str:
    """The line of the kernel that it comes from, if that is known."""
    return "" if place.line is None else f", {place.line}"
