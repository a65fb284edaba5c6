"""Tamper evidence: results that carry the hashes of what they rest on, and their re-derivation."""
