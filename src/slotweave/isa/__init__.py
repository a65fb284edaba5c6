"""Every operation once: operands, effects, forms, and its meaning as an expression."""

from slotweave.isa.evaluate import evaluate
from slotweave.isa.expression import WORD_BITS, WORD_MASK, Expr
from slotweave.isa.forms import FORMS, Form, Role, Shape, forms_of
from slotweave.isa.operations import (
    BINARY_SYMBOLS,
    COMMUTATIVE,
    EXCHANGEABLE,
    LOADS,
    NO_EFFECT,
    OPERATIONS,
    STORES,
    TRACES,
    Effect,
    Operation,
    canonical_args,
)

__all__ = [
    "BINARY_SYMBOLS",
    "COMMUTATIVE",
    "EXCHANGEABLE",
    "FORMS",
    "LOADS",
    "NO_EFFECT",
    "OPERATIONS",
    "STORES",
    "TRACES",
    "WORD_BITS",
    "WORD_MASK",
    "Effect",
    "Expr",
    "Form",
    "Operation",
    "Role",
    "Shape",
    "canonical_args",
    "evaluate",
    "forms_of",
]
