"""Equality of forms by an SMT solver (Z3, the extra `prove`)."""

from __future__ import annotations

import z3

from slotweave.check.forms import Forms
from slotweave.isa import OPERATIONS, WORD_BITS
from slotweave.isa.smt import word_term

#: How long the solver may take for one pair, in milliseconds.
PATIENCE = 5000


def proved_equal(forms: Forms, first: int, second: int) -> bool:
    """Whether `first` and `second` are proved equal, whatever the words are that they share."""
    shared = frozenset(forms.cone(first)) & frozenset(forms.cone(second))
    solver = z3.Solver()
    solver.set("timeout", PATIENCE)
    solver.add(_term(forms, first, shared) != _term(forms, second, shared))
    return bool(solver.check() == z3.unsat)


def _term(forms: Forms, root: int, shared: frozenset[int]) -> z3.BitVecRef:
    """`root` for the solver; what is shared, and every leaf, is a variable."""
    terms: dict[int, z3.BitVecRef] = {}
    for form in forms.cone(root):
        kind, value, args = forms[form]
        parts = [terms[arg] for arg in args]
        if kind == "const":
            terms[form] = z3.BitVecVal(value, WORD_BITS)
        elif form in shared or not args:
            terms[form] = z3.BitVec(f"word {form}", WORD_BITS)
        elif kind == "xor":
            terms[form] = z3.BitVecVal(value, WORD_BITS)
            for part in parts:
                terms[form] = terms[form] ^ part
        elif kind == "sum":
            terms[form] = z3.BitVecVal(value, WORD_BITS)
            for part, factor in zip(parts[::2], parts[1::2], strict=True):
                terms[form] = terms[form] + part * factor
        else:
            meaning = OPERATIONS[kind].meaning
            assert meaning is not None  # forms are made of operations that compute a word
            terms[form] = word_term(meaning, parts)
    return terms[root]
