"""The rules that may be used: no rule is registered without a recorded proof that fits it.

Importing this module compares fingerprints, which needs no prover.
"""

from __future__ import annotations

from slotweave.rules.catalog import CATALOG, EQUATIONS
from slotweave.rules.proof import recorded_proofs, register

#: What may have been used on the way from one graph to another: the rules, and the laws.
PROVED = register(EQUATIONS, recorded_proofs())

#: The rules; where several match, the first one that pays is taken.
RULES = PROVED[: len(CATALOG)]
