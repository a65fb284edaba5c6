"""Each rule holds on the words, names its equation, and makes terms lighter."""

from __future__ import annotations

import pytest

from slotweave.isa import WORD_MASK
from slotweave.rules import Constant, Rule, Sides, Term, make_rule, rule, weight
from slotweave.rules.registry import RULES
from slotweave.rules.strength import is_power_of_two, log2
from slotweave.rules.term import (
    broadcast,
    compute,
    constant,
    constant_variable,
    equals,
    multiply_add,
    operation,
    select,
    variable,
    variables,
)
from support.rule_cases import cases


@pytest.mark.parametrize("tested", RULES, ids=lambda tested: tested.name)
def test_both_sides_of_a_rule_are_equal(tested: Rule) -> None:
    values = cases(tested, 200)
    assert len(values) >= 50
    for case in values:
        assert compute(tested.pattern, case) == compute(tested.replacement, case), case


@pytest.mark.parametrize("tested", RULES, ids=lambda tested: tested.name)
def test_a_rule_says_its_equation(tested: Rule) -> None:
    assert " -> " in tested.equation
    assert "\n" not in tested.equation


def test_names_are_unique() -> None:
    assert len({tested.name for tested in RULES}) == len(RULES)


def test_powers_of_two_are_recognised_with_their_exponent() -> None:
    c = constant_variable("c")
    for s in range(32):
        assert compute(is_power_of_two(c), {"c": 1 << s}) == 1
        assert compute(log2(c), {"c": 1 << s}) == s
    for word in (0, 3, 6, 2**31 + 1, 2**32 - 1):
        assert compute(is_power_of_two(c), {"c": word}) == 0


def test_a_rule_is_derived_from_its_function() -> None:
    @rule
    def halve_twice(x: Term, c: Constant) -> Sides:
        """(x >> c) >> c  ->  x >> 2*c        c constant, c < 16"""
        return (x >> c) >> c, x >> c * 2, c < 16

    assert halve_twice.name == "halve_twice"
    assert halve_twice.equation.startswith("(x >> c) >> c")
    assert str(halve_twice) == "((x >> c) >> c)  ->  (x >> (c * 2))  when (c < 16)"
    assert [x.constant for x in variables(halve_twice.pattern)] == [False, True, True]


def test_terms_print_as_they_are_written() -> None:
    x, y = variable("x"), variable("y")
    assert str(multiply_add(x, 3, y - 1)) == "multiply_add(x, 3, (y - 1))"
    assert str(select(equals(x, -1), 0 << x, broadcast(y) % 2)) == (
        "select((x == -1), (0 << x), (broadcast(y) % 2))"
    )


def test_terms_over_constants_weigh_nothing() -> None:
    x, c = variable("x"), constant_variable("c")
    assert weight(x + (c * c + 1)) == weight(x + c) == 10
    assert weight(c * c) == 0


X, Y, C = variable("x"), variable("y"), constant_variable("c")


@pytest.mark.parametrize(
    ("equation", "sides", "reason"),
    [
        ("", (X + 0, X), "has no equation"),
        ("e", (X + 0, Y), "does not bind"),
        ("e", (X + 0, X, equals(C, 1)), "does not bind"),
        ("e", (X + C, X, equals(X, 1)), "not about constants alone"),
        ("e", (X + (C + 1), X), "operation on constants alone"),
        ("e", (X + Y, Y + X), "does not make terms lighter"),
        ("e", (X * 3 * 1, X + X + X), "does not make terms lighter"),
        ("e", (operation("sub", C, C), X + C), "does not bind"),
    ],
)
def test_an_unsound_rule_is_refused(equation: str, sides: Sides, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make_rule("wrong", equation, sides)


@pytest.mark.parametrize("op", ["load", "const", "add_immediate"])
def test_terms_are_of_operations_with_a_value_of_their_own(op: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a rule"):
        operation(op, X)


def test_constants_are_words() -> None:
    assert constant(-1).value == WORD_MASK
