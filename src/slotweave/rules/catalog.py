"""All rules that were written, in the order in which they are tried; proved or not.

What may rewrite a graph is in `registry`: these and the laws, each with its recorded proof.
"""

from __future__ import annotations

from slotweave.rules.affine import AFFINE
from slotweave.rules.associative import LAWS
from slotweave.rules.broadcasts import BROADCASTS
from slotweave.rules.fold import FOLDING
from slotweave.rules.identities import IDENTITIES
from slotweave.rules.rule import Rule
from slotweave.rules.selects import SELECTS
from slotweave.rules.strength import STRENGTH
from slotweave.rules.xor_constants import XOR_CONSTANTS

#: Where several match, the first one that pays is taken.
CATALOG: tuple[Rule, ...] = (
    *FOLDING, *IDENTITIES, *STRENGTH, *AFFINE, *XOR_CONSTANTS, *SELECTS, *BROADCASTS,
)  # fmt: skip

#: The rules, and the laws that passes use; all of them are proved.
EQUATIONS: tuple[Rule, ...] = (*CATALOG, *LAWS)
