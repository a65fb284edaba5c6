"""Rewrite rules as data: what equals what, and is lighter.

`registry.RULES` are the rules that may be used: those of `catalog`, each with its recorded proof.
"""

from slotweave.rules.rule import Rule, Sides, make_rule, rule, weight
from slotweave.rules.term import Constant, Term

__all__ = ["Constant", "Rule", "Sides", "Term", "make_rule", "rule", "weight"]
