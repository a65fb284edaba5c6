"""What `explain` says of a place, drawn: slots around it, and arrows from what is waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slotweave.anatomy.causes.explanation import ExplainedOperation, Explanation
from slotweave.anatomy.inspect import inspect_and_place
from slotweave.anatomy.place import Place
from slotweave.base.diagnostics import InputError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.views.drawn import ReportProgram, program_drawn
from slotweave.views.palette import HELD, MARK
from slotweave.views.svg.elements import AXIS, LEFT, Axis, Picture, arrow, document, outline, text
from slotweave.views.svg.slots import Band, bands, slots_picture
from slotweave.views.svg.span import Span

#: Cycles that are shown after the place and before the first one waited for.
_AFTER, _BEFORE = 3, 2
#: Cycles that are shown: at least, if there are as many, and at most, so that names fit.
_LEAST, _MOST = 12, 20


def explanation_svg(
    name: str, program: Program, machine: Machine, facts: Facts, answer: Explanation
) -> str:
    """The picture of `answer`, which is about `program`.

    Raises InputError (SW219) for a program whose run is not known.
    """
    found, run = inspect_and_place(program, machine, facts)
    if run is None:
        assert found.refusal is not None
        raise InputError(found.refusal)
    one = program_drawn(name, machine, found, run)
    at = one.cycles[answer.bundle] if answer.cycle is None else answer.cycle
    heading = f"{one.name}, cycle {at:,}: what its operations wait for, and why slots are empty"
    return document(heading, [_picture(one, at, answer)])


def _picture(one: ReportProgram, at: int, answer: Explanation) -> Picture:
    told = [*answer.operations, *(each.next for each in answer.empty if each.next is not None)]
    span = _span(one, at, told)
    base = slots_picture(span)
    band = {each.engine: each for each in bands(one.shown.machine, one_by_one=True)}
    marks = [*_edges(span, band, at, answer), *_arrows(span, band, told)]
    key = base.height + 4
    return Picture(base.title, key + AXIS, [*base.shapes, *marks, *_key(key)])


def _span(one: ReportProgram, at: int, told: Sequence[ExplainedOperation]) -> Span:
    """Some cycles around `at`, with as much of what is waited for as they can hold."""
    waited = [_cycle(one, hold.by) for each in told for hold in each.held]
    begins = min([at - _BEFORE, *(cycle - _BEFORE for cycle in waited)])
    ends = max([at, *(_cycle(one, each.place) for each in told)]) + 1 + _AFTER
    end = min(ends, one.cycles[-1], at + _MOST // 2)
    first = max(0, min(begins, end - _LEAST), end - _MOST)
    end = min(max(end, first + _LEAST), one.cycles[-1])
    return Span(one, first, end, Axis(first, end))


def _cycle(one: ReportProgram, place: Place) -> int:
    return one.cycles[place.bundle] if place.cycle is None else place.cycle


def _edges(span: Span, band: dict[str, Band], at: int, answer: Explanation) -> Iterator[str]:
    """What is explained is framed."""
    x, wide = span.axis.x(at) - 1, span.axis.scale + 1
    for each in answer.operations:
        its = band[each.place.engine]
        yield outline(x, its.y(each.place.slot) - 1, wide, its.row + 1, MARK)
    for empty in answer.empty:
        its = band[empty.engine]
        top = its.y(empty.first + empty.slots - 1)
        yield outline(x, top - 1, wide, empty.slots * its.row + 1, MARK)


def _arrows(span: Span, band: dict[str, Band], told: Sequence[ExplainedOperation]) -> Iterator[str]:
    """From what holds an operation to it; from the left edge if that stands before the span."""
    for each in told:
        end = _middle(span, band, each.place)
        if end[0] > span.left + span.width:
            continue
        for hold in each.held:
            x, y = _middle(span, band, hold.by)
            colour, dashes, _said = HELD[hold.cause]
            yield arrow((max(x, span.left), y), end, colour, dashes)


def _middle(span: Span, band: dict[str, Band], place: Place) -> tuple[float, float]:
    its = band[place.engine]
    x = span.axis.x(_cycle(span.program, place) + 0.5)
    return x, its.y(place.slot) + its.row / 2


def _key(y: float) -> Iterator[str]:
    """What the arrows stand for."""
    x = float(LEFT)
    for colour, dashes, said in HELD.values():
        yield arrow((x, y + 4), (x + 26, y + 8), colour, dashes)
        yield text(x + 32, y + 10, said, size=11)
        x += 50 + 6.2 * len(said)
