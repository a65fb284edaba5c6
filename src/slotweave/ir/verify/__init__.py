"""Verifiers: lists of named invariants of the values."""
