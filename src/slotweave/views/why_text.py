"""The answer to `explain PROGRAM CYCLE` in sentences, from its JSON form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slotweave.base.wording import plural

#: How many links of a chain are written out.
_LINKS = 12

#: Of each link that was told: of which operation, and its place with those of the rest.
_Told = dict[str, tuple[str, list[str]]]

_HELD = {
    "operand": "its operand is computed by",
    "memory": "in memory it may alias",
    "scratch": "the word that it writes is in use by",
}
#: Operations that read or write memory at an address; all else with an order aliases everything.
_WITH_ADDRESS = frozenset({"load", "load_offset", "vload", "store", "vstore"})
_BETWEEN = "{name} stands between,"
_AFTER = "{name} comes after"
_NAMES = {"pause": "a pause", "halt": "a halt", "trace_write": "a trace"}
_EMPTY = {
    "free": "{operations} that {stand} later could move here",
    "scratch": "the next operation waits for the word that it writes",
    "memory": "the next operation waits for memory",
    "elsewhere": "an operand of a later operation is held back by a full engine",
    "dependence": "all later operations wait for operands",
    "nothing": "no operation for this engine is left",
}
#: Why an operation is not earlier that nothing before it holds (see why_here).
_ENDS = {
    "keeps": "a pause, a halt or a jump keeps its place",
    "first": "nothing holds it: this is the first bundle",
    "together": "operations of this bundle wait for each other",
    "full": "nothing holds it from {free:,} on, but {engine} has no free slot in {span}",
    "room": "nothing holds it from {free:,} on: {engine} has a free slot in {room}",
}
#: What to say of an operation whose chain ends so.
_HELD_BY_CHAIN = {
    "keeps": "as early as what it waits for, back to what keeps its place",
    "first": "as early as it can be, back to the first bundle",
    "together": "as early as what it waits for, back to operations that wait for each other",
    "full": "as early as what it waits for, back to where {engine} has no free slot, in {span}",
    "room": "as early as what it waits for, but that goes back to one that could stand in {room}",
}


def why_lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """`answer`, made by report.why_here, line by line.

    Operations that are alike but for their slots and words, as the lanes of a vector are, are told
    once; a chain that leads to what was told is not told again.
    """
    told: _Told = {}
    if "run" in answer:
        yield f"cycle {answer['cycle']:,} of the run: bundle {answer['bundle']:,}"
    for alike in _alike(answer["operations"]):
        yield from _operation_lines(alike, told)
    for empty in answer["empty"]:
        slots = "1 slot is" if empty["slots"] == 1 else f"{empty['slots']} slots are"
        yield f"{empty['engine']}: {slots} empty: {_reason(empty)}"
        if empty["next"]:
            yield from (f"    {line}" for line in _operation_lines([empty["next"]], told))
    if not answer["operations"] and not answer["empty"]:
        yield "nothing stands here, and nothing could"


def _reason(empty: Mapping[str, Any]) -> str:
    moving = empty["could_move"]
    stand = "stands" if moving == 1 else "stand"
    return _EMPTY[empty["cause"]].format(operations=plural(moving, "operation"), stand=stand)


def _alike(operations: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """`operations` in their order, those together that differ in their slots and words alone."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for operation in operations:
        groups.setdefault(json.dumps(_without_words(operation)), []).append(operation)
    return list(groups.values())


def _without_words(part: Any) -> Any:
    """Part of an answer with mnemonics for texts, and without the numbers of slots."""
    if isinstance(part, list):
        return [_without_words(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_words(one) for name, one in part.items() if name != "slot"}
    return {**kept, "text": part["text"].split()[0]} if "text" in part else kept


def _operation_lines(alike: list[Mapping[str, Any]], told: _Told) -> Iterator[str]:
    """The first of some operations that are alike."""
    operation = alike[0]
    yield _place(operation) + _others(alike[1:])
    for held in operation["held"]:
        yield f"    until {held['until']:,}: {_held(operation, held)} {_place(held['by'])}"
    yield f"    {_verdict(operation)}"
    chain, end = operation["chain"], operation["end"]
    for number, link in enumerate(chain[:_LINKS]):
        rest = [_place(one) for one in (*chain[number:], end)]
        first, known = told.setdefault(rest[0], (_short(operation), rest))
        yield f"    < {_cause(link)}: {rest[0]}"
        if known == rest and first != _short(operation):
            yield f"      and on as for {first}"
            return
    more = len(chain) - _LINKS
    if more > 0:
        yield f"    < {more:,} more, the last {_place(end)}"
    if chain:
        yield f"      {_ENDS[end['why']].format(**_times(end))}"


def _others(alike: list[Mapping[str, Any]]) -> str:
    if not alike:
        return ""
    if len(alike) == 1:
        return f" and, alike, {_place(alike[0])}"
    return f" and {len(alike)} more that are alike, the last {_place(alike[-1])}"


def _held(operation: Mapping[str, Any], held: Mapping[str, Any]) -> str:
    """How another operation holds this one; a pause has no address."""
    if held["cause"] == "memory":
        for one, said in ((held["by"], _BETWEEN), (operation, _AFTER)):
            name = str(one["text"]).split()[0]
            if name not in _WITH_ADDRESS:
                return said.format(name=_NAMES.get(name, f"`{name}`"))
    return _HELD[held["cause"]]


def _cause(link: Mapping[str, Any]) -> str:
    """What a link of a chain is called."""
    name = str(link["text"]).split()[0]
    return name if link["cause"] == "memory" and name not in _WITH_ADDRESS else str(link["cause"])


def _verdict(operation: Mapping[str, Any]) -> str:
    if operation.get("jumps"):
        return "a jump keeps its place, where its block ends"
    times = _times(operation)
    if times["free"] == times["at"]:
        end = operation["end"]
        return _HELD_BY_CHAIN[end["why"]].format(**_times(end))
    return _ENDS["full" if operation["room"] is None else "room"].format(**times)


def _times(operation: Mapping[str, Any]) -> dict[str, Any]:
    """What sentences about an operation may say: its engine, since when it is free, its span."""
    free, at = operation["free_from"], operation.get("cycle", operation["bundle"])
    span = f"{free:,}" if at - free == 1 else f"{free:,}–{at - 1:,}"
    room = None if operation["room"] is None else f"{operation['room']:,}"
    return {"engine": operation["engine"], "free": free, "at": at, "span": span, "room": room}


def _short(place: Mapping[str, Any]) -> str:
    """A place without the text of the slot."""
    return _place(place).split(" `")[0]


def _place(place: Mapping[str, Any]) -> str:
    at, of = place["bundle"], ""
    if "cycle" in place:
        at, of = place["cycle"], f" (bundle {at:,})"
    return f"{at:,}:{place['engine']}:{place['slot']}{of} `{place['text']}`"
