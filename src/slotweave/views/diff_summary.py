"""The JSON form of a comparison of two programs, and its lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slotweave.anatomy.compare.program_diff import Done, Match, ProgramDiff, Side

#: So many operations of a kind are written out for a person; JSON has all.
_SHOWN = 5
#: So many names of operations are counted one by one.
_NAMES = 6


def diff_summary(diff: ProgramDiff) -> dict[str, Any]:
    """`diff` as plain values; cycles are those before an operation, `moved` those from A to B.

    A result that several slots make lane by lane is there with the last of them.
    """
    moves = [_match(diff, match) for match in diff.matches]
    return {
        "a": _side(diff.a),
        "b": _side(diff.b),
        "matched": len(moves),
        "unmoved": sum(not move["moved"] and not _changed(move) for move in moves),
        "earlier": sum(move["moved"] < 0 for move in moves),
        "later": sum(move["moved"] > 0 for move in moves),
        "engines": _engines(moves),
        "regrouped": {"a": len(diff.regrouped[0]), "b": len(diff.regrouped[1])},
        "only": {
            "a": [_only(diff.a, number, diff.redundant[0]) for number in diff.only[0]],
            "b": [_only(diff.b, number, diff.redundant[1]) for number in diff.only[1]],
        },
        "matches": moves,
    }


def _side(side: Side) -> dict[str, Any]:
    used = Counter(done.ran.engine for done in side.done)
    return {"cycles": side.cycles, "operations": len(side.done), "engines": dict(used)}


def _match(diff: ProgramDiff, match: Match) -> dict[str, Any]:
    a, b = ([side.done[number] for number in numbers]
            for side, numbers in ((diff.a, match.a), (diff.b, match.b)))  # fmt: skip
    ends = [max(done.ran.cycle for done in row) for row in (a, b)]
    return {
        "a": [_place(done) for done in a],
        "b": [_place(done) for done in b],
        "moved": ends[1] - ends[0],
    }


def _place(done: Done) -> dict[str, Any]:
    ran = done.ran
    return {
        "cycle": ran.cycle,
        "bundle": ran.bundle,
        "engine": ran.engine,
        "slot": ran.slot,
        "text": done.text,
    }


def _only(side: Side, number: int, redundant: frozenset[int]) -> dict[str, Any]:
    """An operation that only one side has, and why: `again`, `unused` or `new`."""
    done = side.done[number]
    why = "again" if number in redundant else "unused" if done.dead else "new"
    return {**_place(done), "operation": done.ran.operation, "why": why}


def _changed(move: Mapping[str, Any]) -> bool:
    return {place["engine"] for place in move["a"]} != {place["engine"] for place in move["b"]}


def _engines(moves: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """engine of A -> engine of B -> results made there instead."""
    counts: Counter[tuple[str, str]] = Counter()
    for move in moves:
        if _changed(move):
            counts[move["a"][-1]["engine"], move["b"][-1]["engine"]] += 1
    result: dict[str, dict[str, int]] = {}
    for (engine, other), number in sorted(counts.items()):
        result.setdefault(engine, {})[other] = number
    return result


def diff_lines(summary: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """`summary` line by line; `names` says what A and B are called."""
    a, b = summary["a"], summary["b"]
    for key, side in (("a", a), ("b", b)):
        cycles, operations = _many(side["cycles"], "cycle"), _many(side["operations"], "operation")
        yield f"{key.upper()}  {names[key]}: {cycles}, {operations}"
    yield f"\n{'slots used':12}{'A':>9}{'B':>9}"
    for engine in sorted({*a["engines"], *b["engines"]}):
        used = [side["engines"].get(engine, 0) for side in (a, b)]
        yield f"{engine:12}{used[0]:9,}{used[1]:9,}"
    yield f"\n{_many(summary['matched'], 'result')} made by both"
    yield from _moved_lines(summary)
    for key in ("a", "b"):
        yield from _only_lines(key.upper(), summary["only"][key])
        if summary["regrouped"][key]:
            number = _many(summary["regrouped"][key], "operation")
            yield f"{number} of {key.upper()} whose words the other makes, grouped otherwise"


def _moved_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    yield f"{summary['unmoved']:9,}  in the same cycle on the same engine"
    for word, sign in (("earlier", -1), ("later", 1)):
        distances = sorted(
            sign * m["moved"] for m in summary["matches"] if sign * m["moved"] > 0
        )  # fmt: skip
        if distances:
            middle = distances[len(distances) // 2]
            yield (
                f"{len(distances):9,}  {word} in B, by {_many(middle, 'cycle')} at the median and "
                f"{distances[-1]:,} at most"
            )
    for engine, others in summary["engines"].items():
        for other, number in others.items():
            yield f"{number:9,}  on {other} instead of {engine}"
    far = sorted(summary["matches"], key=lambda m: -abs(m["moved"]))[:_SHOWN]
    for move in far:
        if move["moved"]:
            words = "moved most" if move is far[0] else ""
            yield f"    {words:10} {move['moved']:+,}: {_shown(move['a'])} -> {_shown(move['b'])}"


def _shown(places: Sequence[Mapping[str, Any]]) -> str:
    """The last of `places`: its cycle, as `explain` takes it, and the bundle if that is another."""
    last = max(places, key=lambda place: int(place["cycle"]))
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    cycle, bundle = last["cycle"], last["bundle"]
    of = "" if cycle == bundle else f" (bundle {bundle:,})"
    return f"{cycle:,}:{last['engine']}:{last['slot']}{of} `{last['text']}`{more}"


def _only_lines(side: str, only: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not only:
        yield f"nothing only in {side}"
        return
    why = Counter(one["why"] for one in only)
    said = [
        f"{why[cause]:,} {text}"
        for cause, text in (
            ("new", f"with results that only {side} has"),
            ("again", f"with results that {side} has already"),
            ("unused", "with results that reach nothing"),
        )
        if why[cause]
    ]
    yield f"{_many(len(only), 'operation')} only in {side}: {', '.join(said)}"
    names = Counter(one["operation"] for one in only).most_common(_NAMES)
    yield f"    {', '.join(f'{number:,} {name}' for name, number in names)}"
    for one in only[:_SHOWN]:
        yield f"    {_shown([one])}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
