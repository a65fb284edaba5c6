"""Structures: straight-line programs whose constants are left open.

Guarantees: if a word can be computed from the inputs by at most k of the operations + - * << >> ^ &
| < == and multiply_add, with any constants, then some structure of at most k steps computes it with
some constants. Left out is what another structure of that length or a shorter one covers:

    + - * and shifts left by a constant   multiply_add with a constant factor (x - y = y * -1 + x)
    x ^ x, x & x, x < x, x >> x, ...      a constant or x
    an operation with constants alone of the result of the same one   one such operation on the base
    unused results, independent operations in another order, commuted operands

Quotients, remainders and selects are not among the operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from slotweave.isa import BINARY_SYMBOLS, WORD_MASK
from slotweave.isa.codegen import word_function

#: An operand that is a constant, a different one at each place where it stands.
CONSTANT = -1

_BITWISE = ("and", "or", "xor")
_OPERATIONS = {"multiply_add": 3, "and": 2, "or": 2, "xor": 2, "shl": 2, "shr": 2, "lt": 2, "eq": 2}
_COMMUTATIVE = {*_BITWISE, "eq", "multiply_add"}  # the first two operands

#: Operations of whose result a bit depends on no higher bit of an operand; so sums of them too.
TRIANGULAR = frozenset({*_BITWISE, "multiply_add"})


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """An operation on inputs (numbered from 0), earlier results (numbered on), or constants."""

    op: str
    operands: tuple[int, ...]


Structure: TypeAlias = tuple[Step, ...]


def structures(inputs: int, operations: int) -> Iterator[Structure]:
    """All structures of that many operations on that many inputs; the last step is the result."""
    yield from _extended((), inputs, operations)


def _extended(steps: Structure, inputs: int, operations: int) -> Iterator[Structure]:
    if operations == 0:
        if _every_result_is_used(steps, inputs):
            yield steps
        return
    for step in _steps(inputs + len(steps)):
        if not _covered(step, steps, inputs) and _in_order(step, steps, inputs):
            yield from _extended((*steps, step), inputs, operations - 1)


def _steps(values: int) -> Iterator[Step]:
    for op, arity in _OPERATIONS.items():
        for operands in product(range(CONSTANT, values), repeat=arity):
            if op not in _COMMUTATIVE or operands[0] >= operands[1]:
                yield Step(op, operands)


def _every_result_is_used(steps: Structure, inputs: int) -> bool:
    used = {operand for step in steps for operand in step.operands}
    return all(inputs + index in used for index in range(len(steps) - 1))


def _in_order(step: Step, steps: Structure, inputs: int) -> bool:
    """Whether `step` could not stand before the last one instead, or is the greater of the two."""
    last = inputs + len(steps) - 1
    return not steps or last in step.operands or steps[-1] <= step


def _covered(step: Step, steps: Structure, inputs: int) -> bool:
    """Whether `step` does what a constant, an operand or a simpler step does."""
    first, second = step.operands[:2]
    values = [operand for operand in step.operands if operand != CONSTANT]
    if not values or (step.op == "multiply_add" and first == CONSTANT):
        return True
    if step.op == "multiply_add" and second != CONSTANT:
        return False
    if step.op == "shl" and second == CONSTANT:
        return True
    if first == second and step.op != "shl":
        return True
    if step.op in TRIANGULAR or (step.op == "shr" and second == CONSTANT):
        bases = {_base(value, step.op, steps, inputs) for value in values}
        return len(bases) == 1 and (len(values) > 1 or bases != {first})
    return False


def _base(value: int, op: str, steps: Structure, inputs: int) -> int:
    """What `value` was made of, if by `op` with constants alone; otherwise itself."""
    if value < inputs:
        return value
    step = steps[value - inputs]
    with_constants = step.op == op and set(step.operands[1:]) == {CONSTANT}
    return step.operands[0] if with_constants else value


def run(structure: Structure, words: Sequence[int], constants: Sequence[int]) -> int:
    """The word that `structure` computes, without the solver."""
    values, left = list(words), iter(constants)
    for step in structure:
        operands = [next(left) if x == CONSTANT else values[x] for x in step.operands]
        values.append(word_function(step.op)(*operands))
    return values[-1]


def shown(structure: Structure, constants: Sequence[int], names: Sequence[str]) -> str:
    """`structure` with its constants, a step after the other: `t1 = a >> 16; a ^ t1`."""
    left, texts = iter(constants), []
    known = [*names, *(f"t{number}" for number in range(1, len(structure) + 1))]
    for number, step in enumerate(structure, start=1):
        operands = [str(next(left)) if x == CONSTANT else known[x] for x in step.operands]
        result = "" if number == len(structure) else f"t{number} = "
        texts.append(result + _operation_shown(step.op, operands))
    return "; ".join(texts)


def _operation_shown(op: str, operands: Sequence[str]) -> str:
    if op == "multiply_add":
        factor, factor2, summand = operands
        if factor2 == "1":
            return f"{factor} + {summand}"
        if factor2 == str(WORD_MASK):
            return f"{summand} - {factor}"
        if summand == "0":
            return f"{factor} * {factor2}"
        return f"multiply_add({', '.join(operands)})"
    return f"{operands[0]} {BINARY_SYMBOLS[op]} {operands[1]}"
