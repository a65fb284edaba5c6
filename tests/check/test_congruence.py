"""Congruence closure against the obvious way of computing it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.legality.congruence import Congruence

LEAVES = 4

#: Forms over earlier values, then merges of values, by number.
forms = st.lists(
    st.tuples(st.sampled_from(["sub", "add", "neg"]), st.integers(0, 99), st.integers(0, 99)),
    max_size=12,
)
merges = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=5)


def closed(made: list[tuple[str, tuple[int, ...]]], pairs: list[tuple[int, int]]) -> list[int]:
    """The least number in the class of each value, by repeating the rules until nothing changes."""
    least = list(range(len(made)))

    def join(a: int, b: int) -> bool:
        low, high = sorted((least[a], least[b]))
        least[:] = [low if x == high else x for x in least]
        return low != high

    changed = True
    while changed:
        changed = False
        for a, b in pairs:
            changed |= join(a, b)
        for a, b in itertools.combinations(range(LEAVES, len(made)), 2):
            (op, mine), (other, theirs) = made[a], made[b]
            left, right = [least[x] for x in mine], [least[x] for x in theirs]
            if op == "add":
                left, right = sorted(left), sorted(right)
            if op == other and left == right:
                changed |= join(a, b)
    return least


@given(forms, merges, st.integers(0, 5))
def test_values_are_equal_if_and_only_if_it_follows(shape, pairs, late):
    """Some of the merges come before the last forms are made."""
    congruence = Congruence()
    made: list[tuple[str, tuple[int, ...]]] = [("leaf", ())] * LEAVES
    numbers = [congruence.add(("leaf", i), ()) for i in range(LEAVES)]
    merged: list[tuple[int, int]] = []

    def merge(pairs):
        for first, second in pairs:
            a, b = first % len(numbers), second % len(numbers)
            congruence.merge(numbers[a], numbers[b])
            merged.append((a, b))

    for step, (op, first, second) in enumerate(shape):
        if step == late:
            merge(pairs[:2])
        operands = (first, second) if op != "neg" else (first,)
        args = tuple(x % len(numbers) for x in operands)
        made.append((op, args))
        numbers.append(congruence.add((op,), tuple(numbers[x] for x in args)))
    merge(pairs[2:])
    least = closed(made, merged)
    for a, b in itertools.combinations(range(len(numbers)), 2):
        assert congruence.equal(numbers[a], numbers[b]) is (least[a] == least[b])


def test_forms_with_other_details_are_other_values():
    congruence = Congruence()
    x = congruence.add(("load", 1), ())
    assert not congruence.equal(
        congruence.add(("slice", 0), (x,)), congruence.add(("slice", 1), (x,))
    )
    assert congruence.equal(congruence.add(("slice", 0), (x,)), congruence.add(("slice", 0), (x,)))


def test_the_factors_of_a_multiply_add_may_change_places():
    congruence = Congruence()
    x, y, z = (congruence.add(("leaf", i), ()) for i in range(3))
    product = congruence.add(("multiply_add",), (x, y, z))
    assert congruence.equal(product, congruence.add(("multiply_add",), (y, x, z)))
    assert not congruence.equal(product, congruence.add(("multiply_add",), (x, z, y)))


def test_long_chains_of_consequences_are_followed():
    congruence = Congruence()
    x, y = congruence.add(("leaf", 0), ()), congruence.add(("leaf", 1), ())
    left, right = x, y
    for _ in range(10_000):
        left, right = congruence.add(("neg",), (left,)), congruence.add(("neg",), (right,))
    assert not congruence.equal(left, right)
    congruence.merge(x, y)
    assert congruence.equal(left, right)
