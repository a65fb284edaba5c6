"""No rule is used without a proof that fits it; the record says what was proved, and how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.isa import OPERATIONS
from slotweave.rules import Rule, Term, make_rule
from slotweave.rules.catalog import CATALOG, EQUATIONS
from slotweave.rules.proof import (
    PROOFS_FILE,
    fingerprint,
    proofs_from_json,
    proofs_to_json,
    recorded_proofs,
    register,
    statement,
    unproved,
)
from slotweave.rules.registry import PROVED, RULES
from slotweave.rules.term import constant_variable, equals, multiply_add, variable

X, Y, C = variable("x"), variable("y"), constant_variable("c")


def doubled(replacement: Term | None = None) -> Rule:
    sides = (X + X, X << 1 if replacement is None else replacement)
    return Rule("doubled", "x + x  ->  x << 1", *sides)


def test_every_rule_is_registered_with_the_proof_on_record() -> None:
    proofs = recorded_proofs()
    assert register(EQUATIONS, proofs) == PROVED == EQUATIONS
    assert RULES == CATALOG == EQUATIONS[: len(CATALOG)]
    assert list(proofs) == [rule.name for rule in EQUATIONS]


def test_a_rule_without_a_record_does_not_register() -> None:
    with pytest.raises(CheckFailed, match="doubled has no recorded proof; `slotweave rules prove"):
        register((*RULES, doubled()), recorded_proofs())


@pytest.mark.parametrize(
    "changed",
    [
        lambda rule: replace(rule, pattern=rule.pattern + 0),
        lambda rule: replace(rule, replacement=rule.replacement + 0),
        lambda rule: replace(rule, condition=equals(C, 1)),
    ],
    ids=["pattern", "replacement", "condition"],
)
@pytest.mark.parametrize("rule", [CATALOG[0], CATALOG[-1]], ids=lambda rule: rule.name)
def test_a_rule_changed_after_its_proof_does_not_register(changed, rule: Rule) -> None:
    with pytest.raises(CheckFailed, match="SW407") as caught:
        register([changed(rule)], recorded_proofs())
    assert f"rule {rule.name} was changed after its proof" in str(caught.value)


def test_a_rule_resting_on_a_changed_meaning_does_not_register(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add = OPERATIONS["add"]
    monkeypatch.setitem(OPERATIONS, "add", replace(add, meaning=OPERATIONS["sub"].meaning))
    names = {rule.name for rule, _ in unproved(CATALOG, recorded_proofs())}
    assert "add_zero" in names
    assert "xor_zero" not in names


def test_what_a_divisor_must_be_belongs_to_the_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, "div", replace(OPERATIONS["div"], defined_if=None))
    names = {rule.name for rule, _ in unproved(CATALOG, recorded_proofs())}
    assert "divide_by_one" in names
    assert "remainder_of_one" not in names


def test_a_statement_says_the_equation_and_the_meanings() -> None:
    rule = make_rule("r", "e", (multiply_add(X, C, Y // C), Y // C, equals(C, 0)))
    assert statement(rule) == (
        "for all words of 32 bits: multiply_add(x, c, (y // c))  ->  (y // c)  when (c == 0)\n"
        "div: (a // b) if b is not 0\n"
        "eq: (a == b)\n"
        "multiply_add: ((a * b) + c)"
    )


def test_different_rules_have_different_fingerprints() -> None:
    assert len({fingerprint(rule) for rule in CATALOG}) == len({str(rule) for rule in CATALOG})


def test_records_survive_being_written_and_read() -> None:
    proofs = recorded_proofs()
    assert proofs_from_json(proofs_to_json(proofs)) == proofs
    assert proofs_to_json(proofs) == PROOFS_FILE.read_text(encoding="utf-8")


def test_a_record_says_by_what_and_how_a_rule_was_proved() -> None:
    for proof in recorded_proofs().values():
        assert proof.prover.startswith("z3 ")
        assert proof.method.startswith("words of 32 bits, any number of lanes; ")
        assert proof.seconds >= 0
