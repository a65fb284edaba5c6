"""A comparison of two programs in lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from slotweave.anatomy.compare.output_difference import Left, OutputDifference
from slotweave.anatomy.compare.program_diff import Only, ProgramDiff
from slotweave.anatomy.compare.word_samples import RUNS
from slotweave.anatomy.place import Place
from slotweave.base.wording import plural

#: Most operations of a kind written out for a person; JSON has all.
_SHOWN = 5
#: Most names of operations counted one by one.
_NAMES = 6


def diff_lines(diff: ProgramDiff, files: tuple[str, str]) -> Iterator[str]:
    """`diff` line by line; `files` says what A and B are called."""
    for key, side, file in zip("AB", (diff.a, diff.b), files, strict=True):
        cycles, operations = plural(side.cycles, "cycle"), plural(len(side.done), "operation")
        yield f"{key}  {file}: {cycles}, {operations}"
    yield ""
    yield from _output_lines(diff)
    yield from _schedule_lines(diff)
    yield f"\n{'slots used':12}{'A':>9}{'B':>9}"
    used = diff.a.engines, diff.b.engines
    for engine in sorted({*used[0], *used[1]}):
        yield f"{engine:12}{used[0].get(engine, 0):9,}{used[1].get(engine, 0):9,}"
    for name in ("unused", "repeated"):
        yield f"{name:12}{getattr(diff.a, name):9,}{getattr(diff.b, name):9,}"
    yield f"\n{plural(len(diff.moves), 'result')} computed by both"
    yield from _moved_lines(diff)
    for key, other, only, regrouped in zip("AB", "BA", diff.only_in, diff.regrouped, strict=True):
        yield from _only_lines(key, only)
        if regrouped:
            yield f"{plural(len(regrouped), 'operation')} of {key} grouped differently in {other}"


def _output_lines(diff: ProgramDiff) -> Iterator[str]:
    """Which word of output differs first, and which operation wrote it in each."""
    if diff.output is None:
        yield f"both leave the same output on {RUNS} random memories"
        return
    a, b = diff.output.a, diff.output.b
    yield f"{diff.output.where} differs first: {_word(a)} in A, {_word(b)} in B"
    for key, left in zip("AB", (a, b), strict=True):
        yield f"    {key}: {_written_by(left)}"


def output_difference_text(found: OutputDifference, names: tuple[str, str]) -> str:
    """The same on one line; `names` is what A and B are called."""
    sides = [
        f"{_word(left)} in {name} ({_written_by(left)})"
        for left, name in zip((found.a, found.b), names, strict=True)
    ]
    return f"{found.where} differs: {', '.join(sides)}"


def _written_by(left: Left) -> str:
    return "nothing writes it" if left.by is None else f"written by {_shown([left.by])}"


def _word(left: Left) -> str:
    return "no word" if left.word is None else f"{left.word:,}"


def _schedule_lines(diff: ProgramDiff) -> Iterator[str]:
    """Where two programs with one schedule part."""
    if not diff.one_schedule:
        return
    if diff.parting is None:
        yield "both are the same, bundle for bundle"
        return
    a, b = diff.parting.a, diff.parting.b
    yield f"both have one schedule; they differ first in {_shown([a])}, which is `{b.named}` in B"


def _moved_lines(diff: ProgramDiff) -> Iterator[str]:
    yield f"{diff.unmoved:9,}  in the same cycle on the same engine"
    for word, sign in (("earlier", -1), ("later", 1)):
        distances = sorted(sign * move.moved for move in diff.moves if sign * move.moved > 0)
        if distances:
            middle = distances[len(distances) // 2]
            yield (
                f"{len(distances):9,}  {word} in B, by {plural(middle, 'cycle')} at the median and "
                f"{distances[-1]:,} at most"
            )
    for engine, others in diff.engines.items():
        for other, number in others.items():
            yield f"{number:9,}  on {other} instead of {engine}"
    far = sorted(diff.moves, key=lambda move: -abs(move.moved))[:_SHOWN]
    for move in far:
        if move.moved:
            words = "moved most" if move is far[0] else ""
            yield f"    {words:10} {move.moved:+,}: {_shown(move.a)} -> {_shown(move.b)}"


def _shown(places: Sequence[Place]) -> str:
    """The last of `places`: its cycle, as `explain` takes it, and the bundle if that is another."""
    last = max(places, key=lambda place: place.at)
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    of = "" if last.at == last.bundle else f" (bundle {last.bundle:,})"
    line = "" if last.line is None else f", {last.line}"
    return f"{last.at:,}:{last.engine}:{last.slot}{of} `{last.named}`{line}{more}"


def _only_lines(side: str, only: Sequence[Only]) -> Iterator[str]:
    if not only:
        yield f"nothing only in {side}"
        return
    why = Counter(one.why for one in only)
    said = [
        f"{why[cause]:,} {text}"
        for cause, text in (
            ("new", f"with results only in {side}"),
            ("again", f"already computed in {side}"),
            ("unused", "with no effect on output"),
        )
        if why[cause]
    ]
    yield f"{plural(len(only), 'operation')} only in {side}: {', '.join(said)}"
    names = Counter(one.operation for one in only).most_common(_NAMES)
    yield f"    {', '.join(f'{number:,} {name}' for name, number in names)}"
    for one in only[:_SHOWN]:
        yield f"    {_shown([one.place])}"
