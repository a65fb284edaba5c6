"""Recorded proofs: that a rule was proved, and that it still is the rule that was proved.

A proof is kept with the fingerprint of everything it speaks about: the rule's two sides, its
condition, and the meaning of every operation in them. If any of these changes, the record no longer
fits and the rule is without proof. A record can be made again from the rule alone (`prove`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.isa import OPERATIONS, WORD_BITS
from slotweave.rules.rule import Rule
from slotweave.rules.term import Term

#: The records that come with Slotweave.
PROOFS_FILE = Path(__file__).with_name("proofs.json")


@dataclass(frozen=True, slots=True)
class Proof:
    """That the rule with this fingerprint was proved: by which prover, how, in how many seconds."""

    fingerprint: str
    prover: str
    method: str
    seconds: float


def fingerprint(rule: Rule) -> str:
    """The SHA-256 of the equation of `rule` and of the meanings on which it rests."""
    return hashlib.sha256(statement(rule).encode()).hexdigest()


def statement(rule: Rule) -> str:
    """What a proof of `rule` is about, as text."""
    terms = [rule.pattern, rule.replacement]
    if rule.condition is not None:
        terms.append(rule.condition)
    names = sorted({name for term in terms for name in _operations(term)})
    lines = [f"for all words of {WORD_BITS} bits: {rule}"]
    for name in names:
        operation = OPERATIONS[name]
        defined = "" if operation.defined_if is None else f" if {operation.defined_if} is not 0"
        lines.append(f"{name}: {operation.meaning}{defined}")
    return "\n".join(lines)


def recorded_proofs() -> dict[str, Proof]:
    """The records that come with Slotweave, by the name of the rule."""
    return proofs_from_json(PROOFS_FILE.read_text(encoding="utf-8"))


def proofs_from_json(text: str) -> dict[str, Proof]:
    return {name: Proof(**record) for name, record in json.loads(text).items()}


def proofs_to_json(proofs: Mapping[str, Proof]) -> str:
    """The records as the file that `recorded_proofs` reads."""
    records = {name: asdict(proof) for name, proof in proofs.items()}
    return json.dumps(records, indent=1) + "\n"


def unproved(rules: Iterable[Rule], proofs: Mapping[str, Proof]) -> Iterator[tuple[Rule, str]]:
    """The rules that no record covers, and why."""
    for rule in rules:
        if rule.name not in proofs:
            yield rule, "has no recorded proof"
        elif proofs[rule.name].fingerprint != fingerprint(rule):
            yield rule, "was changed after its proof, or an operation in it was"


def register(rules: Iterable[Rule], proofs: Mapping[str, Proof]) -> tuple[Rule, ...]:
    """`rules`, all of them proved. Raises CheckFailed (SW407) at the first that is not."""
    rules = tuple(rules)
    for rule, why in unproved(rules, proofs):
        reason = f"rule {rule.name} {why}; `slotweave rules prove --record` proves and records it"
        raise CheckFailed(Diagnostic("SW407", reason))
    return rules


def _operations(term: Term) -> Iterator[str]:
    if term.op in OPERATIONS:
        yield term.op
    for arg in term.args:
        yield from _operations(arg)
