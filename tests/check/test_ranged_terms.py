"""Terms with ranges: however they are normalised, they are the words that were asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.isa import OPERATIONS
from slotweave.isa.codegen import word_function

RANGES = {"bits": (0, 1), "small": (3, 9), "any": (0, 2**32 - 1)}
REGIONS = tuple(Region(name, 4 * at, 4) for at, name in enumerate(RANGES))
OPS = ("add", "sub", "mul", "multiply_add", "shl", "shr", "select", "xor", "and", "or", "eq", "lt",
       "mod", "add_immediate")  # fmt: skip


def ranged_terms() -> RangedTerms:
    facts = Facts(12, {}, REGIONS, RANGES)
    return RangedTerms(facts, MemoryMap(REGIONS, 12))


def value_of(terms: RangedTerms, term: int, memory: list[int]) -> int:
    """The word that `term` is on `memory`."""
    kind, value, args = terms[term]
    if kind == "const":
        return value
    if kind == "input":
        return memory[value]
    return word_function(kind)(*(value_of(terms, arg, memory) for arg in args))


@given(st.data())
def test_a_term_is_the_word_that_was_asked_for_and_lies_in_its_range(data: st.DataObject) -> None:
    terms = ranged_terms()
    memory = [data.draw(st.integers(*RANGES[region.name])) for region in REGIONS for _ in range(4)]
    known = [(terms.make("input", address), word) for address, word in enumerate(memory)]
    known += [(terms.constant(word), word) for word in (0, 1, 2, 2**32 - 1)]
    for _ in range(14):
        op = data.draw(st.sampled_from(OPS))
        count = OPERATIONS[op].arity + OPERATIONS[op].immediate
        args = [data.draw(st.sampled_from(known)) for _ in range(count)]
        try:
            value = word_function(op)(*(word for _term, word in args))
        except ZeroDivisionError:
            continue
        term = terms.operation(op, tuple(term for term, _word in args))
        assert value_of(terms, term, memory) == value
        low, high = terms.range(term)
        assert low <= value <= high
        known.append((term, value))


def test_a_choice_between_two_words_by_a_bit_is_a_sum() -> None:
    terms = ranged_terms()
    bit, (zero, one, two) = terms.make("input", 0), map(terms.constant, range(3))
    is_zero = terms.operation("eq", (bit, zero))
    chosen = terms.operation("select", (is_zero, one, two))
    assert chosen == terms.operation("add", (bit, one))
    assert chosen == terms.operation("sub", (two, is_zero))
    assert terms.operation("sub", (chosen, one)) == bit


def test_equal_sums_in_any_order_are_one_term() -> None:
    terms = ranged_terms()
    first, second, small = (terms.make("input", address) for address in (0, 1, 4))
    left = terms.operation("add", (terms.operation("add", (first, second)), small))
    right = terms.operation("add", (first, terms.operation("add", (small, second))))
    assert left == right
