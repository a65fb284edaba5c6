"""How many examples of a property are drawn: all of them with `--long`, a share without."""

from __future__ import annotations

from hypothesis import settings

#: Without `--long`, of each hundred; a property has at least LEAST, or all it asks for.
SHARE = 30
LEAST = 12

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
