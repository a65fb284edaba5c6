"""The rules that may be used: no rule is registered without a recorded proof that fits it.

Importing this module compares fingerprints, which needs no prover.
"""

from __future__ import annotations

from slotweave.rules.catalog import CATALOG
from slotweave.rules.proof import recorded_proofs, register

#: All rules; where several match, the first one that pays is taken.
RULES = register(CATALOG, recorded_proofs())
