"""Prove rules for all words, from the meanings of the operations that everything else runs too.

A rule is proved in four parts, each for all 32-bit words that its variables may stand for:

    its condition can always be computed
    what is constant in its replacement can be computed wherever its condition holds
    there its replacement is defined if its pattern is
    and there both give the same word

A part is proved when the solver finds its negation unsatisfiable; if it finds words instead, the
rule is wrong and these are the counterexample, which is recomputed without the solver. Nothing
is proved at smaller widths or for some words only, divisions by constants included.

Operations work lane by lane, so what holds for words holds in each lane, whatever their number; a
broadcast has its word in each lane.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import z3

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.isa import OPERATIONS, WORD_BITS
from slotweave.isa.smt import truth_term, word_term
from slotweave.rules.proof import Proof, fingerprint
from slotweave.rules.rule import Rule
from slotweave.rules.term import Term, compute, variables

PROVER = f"z3 {z3.get_version_string()}"

#: Seconds after which the solver gives up on one part of a proof.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A term as the solver sees it: its word, and whether it is defined."""

    word: z3.BitVecRef
    defined: z3.BoolRef


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a proof: a claim, and what is false if it fails."""

    holds: z3.BoolRef
    failure: str


def prove(rule: Rule) -> Proof:
    """The proof of `rule`.

    Raises CheckFailed (SW408) with words for which it is wrong, or because the solver gave up.
    """
    started = time.perf_counter()
    parts = list(_parts(rule))
    unsatisfiable = 0
    for part in parts:
        negation = z3.simplify(z3.Not(part.holds))
        if not z3.is_false(negation):
            _require_unsatisfiable(rule, negation, part.failure)
            unsatisfiable += 1
    simplified = len(parts) - unsatisfiable
    method = (
        f"words of {WORD_BITS} bits, any number of lanes; "
        f"{simplified} of {len(parts)} parts by simplification, the rest by search"
    )
    return Proof(fingerprint(rule), PROVER, method, round(time.perf_counter() - started, 3))


def _parts(rule: Rule) -> Iterator[_Part]:
    pattern, replacement = _read(rule.pattern), _read(rule.replacement)
    applies = z3.BoolVal(True)
    if rule.condition is not None:
        condition = _read(rule.condition)
        applies = condition.word != 0
        yield _Part(condition.defined, "the condition cannot be computed")
    for term in _computed_constants(rule.replacement):
        computable = z3.Implies(applies, _read(term).defined)
        yield _Part(computable, f"{term} cannot be computed")
    applies = z3.And(applies, pattern.defined)
    yield _Part(z3.Implies(applies, replacement.defined), "the replacement is not defined")
    equal = pattern.word == replacement.word
    yield _Part(z3.Implies(applies, equal), "the two sides differ")


def _read(term: Term) -> _Reading:
    if term.op == "variable":
        return _Reading(z3.BitVec(term.name, WORD_BITS), z3.BoolVal(True))
    if term.op == "constant":
        return _Reading(z3.BitVecVal(term.value, WORD_BITS), z3.BoolVal(True))
    args = [_read(arg) for arg in term.args]
    words = [arg.word for arg in args]
    operation = OPERATIONS[term.op]
    if operation.meaning is None:
        raise ValueError(f"{term.op} has no value of its own")
    defined = [arg.defined for arg in args]
    if operation.defined_if is not None:
        defined.append(truth_term(operation.defined_if, words))
    return _Reading(word_term(operation.meaning, words), z3.And(defined))


def _computed_constants(term: Term) -> Iterator[Term]:
    """The largest parts of `term` that are computed while rewriting."""
    if term.constant:
        yield term
    else:
        for arg in term.args:
            yield from _computed_constants(arg)


def _require_unsatisfiable(rule: Rule, negation: z3.BoolRef, failure: str) -> None:
    """Raise CheckFailed unless no words satisfy `negation`."""
    solver = z3.Solver()
    solver.set("timeout", round(1000 * PATIENCE))
    solver.add(negation)
    answer = solver.check()
    if answer == z3.unsat:
        return
    if answer == z3.unknown:
        reason = f"rule {rule.name} could not be decided in {PATIENCE:g} s: {rule}"
        raise CheckFailed(Diagnostic("SW408", reason))
    model = solver.model()
    words = {
        x.name: model.eval(z3.BitVec(x.name, WORD_BITS), model_completion=True).as_long()
        for x in variables(rule.pattern)
    }
    raise CheckFailed(Diagnostic("SW408", _counterexample(rule, words, failure)))


def _counterexample(rule: Rule, words: dict[str, int], failure: str) -> str:
    """What a person needs to see that `rule` is wrong; both sides computed without the solver."""
    where = ", ".join(f"{name} = {word}" for name, word in words.items())
    left, right = (_computed(side, words) for side in (rule.pattern, rule.replacement))
    return f"rule {rule.name} is wrong, {failure}: {rule}; for {where}: {left} and {right}"


def _computed(term: Term, words: dict[str, int]) -> str:
    try:
        return str(compute(term, words))
    except ZeroDivisionError:
        return "a division by zero"
