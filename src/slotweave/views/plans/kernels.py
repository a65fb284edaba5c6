"""A kernel as text: what it takes, and what plans may choose."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import SCHEDULE_CHOICES
from slotweave.views.plans.choices import choice_lines


def kernel_lines(kernel: Kernel) -> Iterator[str]:
    """Parameters, contracts, plans and choices, under the options that take them."""
    yield f"{kernel.name}: {kernel.text}"
    yield ""
    yield "parameters (-p NAME=VALUE)"
    for key, parameter in kernel.parameters.items():
        allowed = f"{parameter.lowest} to {parameter.highest}, default {parameter.default}"
        yield f"  {key:<10} {parameter.text}{' ' if parameter.text else ''}({allowed})"
    yield "contracts (--contract)"
    yield f"  {', '.join(kernel.contracts)}"
    yield "plans (--plan)"
    yield f"  {', '.join(kernel.plan_names)}"
    for title, choices in (
        ('choices of this kernel (--plan FILE.json, under "choices")', kernel.choices),
        ('choices of the scheduler (--plan FILE.json, under "schedule")', SCHEDULE_CHOICES),
    ):
        if choices:
            yield title
            for choice in choices:
                yield from choice_lines(choice)
