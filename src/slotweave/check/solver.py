"""Equality of forms, and addresses out of bounds, by an SMT solver (Z3, the extra `prove`)."""

from __future__ import annotations

from collections.abc import Mapping

import z3

from slotweave.check.forms import Forms
from slotweave.check.terms import Terms
from slotweave.check.witness import VERSIONS, cone_of
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
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


def memory_outside(
    terms: Terms, address: int, region: Region, facts: Facts
) -> Mapping[int, int] | str | None:
    """Words of memory by address on which the term `address` may lie outside `region`.

    None if there are none, which is a proof; a reason where the solver does not say. What is loaded
    at a computed address may be any word, so a memory that is found need not show anything.
    """
    known: dict[int, z3.BitVecRef] = {}
    inputs: dict[int, z3.BitVecRef] = {}
    solver = z3.Solver()
    solver.set("timeout", PATIENCE)
    for term in cone_of([address], terms):
        kind, value, args = terms[term]
        if kind in VERSIONS:
            continue
        if kind == "const":
            known[term] = z3.BitVecVal(value, WORD_BITS)
        elif kind in ("input", "load", "undefined"):
            known[term] = z3.BitVec(f"word {term}", WORD_BITS)
            if kind == "input":
                inputs[value] = known[term]
        else:
            meaning = OPERATIONS[kind].meaning
            assert meaning is not None  # terms are made of operations that compute a word
            known[term] = word_term(meaning, [known[arg] for arg in args])
    for held in facts.regions:
        low, high = facts.ranges.get(held.name, (0, 2**WORD_BITS - 1))
        for place, word in inputs.items():
            if held.start <= place < held.stop:
                solver.add(z3.ULE(low, word), z3.ULE(word, high))
    found = known[address]
    solver.add(z3.Or(z3.ULT(found, region.start), z3.UGE(found, region.stop)))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        return f"the solver gave up: {solver.reason_unknown()}"
    model = solver.model()
    return {
        place: model.eval(word, model_completion=True).as_long() for place, word in inputs.items()
    }
