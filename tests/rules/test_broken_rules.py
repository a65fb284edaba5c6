"""Each rule, broken in every place of its replacement, is refused by the prover with a witness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.isa import WORD_MASK
from slotweave.rules import Rule, Term
from slotweave.rules.catalog import CATALOG
from slotweave.rules.term import compute, constant, operation
from support.examples import a_share
from support.rule_cases import cases

prover = pytest.importorskip("slotweave.rules.prove")

#: What stands in place of an operation of two operands.
EXCHANGED = {
    "add": "sub", "sub": "add", "and": "or", "or": "xor", "xor": "and", "shl": "shr", "shr": "shl",
    "lt": "eq", "eq": "lt", "div": "mod", "mod": "div", "mul": "add", "cdiv": "div",
}  # fmt: skip


def broken(term: Term) -> Iterator[Term]:
    """`term` with one small change: a word more, another operation, operands exchanged."""
    yield operation("add", term, constant(1))
    if term.op in EXCHANGED:
        yield operation(EXCHANGED[term.op], *term.args)
    if len(term.args) > 1:
        yield operation(term.op, *term.args[:-2], term.args[-1], term.args[-2])
    for place, arg in enumerate(term.args):
        for changed in broken(arg):
            yield operation(term.op, *term.args[:place], changed, *term.args[place + 1 :])


def differs(rule: Rule, mutant: Rule) -> bool:
    """Whether words for which the rule may fire tell the mutant from it."""

    def word(term: Term, case: dict[str, int]) -> int | None:
        try:
            return compute(term, case)
        except ZeroDivisionError:
            return None

    return any(
        word(rule.pattern, case) != word(mutant.replacement, case) for case in cases(rule, 20)
    )


def mutants(rule: Rule) -> list[Rule]:
    """Broken variants of `rule` that are wrong, as plain computation shows."""
    variants = [replace(rule, replacement=term) for term in dict.fromkeys(broken(rule.replacement))]
    return [variant for variant in variants if differs(rule, variant)]


def test_a_replacement_is_broken_in_every_place() -> None:
    rule = next(rule for rule in CATALOG if rule.replacement.args)
    assert len(mutants(rule)) > 1


@pytest.mark.parametrize("rule", a_share(CATALOG, 3), ids=lambda rule: rule.name)
def test_a_rule_that_was_broken_is_refused_with_words_that_show_it(rule: Rule) -> None:
    wrong = mutants(rule)
    assert wrong
    for mutant in wrong[:4]:
        with pytest.raises(CheckFailed, match="SW408") as refused:
            prover.prove(mutant)
        message = str(refused.value)
        assert f"rule {rule.name} is wrong, " in message
        words = {name: int(w) for name, w in re.findall(r"\b(\w+) = (\d+)", message)}
        assert all(0 <= word <= WORD_MASK for word in words.values())
        assert shown_wrong(mutant, words), message


def shown_wrong(mutant: Rule, words: dict[str, int]) -> bool:
    """Whether the mutant is wrong for just these words, computed without the solver."""
    if mutant.condition is not None and not compute(mutant.condition, words):
        return False
    left = compute(mutant.pattern, words)
    try:
        return compute(mutant.replacement, words) != left
    except ZeroDivisionError:
        return True
