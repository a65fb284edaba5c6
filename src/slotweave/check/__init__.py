"""Checks that trust nothing of what they check: legality, equivalence, runs."""
