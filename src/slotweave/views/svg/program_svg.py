"""All pictures of one program, or of two on one axis, or one of the pictures, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.views.drawn import ReportProgram
from slotweave.views.svg.curves import curves_picture
from slotweave.views.svg.elements import Axis, Picture, document
from slotweave.views.svg.pictures import (
    groups_picture,
    ladder_picture,
    live_picture,
    scratch_picture,
    use_picture,
)
from slotweave.views.svg.slots import match_picture, slots_picture
from slotweave.views.svg.span import Span

#: The pictures over time, by name.
_OVER_TIME: Mapping[str, Callable[[Span], Picture]] = {
    "slots": slots_picture,
    "use": use_picture,
    "live": live_picture,
    "groups": groups_picture,
    "scratch": scratch_picture,
}
PICTURES = ("ladder", *_OVER_TIME, "what-if", "match")


def program_svg(
    heading: str,
    programs: Sequence[ReportProgram],
    span: tuple[int, int] | None = None,
    wanted: Sequence[str] = PICTURES,
    match: tuple[Sequence[int], Sequence[int]] | None = None,
) -> str:
    """The pictures of `wanted`, of the cycles of `span` (first, end); those with nothing in them
    are left out, as `match` is unless `match` has the counterparts of both programs' operations
    (see `views.svg.matched`). Raises InputError (SW212) if no cycle lies in `span`."""
    longest = max(each.cycles[-1] for each in programs)
    first, end = span or (0, longest)
    if span is not None and not 0 <= first < min(end, longest):
        raise InputError(Diagnostic("SW212", f"there are cycles 0 to {longest - 1:,} to show"))
    axis = Axis(first, max(min(end, longest), first + 1))
    most = max([longest, *(cycles for each in programs for _name, cycles, _why in each.ladder)])
    pictures = [
        _named(picture, each, programs)
        for name in wanted
        for number, each in enumerate(programs)
        for picture in _pictures(name, each, axis, most, None if match is None else match[number])
    ]
    return document(heading, pictures)


def ladder_svg(heading: str, ladder: Sequence[tuple[str, int]], cycles: int | None = None) -> str:
    """Lower bounds alone, or with the cycles of a program."""
    most = max([cycles or 0, *(takes for _name, takes in ladder)])
    return document(heading, [ladder_picture(ladder, cycles, most)])


def curves_svg(
    heading: str, curves: Mapping[str, Sequence[tuple[int, int]]], own: Mapping[str, int]
) -> str:
    """Cycles by slots, of each engine."""
    return document(heading, [curves_picture(curves, own)])


def _pictures(
    name: str, one: ReportProgram, axis: Axis, most: int, match: Sequence[int] | None
) -> Iterator[Picture]:
    if name == "ladder":
        rungs = [(rung, cycles) for rung, cycles, _why in one.ladder]
        yield ladder_picture(rungs, one.cycles[-1], most)
    elif name == "what-if":
        if one.what_if:
            yield curves_picture(one.what_if, dict(one.shown.machine.engines))
    else:
        span = Span(one, axis.first, min(axis.end, one.cycles[-1]), axis)
        if span.first >= span.end:
            return
        if name == "match":
            if match is not None:
                yield match_picture(span, match)
        elif name != "groups" or any(phase[0] is not None for phase in one.phases):
            yield _OVER_TIME[name](span)


def _named(picture: Picture, one: ReportProgram, programs: Sequence[ReportProgram]) -> Picture:
    if len(programs) == 1:
        return picture
    return Picture(f"{one.name}: {picture.title}", picture.height, picture.shapes)
