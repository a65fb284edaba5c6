"""Search for shorter forms: can a term be computed by fewer operations, with any constants?

Every structure of up to k operations (see `structures`) is tried by counterexample-guided synthesis
(Solar-Lezama et al., "Combinatorial sketching for finite programs", 2006): constants are sought
that fit the term on a few input words; those found are tried on more, and a word for which they are
wrong joins the few. A structure is excluded once no constants fit: a proof, for if they were right
for all words they would fit these. Constants that fit are right only once the solver has proved it.

Before the solver is asked, a structure is excluded that cannot let a bit depend on a higher one if
two inputs show that the term does, and one that ignores an input if two inputs show that it counts.
A right shift by k leaves 2^(32 - k) words: where all that a structure computes comes from one, the
term must not have more results.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import z3

from slotweave.isa import OPERATIONS, WORD_BITS
from slotweave.isa.smt import word_term
from slotweave.rules.structures import CONSTANT, TRIANGULAR, Structure, run, shown, structures
from slotweave.rules.term import Term, compute, variables


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a structure is tried."""

    words: int  # on which constants are sought from the start
    patience: int  # of the solver with one question, in its own unit of work: no clock


FIRST = Effort(words=8, patience=4_000_000)

#: For what that leaves open.
SECOND = Effort(words=20, patience=20_000_000)

#: For the few structures that are open at the end, and how many may be: how much work the solver
#: has with a question varies by chance, so that another one with the same answer may be easy.
THIRD, FEW = Effort(words=24, patience=40_000_000), 8

#: How many random words follow zero and the words of a single bit, which say most.
_RANDOM_WORDS = 24

#: On how many random words the results of the term are counted.
_COUNTED_WORDS = 1 << 17

Words = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What was tried for a term, and what came of it.

    `structures` were tried: `by_form` excluded without the solver, `by_words` because no constants
    fit some words; `undecided` were too much work; the last one is the form `found`, if one is.
    """

    operations: int
    structures: int = 0
    by_form: int = 0
    by_words: int = 0
    undecided: int = 0
    found: str | None = None
    seconds: float = 0.0

    @property
    def excluded(self) -> bool:
        """Whether it is proved that there is no such form."""
        return self.found is None and not self.undecided


@dataclass(frozen=True, slots=True)
class _Target:
    """The term, the words on which forms are tried, and what these words show of it."""

    term: Term
    names: tuple[str, ...]
    words: tuple[Words, ...]
    counting_inputs: frozenset[int]
    triangular: bool  # as far as the words show: no bit depends on a higher one

    def value(self, words: Words) -> int:
        return compute(self.term, dict(zip(self.names, words, strict=True)))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is proved of a structure: the constants that make it right, or that there are none."""

    constants: Words | None


def search(
    term: Term,
    operations: int,
    progress: Callable[[Sequence[Structure]], Iterable[Structure]] = iter,
) -> Search:
    """Look for a form of `term` of at most that many operations; stops at the first one found.

    The variables of `term` are the inputs. `progress` hands the structures on, and may count them.
    """
    started = time.perf_counter()
    target = _target(term)
    lengths = range(1, operations + 1)
    every = [tried for length in lengths for tried in structures(len(target.names), length)]
    done, left_open = Search(operations), []
    for structure in progress(every):
        tried = replace(done, structures=done.structures + 1)
        if not _can_have_form(structure, target):
            done = replace(tried, by_form=tried.by_form + 1)
            continue
        verdict = _decide(structure, target)
        done = _with_verdict(tried, verdict, structure, target)
        if verdict is None:
            left_open.append(structure)
        if done.found is not None:
            break
    if done.found is None and len(left_open) <= FEW:
        done = _asked_again(done, left_open, target)
    return replace(done, seconds=time.perf_counter() - started)


def _asked_again(done: Search, left_open: Sequence[Structure], target: _Target) -> Search:
    """The same after another try at the structures that were left open."""
    done = replace(done, undecided=0)
    for number, structure in enumerate(left_open):
        verdict = _decide_by_count(structure, target, THIRD)
        done = _with_verdict(done, verdict, structure, target)
        if done.found is not None:
            return replace(done, undecided=done.undecided + len(left_open) - number - 1)
    return done


def _with_verdict(
    done: Search, verdict: _Verdict | None, structure: Structure, target: _Target
) -> Search:
    if verdict is None:
        return replace(done, undecided=done.undecided + 1)
    if verdict.constants is None:
        return replace(done, by_words=done.by_words + 1)
    constants = _simplest(structure, verdict.constants, target)
    return replace(done, found=shown(structure, constants, target.names))


def _target(term: Term) -> _Target:
    names = tuple(dict.fromkeys(x.name for x in variables(term)))
    draw = random.Random(0)
    bases = [tuple(draw.getrandbits(WORD_BITS) for _ in names) for _ in range(_RANDOM_WORDS)]
    flips = [(number, bit) for bit in range(WORD_BITS) for number in range(len(names))]
    zero = (0,) * len(names)
    single_bits = [_flipped(zero, *flip) for flip in flips]
    target = _Target(term, names, (zero, *single_bits, *bases), frozenset(), True)
    counting, triangular = set(), True
    for base in (zero, *bases[:2]):
        for number, bit in flips:
            changed = target.value(base) ^ target.value(_flipped(base, number, bit))
            triangular = triangular and not changed & ((1 << bit) - 1)
            if changed:
                counting.add(number)
    return replace(target, counting_inputs=frozenset(counting), triangular=triangular)


def _flipped(words: Words, number: int, bit: int) -> Words:
    return (*words[:number], words[number] ^ 1 << bit, *words[number + 1 :])


def _can_have_form(structure: Structure, target: _Target) -> bool:
    """Whether what the words show of the term leaves this structure possible."""
    read = {operand for step in structure for operand in step.operands}
    triangular = all(step.op in TRIANGULAR for step in structure)
    return target.counting_inputs <= read and (target.triangular or not triangular)


def _decide(structure: Structure, target: _Target) -> _Verdict | None:
    """Whether `structure` is the term with some constants; None if the solver does not know."""
    verdict = _synthesize(structure, target, {}, FIRST)
    return _decide_by_count(structure, target, SECOND) if verdict is None else verdict


def _decide_by_count(structure: Structure, target: _Target, effort: Effort) -> _Verdict | None:
    """The same on more words, for each count of the first right shift (32 or more give 0)."""
    places = _right_shift_counts(structure)[:1]
    narrow = _comes_from_first_shift(structure, len(target.names))
    results = _results(target) if narrow else 0
    for counts in product(range(WORD_BITS + 1), repeat=len(places)):
        if narrow and results > 1 << (WORD_BITS - counts[0]):
            continue
        fixed = dict(zip(places, counts, strict=True))
        verdict = _synthesize(structure, target, fixed, effort)
        if verdict is None or verdict.constants is not None:
            return verdict
    return _Verdict(None)


def _right_shift_counts(structure: Structure) -> list[int]:
    """Which of its constants, in the order in which they stand, are counts of right shifts."""
    stand = [
        step.op == "shr" and place == 1
        for step in structure
        for place, operand in enumerate(step.operands)
        if operand == CONSTANT
    ]
    return [number for number, is_count in enumerate(stand) if is_count]


def _results(target: _Target) -> int:
    """How many different results the term has for some random words."""
    draw = random.Random(0)
    many = (tuple(draw.getrandbits(WORD_BITS) for _ in target.names) for _ in range(_COUNTED_WORDS))
    return len({target.value(words) for words in many})


def _comes_from_first_shift(structure: Structure, inputs: int) -> bool:
    """Whether the result depends on inputs through the first right shift by a constant alone."""
    depends = [True] * inputs
    is_first = True
    for step in structure:
        if is_first and step.op == "shr" and step.operands[1] == CONSTANT:
            depends.append(False)
            is_first = False
        else:
            depends.append(any(depends[x] for x in step.operands if x != CONSTANT))
    return not is_first and not depends[-1]


def _synthesize(
    structure: Structure, target: _Target, fixed: Mapping[int, int], effort: Effort
) -> _Verdict | None:
    """The same, where the constants numbered in `fixed` are to be these words."""
    count = sum(step.operands.count(CONSTANT) for step in structure)
    unknowns = [
        z3.BitVecVal(fixed[i], WORD_BITS) if i in fixed else z3.BitVec(f"constant {i}", WORD_BITS)
        for i in range(count)
    ]
    solver = _solver(effort)
    for words in target.words[: effort.words]:
        _must_fit(solver, structure, words, unknowns, target.value(words))
    while (answer := solver.check()) == z3.sat:
        constants = _words_of(solver, unknowns)
        proof, wrong = _counterexample(structure, constants, target, effort)
        if wrong is None:
            return _Verdict(constants) if proof == z3.unsat else None
        _must_fit(solver, structure, wrong, unknowns, target.value(wrong))
    return _Verdict(None) if answer == z3.unsat else None


def _simplest(structure: Structure, constants: Words, target: _Target) -> Words:
    """Constants that are as right as these, with 0 wherever that is possible."""
    zeros: dict[int, int] = {}
    for place in range(len(constants)):
        verdict = _synthesize(structure, target, zeros | {place: 0}, FIRST)
        if verdict is not None and verdict.constants is not None:
            zeros, constants = zeros | {place: 0}, verdict.constants
    return constants


def _solver(effort: Effort) -> z3.Solver:
    solver = z3.SolverFor("QF_BV")
    solver.set("rlimit", effort.patience)
    return solver


def _words_of(solver: z3.Solver, unknowns: Sequence[z3.BitVecRef]) -> Words:
    """The words that the solver has found for `unknowns`."""
    model = solver.model()
    return tuple(model.eval(x, model_completion=True).as_long() for x in unknowns)


def _must_fit(
    solver: z3.Solver,
    structure: Structure,
    words: Words,
    unknowns: Sequence[z3.BitVecRef],
    value: int,
) -> None:
    inputs = [z3.BitVecVal(word, WORD_BITS) for word in words]
    solver.add(_result(structure, inputs, unknowns) == value)


def _counterexample(
    structure: Structure, constants: Words, target: _Target, effort: Effort
) -> tuple[z3.CheckSatResult, Words | None]:
    """The answer whether these constants are wrong for some words, and such words."""
    for words in target.words:
        if run(structure, words, constants) != target.value(words):
            return z3.sat, words
    inputs = [z3.BitVec(name, WORD_BITS) for name in target.names]
    fixed = [z3.BitVecVal(constant, WORD_BITS) for constant in constants]
    solver = _solver(effort)
    wanted = _word(target.term, dict(zip(target.names, inputs, strict=True)))
    solver.add(_result(structure, inputs, fixed) != wanted)
    answer = solver.check()
    return answer, _words_of(solver, inputs) if answer == z3.sat else None


def _result(
    structure: Structure, inputs: Sequence[z3.BitVecRef], constants: Sequence[z3.BitVecRef]
) -> z3.BitVecRef:
    values, left = list(inputs), iter(constants)
    for step in structure:
        operands = [next(left) if x == CONSTANT else values[x] for x in step.operands]
        values.append(_operation(step.op, operands))
    return values[-1]


def _word(term: Term, inputs: Mapping[str, z3.BitVecRef]) -> z3.BitVecRef:
    if term.op == "variable":
        return inputs[term.name]
    if term.op == "constant":
        return z3.BitVecVal(term.value, WORD_BITS)
    return _operation(term.op, [_word(arg, inputs) for arg in term.args])


def _operation(op: str, operands: Sequence[z3.BitVecRef]) -> z3.BitVecRef:
    meaning = OPERATIONS[op].meaning
    if meaning is None:
        raise ValueError(f"{op} has no value of its own")
    return word_term(meaning, operands)
