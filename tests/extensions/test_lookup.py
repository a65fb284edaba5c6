"""A name that nothing has: what was probably meant, the names, or the command that shows them."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.extensions.lookup import expect_plan_of, unknown
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan

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


def no_work(_k: Tracer) -> None:
    """A kernel of nothing."""


@pytest.mark.parametrize("called", ["f.py:no_work", "./f.py:no_work", "/there/f.py:no_work"])
@pytest.mark.parametrize("planned", ["f.py:no_work", "../here/f.py:no_work"])
def test_a_plan_is_of_a_file_wherever_that_was_called_from(called: str, planned: str) -> None:
    expect_plan_of(kernel_of_function(no_work, called), Plan("p", planned))


@pytest.mark.parametrize("planned", ["f.py:other", "g.py:no_work", "no_work"])
def test_a_plan_of_another_kernel_is_refused(planned: str) -> None:
    kernel = kernel_of_function(no_work, "./f.py:no_work")
    with pytest.raises(InputError, match=f"SW209 the plan is for the kernel '{planned}'"):
        expect_plan_of(kernel, Plan("p", planned))
