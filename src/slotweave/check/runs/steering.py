"""Memory that leads a run another way at one of its decisions.

What is found is a suggestion: only a run shows where it leads. First the operations that make the
condition are undone one by one, which needs nothing; then, where it is there, a solver (Z3, the
extra `prove`) is asked for words that also keep to the path up to there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slotweave.check.runs.concolic import Path
from slotweave.isa import WORD_BITS, WORD_MASK

#: Words of memory to write, by address.
Changes = Mapping[int, int]

#: How deep operations are undone, and how many in all for one decision.
_DEEPEST, _MOST_UNDONE = 200, 4_000


def undone(path: Path, index: int) -> Iterator[Changes]:
    """Changes after each of which decision `index` may go the other way, the path aside."""
    decision = path.decisions[index]
    wanted = (0,) if decision.word else (1, 2, 3, 0x80000000, WORD_MASK)
    seen: set[tuple[int, int]] = set()
    for word in wanted:
        yield from _made(path, decision.term, word, _DEEPEST, seen)


def _made(
    path: Path, term: int, wanted: int, depth: int, seen: set[tuple[int, int]]
) -> Iterator[Changes]:
    """Changes that may make `term` the word `wanted`, all else being as it is.

    What is in `seen` is not tried again: a word that is used twice would double the work each time.
    """
    wanted &= WORD_MASK
    if (term, wanted) in seen or len(seen) >= _MOST_UNDONE:
        return
    seen.add((term, wanted))
    kind, place, args = path.terms[term]
    if kind == "input":
        yield {place: wanted}
        return
    if kind == "const" or depth == 0 or any(arg not in path.words for arg in args):
        return
    now = [path.words[arg] for arg in args]
    for position, target in _operands(kind, now, wanted):
        if target & WORD_MASK != now[position]:
            yield from _made(path, args[position], target, depth - 1, seen)


def _operands(kind: str, now: list[int], wanted: int) -> Iterator[tuple[int, int]]:
    """(operand, word) such that the operation gives `wanted` if that operand is that word."""
    match kind:
        case "xor":
            yield from ((0, wanted ^ now[1]), (1, wanted ^ now[0]))
        case "add" | "add_immediate":
            yield from ((0, wanted - now[1]), (1, wanted - now[0]))
        case "sub":
            yield from ((0, wanted + now[1]), (1, now[0] - wanted))
        case "mul":
            for position, factor in ((0, now[1]), (1, now[0])):
                if factor % 2:
                    yield position, wanted * pow(factor, -1, 1 << WORD_BITS)
                elif factor and wanted % factor == 0:
                    yield position, wanted // factor
        case "multiply_add":
            yield 2, wanted - now[0] * now[1]
            yield from _operands("mul", now[:2], (wanted - now[2]) & WORD_MASK)
        case "eq":
            yield from _compared(now, bool(wanted), ((0, now[1]), (1, now[0])), (1, 2))
        case "lt":
            low = ((0, now[1] - 1), (0, 0)) if now[1] else ()
            high = ((1, now[0] + 1),) if now[0] != WORD_MASK else ()
            if wanted:
                yield from (*low, *high)
            else:
                yield from ((0, now[1]), (1, now[0]), (1, 0))
        case "and":
            for position in (0, 1):
                mask = now[1 - position]
                if wanted & ~mask == 0:
                    yield position, (now[position] & ~mask) | wanted
        case "or":
            for position in (0, 1):
                if now[1 - position] & ~wanted == 0:
                    yield position, wanted & ~now[1 - position]
                    yield position, wanted
        case "shl" if now[1] < WORD_BITS and wanted & ((1 << now[1]) - 1) == 0:
            yield 0, wanted >> now[1]
        case "shr" if now[1] < WORD_BITS:
            yield 0, (wanted << now[1]) | (now[0] & ((1 << now[1]) - 1))
        case "div" if now[1]:
            yield 0, wanted * now[1]
        case "mod" if now[1] > wanted:
            yield 0, now[0] - now[0] % now[1] + wanted
        case "select":
            yield (1 if now[0] else 2), wanted
            yield 0, 0 if now[0] else 1


def _compared(
    now: list[int], equal: bool, same: tuple[tuple[int, int], ...], steps: tuple[int, ...]
) -> Iterator[tuple[int, int]]:
    if equal:
        yield from same
    else:
        yield from ((position, now[1 - position] + step) for position in (0, 1) for step in steps)
