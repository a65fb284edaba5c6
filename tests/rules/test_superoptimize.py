"""The search for shorter forms: finds what there is, and never excludes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.isa import OPERATIONS
from slotweave.rules.structures import CONSTANT, Step, Structure, run, shown, structures
from slotweave.rules.term import Term, compute, operation, variable

pytest.importorskip("z3")

from slotweave.rules import superoptimize
from slotweave.rules.superoptimize import Effort, search
from support.examples import examples

A, N = variable("a"), variable("n")

TRIED = ("add", "sub", "mul", "and", "or", "xor", "shl", "shr", "lt", "eq", "multiply_add")


@pytest.mark.parametrize(
    ("term", "operations", "form"),
    [
        ((A + 5) + (A << 12), 1, "multiply_add(a, 4097, 5)"),
        ((A * 2) + A, 1, "a * 3"),
        (A * 2 - A * 3 + 7, 1, "7 - a"),
        ((A ^ 12) ^ (A ^ N ^ A), 2, "t1 = a ^ 12; t1 ^ n"),
        ((A ^ (A >> 16)) & 1, 2, "t1 = a * 2147516416; t1 >> 31"),
    ],
)
def test_a_shorter_form_is_found(term: Term, operations: int, form: str) -> None:
    found = search(term, operations).found
    assert found is not None
    assert sorted(found.replace(";", " ").split()) == sorted(form.replace(";", " ").split())


@pytest.mark.parametrize(
    ("term", "operations"), [(A ^ (A >> 16), 1), (A * 2 + (N & 1), 1), ((A ^ 9) ^ (A >> 3), 2)]
)
def test_what_takes_more_is_excluded_and_every_structure_is_accounted_for(
    term: Term, operations: int
) -> None:
    done = search(term, operations)
    assert done.excluded
    inputs = 2 if "n" in str(term) else 1
    lengths = range(1, operations + 1)
    assert done.structures == sum(len(list(structures(inputs, length))) for length in lengths)
    assert done.structures == done.by_form + done.by_words


def test_what_the_solver_gives_up_on_is_not_called_excluded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for effort in ("FIRST", "SECOND", "THIRD"):
        monkeypatch.setattr(superoptimize, effort, Effort(words=8, patience=1))
    done = search(A ^ (A >> 16), 1)
    assert done.undecided
    assert not done.excluded


def test_a_shift_that_is_left_open_is_decided_count_by_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = superoptimize._synthesize

    def given_up(
        structure: Structure, target: Any, fixed: Mapping[int, int], effort: Effort
    ) -> Any:
        shifts = any(step.op == "shr" and step.operands[1] == CONSTANT for step in structure)
        return None if shifts and not fixed else at_once(structure, target, fixed, effort)

    monkeypatch.setattr(superoptimize, "_synthesize", given_up)
    assert search(A ^ (A >> 16), 1).excluded
    assert search((A >> 3) >> 4, 1).found == "a >> 7"


def test_the_few_structures_that_are_left_open_are_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = superoptimize._synthesize

    def impatient(
        structure: Structure, target: Any, fixed: Mapping[int, int], effort: Effort
    ) -> Any:
        return at_once(structure, target, fixed, effort) if effort is superoptimize.THIRD else None

    monkeypatch.setattr(superoptimize, "_synthesize", impatient)
    done = search(A ^ (A >> 16), 1)
    assert 0 < done.by_words <= superoptimize.FEW
    assert done.excluded
    monkeypatch.setattr(superoptimize, "FEW", 0)
    assert search(A ^ (A >> 16), 1).undecided == done.by_words


@pytest.mark.parametrize(
    ("steps", "narrow"),
    [
        ((Step("shr", (0, CONSTANT)), Step("multiply_add", (1, CONSTANT, CONSTANT))), True),
        ((Step("shr", (0, CONSTANT)), Step("xor", (1, 0))), False),
        ((Step("shr", (CONSTANT, 0)), Step("xor", (1, CONSTANT))), False),
        ((Step("shr", (0, CONSTANT)), Step("shr", (0, CONSTANT)), Step("xor", (1, 2))), False),
    ],
)
def test_a_structure_is_narrow_if_one_right_shift_is_all_that_it_knows(
    steps: Structure, narrow: bool
) -> None:
    assert superoptimize._comes_from_first_shift(steps, 1) is narrow


def test_counts_that_leave_too_few_results_are_excluded_without_the_solver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def unsure(*asked_about: Any) -> Any:
        fixed = asked_about[2]
        asked.extend(fixed.values())
        return superoptimize._Verdict(None) if fixed else None

    monkeypatch.setattr(superoptimize, "_synthesize", unsure)
    target = superoptimize._target((A * 5) ^ (A >> 3))
    structure = (Step("shr", (0, CONSTANT)), Step("multiply_add", (1, CONSTANT, CONSTANT)))
    assert superoptimize._decide(structure, target) == superoptimize._Verdict(None)
    # 131,072 words have nearly as many results; shifts by 16 and more leave 65,536 at most.
    assert superoptimize._results(target) > 65_536
    assert asked == list(range(16))


@st.composite
def planted(draw: st.DrawFn, inputs: tuple[Term, ...], operations: int) -> Term:
    """A term of so many operations, each on inputs, the result before it, or constants."""
    words = st.one_of(st.integers(0, 33), st.integers(0, 2**32 - 1))

    def extended(result: Term, op: str) -> Term:
        operands = [
            draw(st.one_of(st.sampled_from((*inputs, result)), words))
            for _ in range(OPERATIONS[op].arity)
        ]
        operands[draw(st.integers(0, len(operands) - 1))] = result
        return operation(op, *operands)

    return reduce(extended, draw(st.lists(st.sampled_from(TRIED), min_size=operations,
                                          max_size=operations)), inputs[0])  # fmt: skip


@examples(40)
@given(planted((A, N), 1))
def test_one_planted_operation_is_never_excluded(term: Term) -> None:
    assert not search(term, 1).excluded


@pytest.mark.long
@examples(3)
@given(planted((A,), 2))
def test_two_planted_operations_are_never_excluded(term: Term) -> None:
    assert not search(term, 2).excluded


@pytest.mark.long
@examples(40)
@given(planted((A, N), 2))
def test_two_planted_operations_on_two_inputs_are_never_excluded(term: Term) -> None:
    assert not search(term, 2).excluded


def test_a_form_is_shown_as_it_is_run() -> None:
    steps = (Step("shr", (0, CONSTANT)), Step("multiply_add", (1, CONSTANT, 0)))
    assert shown(steps, (16, 3), ["a"]) == "t1 = a >> 16; multiply_add(t1, 3, a)"
    word = 0xB55A4F09
    expected = compute((A >> 16) * 3 + A, {"a": word})
    assert run(steps, (word,), (16, 3)) == expected
    assert shown((Step("multiply_add", (0, CONSTANT, 1)),), (1,), "an") == "a + n"
