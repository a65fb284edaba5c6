"""A verdict is true, false or unknown, and nobody takes one for another."""

from __future__ import annotations

import pytest

from slotweave.base.verdict import Answer, Verdict


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (True, (True, False, False)),
        (False, (False, True, False)),
        ("unknown", (False, False, True)),
    ],
)
def test_a_verdict_says_one_of_three(answer: Answer, said: tuple[bool, bool, bool]) -> None:
    verdict: Verdict[object] = Verdict(answer, "why")
    assert (verdict.proved, verdict.refuted, verdict.undecided) == said


@pytest.mark.parametrize("answer", [True, False, "unknown"])
def test_a_verdict_is_no_condition(answer: Answer) -> None:
    with pytest.raises(TypeError, match="proved or refuted"):
        bool(Verdict(answer, "why"))
