"""The prover: it proves all rules again, and refuses wrong ones with words that show it."""

from __future__ import annotations

import re

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.isa import COMMUTATIVE
from slotweave.rules import Rule, Term
from slotweave.rules.catalog import EQUATIONS
from slotweave.rules.proof import recorded_proofs
from slotweave.rules.term import (
    broadcast,
    compute,
    constant,
    constant_variable,
    equals,
    operation,
    select,
    variable,
)

prover = pytest.importorskip("slotweave.rules.prove")

X, Y, Z = (variable(name) for name in "xyz")
A, B, C = (constant_variable(name) for name in "abc")


@pytest.mark.parametrize("rule", EQUATIONS, ids=lambda rule: rule.name)
def test_every_rule_is_proved_again(rule: Rule) -> None:
    assert prover.prove(rule).fingerprint == recorded_proofs()[rule.name].fingerprint


@pytest.mark.parametrize("op", sorted(COMMUTATIVE | {"multiply_add"}))
def test_operands_that_are_matched_in_any_order_may_change_places(op: str) -> None:
    rest = (Z,) if op == "multiply_add" else ()
    rule = Rule("exchanged", "e", operation(op, X, Y, *rest), operation(op, Y, X, *rest))
    assert prover.prove(rule).prover.startswith("z3 ")


def refusal(pattern: Term, replacement: Term, condition: Term | None = None) -> str:
    """What the prover says about the rule; words that it names are no solution of the equation."""
    rule = Rule("wrong", "left  ->  right", pattern, replacement, condition)
    with pytest.raises(CheckFailed) as caught:
        prover.prove(rule)
    message = str(caught.value)
    assert message.startswith("SW408 rule wrong is wrong, ")
    words = {name: int(word) for name, word in re.findall(r"\b(\w) = (\d+)", message)}
    assert condition is None or "cannot be computed" in message or compute(condition, words)
    return message


WRONG = {
    "a difference the wrong way round": (X - Y, Y - X, None),
    "one too few": (X * A + X, X * A, None),
    "a mask of one bit too few": (operation("mod", X, C), X & (C - 2), equals(C & (C - 1), 0)),
    "not all of a mask": ((X ^ C) & A, X & A, equals(C & A & 255, 0)),
    "left shifts that wrap around": ((X << A) << B, X << (A + B), A > 31),
    "shifts that add up to 32": ((X << A) >> B, X << (A - B), (B < 32) & (A < 32)),
    "quotients of quotients": (operation("cdiv", X, C), X // C, None),
    "branches exchanged": (select(equals(X, 0), Y, Z), select(X, Y, Z), None),
    "equality of sums is no order": ((X + A) < (Y + A), X < Y, None),
    "only one word in a million": (X // C, X >> 20, equals(C, (1 << 20) + 1)),
    "a broadcast of the other word": (broadcast(X) - broadcast(Y), broadcast(Y - X), None),
}  # fmt: skip


@pytest.mark.parametrize("sides", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_rule_is_refused_with_words_that_show_it(
    sides: tuple[Term, Term, Term | None],
) -> None:
    message = refusal(*sides)
    found = re.search(r"the two sides differ: .*; for (.*): (\d+) and (\d+)$", message)
    assert found is not None
    words = {name: int(word) for name, word in re.findall(r"(\w) = (\d+)", found[1])}
    left, right = int(found[2]), int(found[3])
    assert left != right
    assert (compute(sides[0], words), compute(sides[1], words)) == (left, right)


def test_a_wrong_rule_is_named_with_its_equation() -> None:
    assert "rule wrong is wrong, the two sides differ: (x ^ c)  ->  x; for x = " in refusal(
        X ^ C, X
    )


def test_a_replacement_must_be_defined_where_the_pattern_is() -> None:
    message = refusal(X * (Y & 0), (X // Y) * 0)
    assert "the replacement is not defined" in message
    assert "y = 0: 0 and a division by zero" in message


def test_a_pattern_need_not_be_defined_where_the_replacement_is() -> None:
    rule = Rule("fewer_errors", "x * 0 // y  ->  0", X * 0 // Y, constant(0))
    assert prover.prove(rule).prover.startswith("z3 ")


def test_a_condition_must_never_divide_by_zero() -> None:
    message = refusal(X ^ C, X, equals(8 - (constant(8) // C), 9))
    assert "the condition cannot be computed" in message
    assert "c = 0" in message


def test_what_is_computed_while_rewriting_must_never_divide_by_zero() -> None:
    message = refusal(X // C, X // (constant(8) // (constant(8) // C)), C < 9)
    assert "(8 // (8 // c)) cannot be computed" in message


def test_what_cannot_be_decided_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "PATIENCE", 0.001)
    hard = Rule("hard", "x - x // y * y  ->  x % y", X - (X // Y) * Y, X % Y)
    with pytest.raises(CheckFailed, match=r"SW408 rule hard could not be decided in 0.001 s"):
        prover.prove(hard)
