"""The choices that plans may make, as text and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from slotweave.ir.plan import PlanChoice

_WIDTH = 100


def choice_lines(choice: PlanChoice) -> Iterator[str]:
    """A choice as text: what it holds, its default, what it means, and what its words mean."""
    head = f"{choice.name}: {choice.holds}, default {default_text(choice)}{_styles(choice)}"
    yield f"  {head}"
    yield from _wrapped(choice.text, "    ", "    ")
    longest = max(map(len, choice.values), default=0)
    for value, meaning in choice.values.items():
        yield from _wrapped(meaning, f"      {value:<{longest}}  ", " " * (8 + longest))


def choice_json(choice: PlanChoice) -> Mapping[str, Any]:
    """A choice as the JSON of `kernels show` has it."""
    return {
        "holds": choice.holds,
        "default": choice.default,
        "text": choice.text,
        "values": dict(choice.values),
        "styles": list(choice.styles),
    }


def default_text(choice: PlanChoice) -> str:
    """The default of a choice as a plan file says it."""
    return json.dumps(choice.default)


def _styles(choice: PlanChoice) -> str:
    return f" (style {', '.join(choice.styles)})" if choice.styles else ""


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=others)
