"""Rewrite rules as data: what equals what, and is lighter."""

from slotweave.rules.affine import AFFINE
from slotweave.rules.broadcasts import BROADCASTS
from slotweave.rules.fold import FOLDING
from slotweave.rules.identities import IDENTITIES
from slotweave.rules.rule import Rule, Sides, make_rule, rule, weight
from slotweave.rules.selects import SELECTS
from slotweave.rules.strength import STRENGTH
from slotweave.rules.term import Constant, Term
from slotweave.rules.xor_constants import XOR_CONSTANTS

#: All rules; where several match, the first one that pays is taken.
RULES: tuple[Rule, ...] = (
    *FOLDING, *IDENTITIES, *STRENGTH, *AFFINE, *XOR_CONSTANTS, *SELECTS, *BROADCASTS,
)  # fmt: skip

__all__ = ["RULES", "Constant", "Rule", "Sides", "Term", "make_rule", "rule", "weight"]
