"""A name that nothing has: what was probably meant, the names, or the command that shows them."""

from __future__ import annotations

import pytest

from slotweave.extensions.lookup import unknown

MANY = [f"name{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("known", "shown_by", "hint"),
    [
        ([], "", "there is none"),
        (["one", "two"], "slotweave things list", "known: one, two"),
        (["one", "tow"], "", "known: one, tow"),
        (["thing", "two"], "", "did you mean 'thing'?"),
        (MANY, "", f"known: {', '.join(MANY)}"),
        (MANY, "slotweave things list", "`slotweave things list` shows the 20 names"),
    ],
)
def test_the_hint(known: list[str], shown_by: str, hint: str) -> None:
    error = unknown(
        "SW212", "thing", "thign" if "thing" in known else "zzz", known, shown_by=shown_by
    )
    assert error.diagnostic.message.endswith(f"({hint})")
