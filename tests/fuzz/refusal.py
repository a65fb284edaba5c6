"""Refusals that are right answers: a graph may need more than a machine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from slotweave.base.diagnostics import NoSchedule


@contextmanager
def refusable() -> Iterator[None]:
    """What is done within may end with NoSchedule: scratch too small, or no engine for it."""
    try:
        yield
    except NoSchedule as refusal:
        if refusal.diagnostic.code not in ("SW301", "SW302"):
            raise
