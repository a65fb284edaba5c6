"""The operand grammar: an instruction as its template and its operands, and nothing guessed.

A template is the instruction's text, white space included, with each operand replaced by a letter:

    r3 += mpyi(r4,r1)               R += mpyi(R,R)
    if (!p0.new) jump:nt .LBB0_8    if (!P.new) jump:nt L
    r0 = add(r1,##2147483640)       R = add(R,X)

`R` is a register, `D` a pair, `P` a predicate, `M` a modifier, `I` an immediate, `X` one that is
extended (a word more), `L` a symbol that a branch or a loop goes to. What the grammar does not know
stays in the template as it is, so that no table has it: `jumpr r3` and `jump rr3` differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

REGISTER, PAIR, PREDICATE, MODIFIER = "R", "D", "P", "M"
IMMEDIATE, EXTENDED, SYMBOL = "I", "X", "L"

_NAME = r"\.?[A-Za-z_$][\w.$]*"
_SUM = rf"(?:{_NAME}(?:@\w+)?(?:[+-]\d+)?|-?\d+)"
_TOKEN = re.compile(
    rf"""
      (?<![\w.$@\#+-]) (?: (?P<D>r\d+:\d+) | (?P<R>r\d+) | (?P<P>p[0-3]) | (?P<M>m[01]) ) (?![\w:@])
    | (?<=\+) (?: (?P<R1>r\d+) | (?P<M1>m[01]) ) (?![\w:@])
    | \#\# (?P<X>{_SUM}) (?![\w.$@+-])
    | \# (?P<I>-?\d+) (?![\w.$@+-])
    | (?: (?<=\bjump[ ]) | (?<=\bjump:nt[ ]) | (?<=\bjump:t[ ]) | (?<=\bcall[ ]) )
      (?P<L>(?!r\d+\b){_NAME})$
    | (?<=\bloop[01]\() (?P<L1>{_NAME}) (?=,)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand: its kind, its text without `#`, and where it lies in the instruction."""

    kind: str
    text: str
    begin: int
    end: int

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers it names, a pair as its two halves; nothing for immediates."""
        if self.kind == PAIR:
            high, low = self.text[1:].split(":")
            return (f"r{high}", f"r{low}")
        return (self.text,) if self.kind in (REGISTER, PREDICATE, MODIFIER) else ()

    @property
    def value(self) -> int | None:
        """The number that an immediate is, None for what is none."""
        is_number = self.kind in (IMMEDIATE, EXTENDED) and self.text.lstrip("-").isdigit()
        return int(self.text) if is_number else None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction as written (without white space at its ends), and what the grammar sees."""

    text: str
    template: str
    operands: tuple[Operand, ...]

    def with_text(self, template: str) -> str:
        """The text of `template` with the operands of this instruction."""
        rest, parts = template, []
        for operand in self.operands:
            mark = {EXTENDED: "##", IMMEDIATE: "#"}.get(operand.kind, "")
            before, _, rest = _split_at_letter(rest, operand.kind)
            parts += [before, mark, operand.text]
        return "".join((*parts, rest))


def _split_at_letter(text: str, letter: str) -> tuple[str, str, str]:
    """`text` around the first `letter` that stands for an operand: no letter is beside it."""
    found = re.search(rf"(?<![A-Za-z_0-9]){letter}(?![A-Za-z_0-9:])", text)
    if found is None:
        raise ValueError(f"no operand {letter} in {text!r}")
    return text[: found.start()], letter, text[found.end() :]


@cache
def parse_instruction(text: str) -> Instruction:
    """`text` taken apart; it has no white space at its ends and no comment."""
    operands, parts, end = [], [], 0
    for match in _TOKEN.finditer(text):
        kind = (match.lastgroup or "")[0]
        operand = Operand(kind, match[match.lastgroup or 0], match.start(), match.end())
        if not _is_one(operand):
            continue
        operands.append(operand)
        parts += [text[end : match.start()], kind]
        end = match.end()
    return Instruction(text, "".join((*parts, text[end:])), tuple(operands))


def _is_one(operand: Operand) -> bool:
    """Whether a register or pair of that number exists."""
    numbers = [int(name[1:]) for name in operand.registers]
    if operand.kind == PAIR:
        return numbers[0] == numbers[1] + 1 and numbers[1] % 2 == 0 and numbers[0] < 32
    return all(number < 32 for number in numbers)
