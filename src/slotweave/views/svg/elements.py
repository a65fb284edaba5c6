"""SVG as text: a few shapes and labels, and pictures one below the other in a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

from slotweave.views.escaping import escape

WIDTH, LEFT, RIGHT = 900, 84, 64
#: The part of the width in which things are drawn.
INNER = WIDTH - LEFT - RIGHT
_INK, _DIM, IDLE = "#1a1a1a", "#595959", "#ececec"
_HEADING, _GAP, AXIS = 22, 12, 18


@dataclass(frozen=True)
class Picture:
    """Shapes with y from 0 to `height`, and what is shown."""

    title: str
    height: float
    shapes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Axis:
    """The cycles from `first` up to before `end` along the width."""

    first: int
    end: int

    @property
    def scale(self) -> float:
        """Width of a cycle."""
        return INNER / max(self.end - self.first, 1)

    def x(self, cycle: float) -> float:
        return LEFT + (cycle - self.first) * self.scale

    def marks(self, y: float) -> Iterator[str]:
        """Cycles below a picture that ends at `y`."""
        step = _step((self.end - self.first) / 8)
        for cycle in range(-(-self.first // step) * step, self.end, step):
            x = self.x(cycle)
            yield rect(x, y, 0.7, 4, _DIM)
            yield text(x, y + 14, f"{cycle:,}", "middle", 10)


def _step(least: float) -> int:
    """1, 2 or 5 times a power of ten, `least` or more."""
    if least <= 1:
        return 1
    power = int(10 ** floor(log10(least)))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least)


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    size = f'width="{_short(width)}" height="{_short(height)}"'
    return f'<rect x="{_short(x)}" y="{_short(y)}" {size} fill="{fill}"/>'


def text(
    x: float, y: float, said: str, anchor: str = "start", size: int = 12, fill: str = _INK
) -> str:
    place = f'x="{_short(x)}" y="{_short(y)}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{fill}">{escape(said)}</text>'


def steps(heights: Sequence[float], x: float, width: float, bottom: float, fill: str) -> str:
    """A filled outline with a step of `width` for each height above `bottom`; "" if all are 0."""
    path, last = [], 0.0
    for place, height in enumerate(heights):
        if height != last:
            path.append(f"H{place}V{_short(-height)}")
            last = height
    if not path:
        return ""
    at = f"translate({_short(x)} {_short(bottom)}) scale({width:.5g} 1)"
    return f'<path transform="{at}" d="M0 0{"".join(path)}H{len(heights)}V0Z" fill="{fill}"/>'


def boxes(of: Iterable[tuple[float, float, float, float]], fill: str) -> str:
    """Many boxes (x, y, width, height) of one colour as one shape."""
    path = "".join(f"M{_short(x)} {_short(y)}h{_short(width)}v{_short(height)}h{_short(-width)}z"
                   for x, y, width, height in of)  # fmt: skip
    return f'<path d="{path}" fill="{fill}"/>' if path else ""


def outline(x: float, y: float, width: float, height: float, colour: str) -> str:
    """The edge of a box, which may be drawn over others."""
    size = f'width="{_short(width)}" height="{_short(height)}"'
    style = f'fill="none" stroke="{colour}" stroke-width="2"'
    return f'<rect x="{_short(x)}" y="{_short(y)}" {size} {style}/>'


def arrow(begin: tuple[float, float], end: tuple[float, float], colour: str, dashes: str) -> str:
    """A curve from left to right with a head; `dashes` as SVG writes them, "" for none."""
    (x0, y0), (x1, y1) = begin, end
    bend = min(60.0, abs(x1 - x0) / 2 + 8)
    lift = 16 if abs(y1 - y0) < 3 else 0  # of one row: over what lies between
    numbers = map(_short, (x0, y0, x0 + bend, y0 - lift, x1 - bend, y1 - lift, x1 - 5, y1))
    curve = "M{} {}C{} {} {} {} {} {}".format(*numbers)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    head = f"M{_short(x1)} {_short(y1)}l-6 -3v6z"
    line = f'<path d="{curve}" fill="none" stroke="{colour}" stroke-width="1.5"{dashed}/>'
    return f'{line}<path d="{head}" fill="{colour}"/>'


def legend(entries: Iterable[tuple[str, str]], y: float) -> list[str]:
    """Colours and what they stand for, in one row."""
    shapes, x = [], float(LEFT)
    for colour, said in entries:
        shapes += [rect(x, y, 10, 10, colour), text(x + 14, y + 9, said, size=11)]
        x += 30 + 6.2 * len(said)
    return shapes


def document(heading: str, pictures: Sequence[Picture]) -> str:
    """The pictures below each other, with `heading` as the title of the whole."""
    shapes, y = [], float(_GAP)
    for line in _lines(heading):
        shapes.append(text(12, y + 12, line, size=14))
        y += 19
    for picture in pictures:
        shapes.append(text(12, y + 14, picture.title, size=12))
        y += _HEADING
        shapes += [f'<g transform="translate(0 {_short(y)})">', *filter(None, picture.shapes)]
        shapes.append("</g>")
        y += picture.height + _GAP
    height = round(y)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" role="img">'
    )
    told = f"<title>{escape(heading)}</title>"
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    return "\n".join((head, told, ground, *shapes, "</svg>")) + "\n"


def _lines(heading: str, most: int = 120) -> Iterator[str]:
    line = ""
    for word in heading.split():
        if line and len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    if line:
        yield line


def _short(number: float) -> str:
    """To a tenth of a pixel."""
    said = f"{number:.1f}".removesuffix(".0")
    return "0" if said == "-0" else said
