"""What a JSON file of ours seems to be, to say so where another kind is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROGRAM = "a program"
RESULT = "a result"
COMPARISON = "what `diff` or `explain` prints"
PLAN = "a plan"
FACTS = "facts"
MEMORY = "memory"
CERTIFICATE = "a certificate"
PROJECT = "a scheduling problem"

#: Keys of which a file of the kind has at least one, and files of the kinds before it none.
_TELLING = {
    RESULT: ("cycles", "bound", "verified", "hashes"),
    CERTIFICATE: ("bounds",),
    PROJECT: ("activities",),
    COMPARISON: ("matched", "operations", "code"),
    FACTS: ("regions", "memory_words", "words", "ranges"),
    PLAN: ("choices", "schedule", "origin"),
}


def kind_of(value: Any) -> str:
    """The kind that `value`, read from JSON, seems to be; None if that is unclear."""
    if isinstance(value, Mapping):
        if isinstance(value.get("program"), list | tuple):
            return PROGRAM
        kinds = (kind for kind, keys in _TELLING.items() if any(key in value for key in keys))
        return next(kinds, "")
    if isinstance(value, list | tuple) and value:
        if all(isinstance(element, Mapping) for element in value):
            return PROGRAM
        if all(type(element) is int for element in value):
            return MEMORY
    return ""


def another_kind(value: Any, wanted: str) -> str:
    """What to say if `value` seems to be of another kind than `wanted`; nothing if it does not."""
    kind = kind_of(value)
    return f"this looks like {kind}, not like {wanted}" if kind not in ("", wanted) else ""
