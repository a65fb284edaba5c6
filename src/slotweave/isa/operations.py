"""Every operation, once: its operands, its effect, and its meaning as an expression.

An operation works on words. In the vector shape it does the same on each lane, unless it is one of
those that exist in one shape only (`broadcast`, `vload`, `vstore`). How an operation is written in
a program is its `Form` (see `forms`); which engine runs it, and how fast, is for a machine to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from slotweave.isa.expression import Expr, argument, where

A, B, C = argument(0), argument(1), argument(2)


class Effect(Enum):
    """What an operation does besides computing a value."""

    __hash__ = object.__hash__  # that of Enum takes ten times as long

    NONE = "none"
    LOAD = "load"
    STORE = "store"
    CONTROL = "control"
    TRACE = "trace"
    DEBUG = "debug"


#: The same for loops over many operations, for an Enum looks up its members slowly.
NO_EFFECT, LOADS, STORES, TRACES = Effect.NONE, Effect.LOAD, Effect.STORE, Effect.TRACE


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the machine family.

    `arity` counts the value operands (addresses included, immediates not). `meaning` is the value
    of one lane in terms of them; operations with a memory effect or control have none. `defined_if`
    must not be zero, or running the operation is an error (a zero divisor).
    """

    name: str
    arity: int
    meaning: Expr | None = None
    effect: Effect = Effect.NONE
    defined_if: Expr | None = None
    immediate: bool = False
    has_result: bool = True

    @property
    def pure(self) -> bool:
        """No effect: may be moved, merged and dropped freely (where it is defined)."""
        return self.effect is Effect.NONE


#: In `const` and `add_immediate` the immediate is the last argument of the meaning.
OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("add", 2, A + B),
        Operation("sub", 2, A - B),
        Operation("mul", 2, A * B),
        Operation("div", 2, A // B, defined_if=B),
        Operation("cdiv", 2, (A + B - 1) // B, defined_if=B),
        Operation("xor", 2, A ^ B),
        Operation("and", 2, A & B),
        Operation("or", 2, A | B),
        # The machine gives 0 for shifts by 32 or more; the test also keeps host shifts small.
        Operation("shl", 2, where(B.less_than(32), A << (B & 31), 0)),
        Operation("shr", 2, where(B.less_than(32), A >> (B & 31), 0)),
        Operation("mod", 2, A % B, defined_if=B),
        Operation("lt", 2, A.less_than(B)),
        Operation("eq", 2, A.equals(B)),
        Operation("multiply_add", 3, A * B + C),
        Operation("select", 3, where(A, B, C)),
        Operation("broadcast", 1, A),
        Operation("const", 0, A, immediate=True),
        Operation("add_immediate", 1, A + B, immediate=True),
        Operation("load", 1, effect=Effect.LOAD),
        Operation("vload", 1, effect=Effect.LOAD),
        Operation("store", 2, effect=Effect.STORE, has_result=False),
        Operation("vstore", 2, effect=Effect.STORE, has_result=False),
        Operation("core_id", 0, effect=Effect.CONTROL),
        Operation("trace_write", 1, effect=Effect.TRACE, has_result=False),
        Operation("jump", 0, effect=Effect.CONTROL, immediate=True, has_result=False),
        Operation("jump_indirect", 1, effect=Effect.CONTROL, has_result=False),
        Operation("cond_jump", 1, effect=Effect.CONTROL, immediate=True, has_result=False),
        Operation("cond_jump_rel", 1, effect=Effect.CONTROL, immediate=True, has_result=False),
        Operation("halt", 0, effect=Effect.CONTROL, has_result=False),
        Operation("pause", 0, effect=Effect.CONTROL, has_result=False),
        Operation("compare", 1, effect=Effect.DEBUG, has_result=False),
    )
}

#: Operations of two words that exist in both shapes under one symbol.
BINARY_SYMBOLS: dict[str, str] = {
    "add": "+", "sub": "-", "mul": "*", "div": "//", "cdiv": "cdiv", "xor": "^", "and": "&",
    "or": "|", "shl": "<<", "shr": ">>", "mod": "%", "lt": "<", "eq": "==",
}  # fmt: skip

COMMUTATIVE = frozenset({"add", "mul", "xor", "and", "or", "eq"})

#: Operations whose first two operands may change places.
EXCHANGEABLE = COMMUTATIVE | {"multiply_add"}


def canonical_args(op: str, args: tuple[int, ...]) -> tuple[int, ...]:
    """`args`, numbers of values, in the order that stands for each order with the same result.

    Operations of one name on the same canonical arguments are equal: value numbering (Cocke and
    Schwartz, 1970), of graphs, of programs and of proofs, begins with it.
    """
    if op in EXCHANGEABLE and args[0] > args[1]:
        return (args[1], args[0], *args[2:])
    return args
