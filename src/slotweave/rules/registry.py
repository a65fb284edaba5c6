"""The rules that may be used: no rule is registered without a recorded proof that fits it.

Importing this module compares fingerprints, which needs no prover.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slotweave.diagnostics import CheckFailed, Diagnostic
from slotweave.rules.catalog import CATALOG
from slotweave.rules.proof import Proof, recorded_proofs, unproved
from slotweave.rules.rule import Rule


def register(rules: Iterable[Rule], proofs: Mapping[str, Proof]) -> tuple[Rule, ...]:
    """`rules`, all of them proved. Raises CheckFailed (SW407) at the first that is not."""
    rules = tuple(rules)
    for rule, why in unproved(rules, proofs):
        reason = f"rule {rule.name} {why}; `slotweave rules prove --record` proves and records it"
        raise CheckFailed(Diagnostic("SW407", reason))
    return rules


#: All rules; where several match, the first one that pays is taken.
RULES = register(CATALOG, recorded_proofs())
