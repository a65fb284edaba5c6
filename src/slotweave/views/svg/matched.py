"""Which operations of two programs compute the same, by their numbers in the pictures."""

from __future__ import annotations

from slotweave.anatomy.compare.program_diff import ProgramDiff
from slotweave.views.drawn import ReportProgram

#: No operation of the other program computes it; several compute its words, grouped differently.
ALONE, REGROUPED = -1, -2


def counterparts(
    diff: ProgramDiff, first: ReportProgram, second: ReportProgram
) -> tuple[list[int], list[int]]:
    """For each operation of both programs the one of the other that computes the same.

    That is the first of them, where a vector is computed word by word. Else it is ALONE or
    REGROUPED.
    """
    numbers = [_numbers(each) for each in (first, second)]
    found = [[ALONE] * each.shown.placed.columns.size for each in (first, second)]
    sides = (diff.a, diff.b)

    def number(side: int, at: int) -> int | None:
        ran = sides[side].done[at].ran
        return numbers[side].get((ran.cycle, ran.engine, ran.slot))

    def tell(side: int, at: int, what: int | None) -> None:
        mine = number(side, at)
        if mine is not None and what is not None:
            found[side][mine] = what

    for match in diff.matches:
        for side, some, others in ((0, match.a, match.b), (1, match.b, match.a)):
            for at in some:
                tell(side, at, number(1 - side, others[0]))
    for side, regrouped in enumerate(diff.regrouped):
        for at in regrouped:
            tell(side, at, REGROUPED)
    return found[0], found[1]


def _numbers(one: ReportProgram) -> dict[tuple[int, str, int], int]:
    """Cycle, engine and slot -> number of the operation."""
    return {
        (one.cycles[bundle], engine, slot): number
        for number, (bundle, engine, slot) in enumerate(one.shown.placed.columns.places)
    }
