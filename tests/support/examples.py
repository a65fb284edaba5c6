"""How much is tried: with `--long` all examples of a property and all cases, without it a share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

#: Without `--long`, of each hundred; a property has at least LEAST, or all it asks for.
SHARE = 12
LEAST = 10

#: The profiles, of which conftest.py loads one. Both draw the same examples on every run.
FULL, SHORT = "full", "short"
settings.register_profile(FULL, derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile(SHORT, parent=settings.get_profile(FULL), max_examples=SHARE)


def examples(many: int) -> settings:
    """`@settings(max_examples=many)`, or a share of them as the profile says."""
    profile = settings.default
    assert profile is not None
    share = -(-many * profile.max_examples // 100)
    return settings(max_examples=max(share, min(many, LEAST)))


def a_share(cases: Iterable[Any], every: int) -> list[Any]:
    """Cases for `parametrize`, of which all but one of `every` are `long`; tuples are arguments."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[] if number % every == 0 else pytest.mark.long,
        )
        for number, case in enumerate(cases)
    ]
