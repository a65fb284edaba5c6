"""Readers of scheduling problems from outside; each gives a `Project` or names line and token."""

from slotweave.instances.read import FORMS, read_instance

__all__ = ["FORMS", "read_instance"]
