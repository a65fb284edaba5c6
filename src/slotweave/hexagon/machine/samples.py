"""Instructions made up for templates: distinct registers, small immediates, and producers.

An instruction that reads `.new` needs a producer beside it; so a sample is a row of instructions,
the one of the template first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slotweave.hexagon.assembly.grammar import (
    EXTENDED,
    IMMEDIATE,
    MODIFIER,
    PAIR,
    PREDICATE,
    REGISTER,
    SYMBOL,
)

_LETTER = re.compile(r"(?<![A-Za-z_0-9.])([RDPMIXL])(?![A-Za-z_0-9:])")
#: Where an operand has to be the register that is written: `R = add(I,lsr(R,I))`.
TIED = re.compile(
    r"^R = (?:\w+\([IX],(?:asl|lsr)\((?P<last>R),I\)\)|or\(R,and\((?P<and>R),[IX]\)\)"
    r"|add\(R,mpyi\((?P<factor>R),R\)\))$"
)
#: Compounds and short branches take few registers: those of both banks are among them.
_BANKS = (range(0, 8), range(16, 24))
_FIXED = {
    "allocframe(R,I):raw": ("r29",),
    "dealloc_return": ("r31:30", "r30"),
    "deallocframe": ("r31:30", "r30"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """The instruction of a template, its operands by place, and the producers that it needs."""

    text: str
    operands: tuple[str, ...]
    producers: tuple[str, ...]

    @property
    def packet(self) -> tuple[str, ...]:
        return (self.text, *self.producers)


def sample(template: str, bank: int = 0) -> Sample:
    """An instruction of `template` with registers of the bank 0 or 1 only."""
    free = list(_BANKS[bank])
    tied = TIED.match(template)
    again = -1 if tied is None else max(map(tied.start, tied.groupdict()))
    fixed = list(_fixed(template))
    predicate = f"p{bank}"
    compound, memory_shift = "; " in template, "<<I" in template
    operands: list[str] = []
    parts: list[str] = []
    end = 0
    for match in _LETTER.finditer(template):
        kind = match[1]
        if match.start() == again:
            text = operands[0]
        elif kind in (REGISTER, PAIR) and fixed:
            text = fixed.pop(0)
        elif kind == REGISTER:
            text = f"r{free.pop(0)}"
        elif kind == PAIR:
            free = free[free[0] % 2 :]
            low = free.pop(0)
            text = f"r{free.pop(0)}:{low}"
        elif kind == PREDICATE:
            text = predicate
            predicate = predicate if compound or "if (" in template else f"p{2 + bank}"
        else:
            text = _plain(kind, bank, memory_shift)
        operands.append(text.lstrip("#"))
        parts += [template[end : match.start()], text]
        end = match.end()
    whole = "".join((*parts, template[end:]))
    return Sample(whole, tuple(operands), _producers(template, whole, bank))


def _fixed(template: str) -> tuple[str, ...]:
    named = (row for name, row in _FIXED.items() if name in template)
    row = next(named, ())
    return row if "R" in template or "D" in template else ()


def _plain(kind: str, bank: int, is_shift: bool) -> str:
    if kind == MODIFIER:
        return f"m{bank}"
    if kind == SYMBOL:
        return f"target{bank}"
    assert kind in (IMMEDIATE, EXTENDED)
    if kind == EXTENDED:
        return f"##{100_000 + 8 * bank}"
    return "#1" if is_shift else "#0"


def _producers(template: str, text: str, bank: int) -> tuple[str, ...]:
    found = []
    if "P.new" in template and ";" not in template:
        predicate = re.search(r"p[0-3](?=\.new)", text)
        assert predicate is not None
        found.append(f"{predicate[0]} = cmp.eq(r{26 + bank},#0)")
    if "R.new" in template:
        register = re.search(r"r\d+(?=\.new)", text)
        assert register is not None
        found.append(f"{register[0]} = add(r{26 + bank},#0)")
    return tuple(found)
