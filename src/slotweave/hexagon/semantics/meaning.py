"""What an instruction means: values, an access of memory and a branch, as expressions.

The meaning belongs to a template, and its expressions are over the operands of the instruction: the
operand at place k has the arguments 2k (a register, a predicate, an immediate modulo 2^32, the low
half of a pair) and 2k + 1 (the high half). Registers that have no name in the text follow the
operands. LOADED is what a load finds in memory, zero-extended, and its high half.

Where a template says more than is known here (saturation, rounding, parts of registers, floating
point), it has no meaning, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from slotweave.hexagon.semantics.functions import FUNCTIONS, TRUE, extended, inserted
from slotweave.isa.expression import WIDE_MASK, WORD_MASK, Expr, argument, constant

#: The arguments that are a load's result (and its high half), and the address after the block.
LOADED, NEXT = 14, 16
ARGUMENTS = NEXT + 1

_LETTER = re.compile(r"(?<![A-Za-z_0-9.])([RDPMIXL])(?![A-Za-z_0-9:])")
_CONDITION = re.compile(r"^if \((!?)P(?:\.new)?\) (.*)$")
_COMPARED = re.compile(r"^if \((!?)((?:cmp\.\w+|tstbit)\(.*?\))\) jump:n?t [LXI]$")
_COMPOUND = re.compile(r"^(P = .*); if \((!?)P\.new\) jump:n?t [LXI]$")
_MOVED = re.compile(r"^(R = [RI]) ; jump L$")
_JUMP = re.compile(r"^jump(?:r)?(?::n?t)? [LXRI]$")
_ASSIGNED = re.compile(r"^([RDP]) ([-+&|^]?)= (.*)$")
_CALLED = re.compile(r"^(~?)(!?[\w.]+)\((.*)\)(:raw:(?:hi|lo))?$")
_LOAD = re.compile(r"^([RD]) = mem(b|ub|h|uh|w|d)\((.*)\)$")
_STORE = re.compile(r"^mem(b|h|w|d)\((.*)\) = ([RDIX])(?:\.new)?$")
_CHANGE = re.compile(r"^mem(b|h|w)\((R\+[IX])\) (?:([-+&|])= ([RI])|= (setbit|clrbit)\(I\))$")
_FRAMES = re.compile(r"^(?:(D) = )?(dealloc_return|deallocframe)(?:\(R\))?(?::n?t)?(?::raw)?$")
_SIZES = {"b": 1, "ub": 1, "h": 2, "uh": 2, "w": 4, "d": 8}
_OPERATORS: dict[str, Callable[[Expr, Expr], Expr]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}
#: Instructions that change no register and no memory.
_IDLE = ("nop", "dcfetch(R+I)")


@dataclass(frozen=True, slots=True)
class Access:
    """`size` bytes at an address; `value` is what is stored, None for a load."""

    address: Expr
    size: int
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the instructions of a template do.

    `kinds` are the letters of the operands, `implied` the registers without a name after them.
    `results` are the values written, by place. What is done is done where `condition` is not 0, if
    there is one; a branch goes to `target` where `branch_if` is not 0.
    """

    kinds: str
    implied: tuple[str, ...] = ()
    condition: Expr | None = None
    results: tuple[tuple[int, Expr], ...] = ()
    load: Access | None = None
    store: Access | None = None
    target: Expr | None = None
    branch_if: Expr | None = None


@cache
def meaning_of(template: str) -> Meaning | None:
    """The meaning of the instructions of `template`, None where it is not known."""
    kinds = "".join(match[1] for match in _LETTER.finditer(template))
    conditional = _CONDITION.match(template)
    if conditional is None:
        found = _plain(template, 0)
        return None if found is None else replace(found, kinds=kinds)
    test = argument(0) & 1
    condition = constant(1) - test if conditional[1] else test
    found = _plain(conditional[2], 1)
    if found is None or found.branch_if is not None:
        return None
    if found.target is not None:
        found = replace(found, branch_if=condition)
    return replace(found, kinds=kinds, condition=condition)


def _plain(text: str, first: int) -> Meaning | None:
    """The meaning of `text` without a condition; its operands begin at the place `first`."""
    if text in _IDLE:
        return Meaning("")
    makers = (_branch, _frame, _loop, _memory, _assigned)
    return next((found for make in makers if (found := make(text, first)) is not None), None)


class _Places:
    """The operands of a text, taken one after the other."""

    def __init__(self, first: int) -> None:
        self._next = first

    def take(self, letter: str) -> Expr:
        place = self._next
        self._next += 1
        low = argument(2 * place)
        return low | (argument(2 * place + 1) << 32) if letter == "D" else low


def _assigned(text: str, first: int) -> Meaning | None:
    match = _ASSIGNED.match(text)
    if match is None:
        return None
    kind, operator, rest = match.groups()
    places = _Places(first)
    old = places.take(kind)
    if rest == "insert(R,I,I)" and not operator:
        operands = [places.take(letter) for letter in "RII"]
        return Meaning("", results=((first, inserted(old, *operands)),))
    value = _value(kind, rest, places)
    if value is None:
        return None
    if operator:
        value = _OPERATORS[operator](old, value)
    return Meaning("", results=((first, value),))


def _value(kind: str, text: str, places: _Places) -> Expr | None:
    """What `text` computes for a result of that kind; operands are taken from `places`."""
    if _LETTER.fullmatch(text):
        return _applied(kind, "{}", [text], [places.take(text)])
    sign = text[:1] if text[:1] in "+-" else ""
    match = _CALLED.match(text.removeprefix(sign))
    if match is None or match[1]:
        return None
    name, operands, kinds, marks = match[2], [], [], []
    for part in _parts(match[3]):
        mark = part[:1] if part[:1] in "~!" else ""
        inner = part.removeprefix(mark)
        if _LETTER.fullmatch(inner):
            operand: Expr | None = places.take(inner)
            if mark == "~":
                operand = operand ^ (WIDE_MASK if inner == "D" else WORD_MASK) if operand else None
            marks.append("!" if mark == "!" else "")
            kinds.append(inner)
        else:
            operand = _value(kind, inner, places) if not mark else None
            marks.append("")
            kinds.append(kind)
        if operand is None:
            return None
        operands.append(operand)
    slots = ",".join(f"{mark}{{}}" for mark in marks)
    value = _applied(kind, f"{name}({slots}){match[4] or ''}", kinds, operands)
    if value is not None and sign == "-":
        return constant(0) - value
    return value


def _applied(kind: str, form: str, kinds: list[str], operands: list[Expr]) -> Expr | None:
    exact = ["I" if one == "X" else one for one in kinds]
    as_words = ["R" if one == "I" else one for one in exact]
    for row in (exact, as_words):
        function = FUNCTIONS.get(f"{kind} = {form.format(*row)}")
        if function is not None:
            return function(*operands)
    return None


def _parts(text: str) -> list[str]:
    """The operands of a function's text, split at the commas outside of parentheses."""
    found, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            found.append(text[begin:place])
            begin = place + 1
    return [*found, text[begin:]]


def _branch(text: str, first: int) -> Meaning | None:
    compared, compound = _COMPARED.match(text), _COMPOUND.match(text)
    last = first + len(_LETTER.findall(text)) - 1
    target = argument(2 * last)
    if compared is not None:
        test = _value("P", re.sub(r"\.new", "", compared[2]), _Places(first))
        if test is None:
            return None
        return Meaning("", target=target, branch_if=_sense(test, bool(compared[1])))
    if compound is not None:
        made = _assigned(compound[1], first)
        if made is None:
            return None
        return replace(made, target=target, branch_if=_sense(made.results[0][1], bool(compound[2])))
    moved = _MOVED.match(text)
    if moved is not None:
        made = _assigned(moved[1], first)
        return None if made is None else replace(made, target=target)
    if _JUMP.match(text):
        return Meaning("", target=target)
    if text in ("call L", "callr R"):
        results = ((last + 1, argument(NEXT)),)
        return Meaning("", ("r31",), results=results, target=target)
    return None


def _sense(predicate: Expr, is_negated: bool) -> Expr:
    return predicate ^ TRUE if is_negated else predicate


def _loop(text: str, first: int) -> Meaning | None:
    match = re.match(r"^loop([01])\((L,R|L,I|X,R|X,I)\)$", text)
    if match is None:
        return None
    results = ((first + 2, argument(2 * first)), (first + 3, argument(2 * first + 2)))
    return Meaning("", (f"sa{match[1]}", f"lc{match[1]}"), results=results)


def _frame(text: str, first: int) -> Meaning | None:
    """Frames: the saved registers lie at r30, and r29 is 8 above them or a frame below."""
    if text in ("allocframe(I)", "allocframe(R,I):raw"):
        named = text == "allocframe(R,I):raw"
        stack, size = (first, first + 1) if named else (first + 1, first)
        frame, link = (first + 2, first + 3)
        below = argument(2 * stack) - 8
        saved = argument(2 * frame) | (argument(2 * link) << 32)
        return Meaning(
            "",
            ("r30", "r31") if named else ("r29", "r30", "r31"),
            results=((frame, below), (stack, below - argument(2 * size))),
            store=Access(below, 8, saved),
        )
    match = _FRAMES.match(text)
    if match is None:
        return None
    named = match[1] is not None
    base = argument(2 * (first + 1)) if named else argument(2 * first)
    low, high = argument(LOADED), argument(LOADED + 1)
    if named:
        results: tuple[tuple[int, Expr], ...] = ((first, low | (high << 32)), (first + 2, base + 8))
    else:
        results = ((first, low), (first + 1, high), (first + 2, base + 8))
    return Meaning(
        "",
        ("r29",) if named else ("r30", "r31", "r29"),
        results=results,
        load=Access(base, 8),
        target=high if match[2] == "dealloc_return" else None,
    )


def _memory(text: str, first: int) -> Meaning | None:
    load, store, change = _LOAD.match(text), _STORE.match(text), _CHANGE.match(text)
    if load is not None:
        places = _Places(first)
        places.take(load[1])
        address, steps = _address(load[3], places, first + 1)
        if address is None:
            return None
        loaded = Access(address, _SIZES[load[2]])
        return Meaning("", results=((first, _loaded(load[2])), *steps), load=loaded)
    if store is not None:
        places = _Places(first)
        address, steps = _address(store[2], places, first)
        if address is None:
            return None
        stored = Access(address, _SIZES[store[1]], places.take(store[3]))
        return Meaning("", results=steps, store=stored)
    if change is not None:
        return _changed(change, first)
    return None


def _changed(change: re.Match[str], first: int) -> Meaning:
    """Memory that is changed in place."""
    places = _Places(first)
    address, size = places.take("R") + places.take("I"), _SIZES[change[1]]
    operand, old = places.take("R"), argument(LOADED)
    if change[3]:
        value = _OPERATORS[change[3]](old, operand)
    elif change[5] == "setbit":
        value = old | (constant(1) << operand)
    else:
        value = old & ((constant(1) << operand) ^ WIDE_MASK)
    address = address & WORD_MASK
    return Meaning("", load=Access(address, size), store=Access(address, size, value))


def _loaded(name: str) -> Expr:
    low = argument(LOADED)
    if name == "d":
        return low | (argument(LOADED + 1) << 32)
    return extended(low, 8 * _SIZES[name]) if name in ("b", "h") else low


def _address(
    text: str, places: _Places, first: int
) -> tuple[Expr | None, tuple[tuple[int, Expr], ...]]:
    """An address, and the registers that are stepped by it: (place, value)."""
    if text in ("R+I", "R+X"):
        return places.take("R") + places.take("I"), ()
    if text in ("R++I", "R++M"):
        base = places.take("R")
        return base, ((first, base + places.take("I")),)
    if text == "R=X":
        places.take("R")
        address = places.take("X")
        return address, ((first, address),)
    if text == "R+R<<I":
        base, index = places.take("R"), places.take("R")
        return base + (index << places.take("I")), ()
    if text in ("X", "I"):
        return places.take("X"), ()
    match = re.match(r"^R<<#(\d)\+[XI]$", text)
    if match is not None:
        index = places.take("R")
        return (index << int(match[1])) + places.take("X"), ()
    return None, ()
