"""Equality of forms, and addresses out of bounds, by an SMT solver (Z3, the extra `prove`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import z3

from slotweave.check.definition.forms import Forms
from slotweave.check.runs.concolic import Path, known_words
from slotweave.check.symbolic.terms import Terms
from slotweave.check.symbolic.witness import VERSIONS, cone_of
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.isa import OPERATIONS, WORD_BITS
from slotweave.isa.smt import word_term

#: How much the solver may do, in its own units, of which it does some millions a second: the same
#: on every machine. For one pair or address, and to lead a run another way.
EFFORT_FOR_PROOF = 30_000_000
EFFORT_FOR_INPUT = 2_000_000


def proved_equal(forms: Forms, first: int, second: int) -> bool:
    """Whether `first` and `second` are proved equal, whatever the words are that they share."""
    shared = frozenset(forms.cone(first)) & frozenset(forms.cone(second))
    solver = z3.Solver()
    solver.set("rlimit", EFFORT_FOR_PROOF)
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
    known, inputs = _words_of(terms, [address])
    solver = z3.Solver()
    solver.set("rlimit", EFFORT_FOR_PROOF)
    bounds = known_words(facts, max(inputs, default=0) + 1)
    solver.add(*_within(inputs, bounds))
    found = known[address]
    solver.add(z3.Or(z3.ULT(found, region.start), z3.UGE(found, region.stop)))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        return f"the solver gave up: {solver.reason_unknown()}"
    return _found(solver, inputs)


def words_leading(
    path: Path, index: int, bounds: Mapping[int, tuple[int, int]]
) -> Mapping[int, int] | None:
    """Words of memory, within `bounds`, on which `path` comes to decision `index` and goes the
    other way there; None if there are none, or the solver gives up."""
    taken = path.decisions[: index + 1]
    known, inputs = _words_of(path.terms, [decision.term for decision in taken])
    solver = z3.Solver()
    solver.set("rlimit", EFFORT_FOR_INPUT)
    solver.add(*_within(inputs, bounds))
    for decision in taken[:-1]:
        word = known[decision.term]
        if decision.side is None:
            solver.add(word == decision.word)
        else:
            solver.add(word != 0 if decision.side.taken else word == 0)
    last = known[taken[-1].term]
    solver.add(last == 0 if taken[-1].word else last != 0)
    return _found(solver, inputs) if solver.check() == z3.sat else None


def _words_of(
    terms: Terms, roots: Sequence[int]
) -> tuple[dict[int, z3.BitVecRef], dict[int, z3.BitVecRef]]:
    """`roots` and all they are made of for the solver, and the words of memory by address.

    What is loaded at a computed address, and what is undefined, is any word.
    """
    known: dict[int, z3.BitVecRef] = {}
    inputs: dict[int, z3.BitVecRef] = {}
    for term in cone_of(roots, terms):
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
    return known, inputs


def _within(
    inputs: Mapping[int, z3.BitVecRef], bounds: Mapping[int, tuple[int, int]]
) -> Iterator[z3.BoolRef]:
    for place, word in inputs.items():
        if place in bounds:
            low, high = bounds[place]
            yield z3.And(z3.ULE(low, word), z3.ULE(word, high))


def _found(solver: z3.Solver, inputs: Mapping[int, z3.BitVecRef]) -> Mapping[int, int]:
    model = solver.model()
    return {
        place: model.eval(word, model_completion=True).as_long() for place, word in inputs.items()
    }
