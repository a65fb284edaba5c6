"""docs/reference/plans.md: the form of a plan file, and what plans of each kernel may choose."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.extensions.registry import kernels
from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import SCHEDULE_CHOICES, PlanChoice
from slotweave.views.plans.choices import default_text

BEGINNING = """\
# Plans

A plan is what a kernel and the compiler leave open. `slotweave kernels show KERNEL` lists the names
of a kernel's plans and prints what this page says; `--plan NAME` takes one of them, `--plan
FILE.json` one of your own. `slotweave tune` searches for plans and writes such files. A plan that
cannot be used is refused with the key (SW209, [codes](codes.md)).

```json
{"name": "mine", "kernel": "tree-hash", "rewrite": true,
 "schedule": {"stagger": 40.0, "passes": 4},
 "choices": {"style": "vector", "levels": ["select", "select", "gather"],
             "levels_but": [{"rounds": [3], "groups": [0, 1], "way": "select"}]}}
```

| key | holds | if left out | meaning |
|---|---|---|---|
| `name` | a string | an error | what results call the plan |
| `kernel` | a string | an error | the kernel that it is for |
| `rewrite` | true or false | true | whether the traced graph is rewritten by the proved rules |
| `schedule` | an object | {} | options of the scheduler, below |
| `choices` | an object | {} | choices of the kernel, below; none for a kernel in a file |
| `origin` | an object | {} | how the plan was found; kept, and not read |
| `of` | a string | "" | the plan that a search began with, by name |
| `schema_version` | 1 | 1 | the version of this form |
"""


def page() -> str:
    with_choices = [kernel for kernel in kernels().values() if kernel.choices]
    sections = [section for kernel in with_choices for section in _kernel(kernel)]
    return "\n".join([BEGINNING, *_choices("Schedule", SCHEDULE_CHOICES), *sections]) + "\n"


def _kernel(kernel: Kernel) -> Iterator[str]:
    yield from _choices(f"Choices of {kernel.name}", kernel.choices)


def _choices(title: str, choices: tuple[PlanChoice, ...]) -> Iterator[str]:
    styles = any(choice.styles for choice in choices)
    yield f"## {title}\n"
    yield f"| key | holds | default |{' style |' if styles else ''} meaning |"
    yield f"|---|---|---|---|{'---|' if styles else ''}"
    for choice in choices:
        style = f" {', '.join(choice.styles) or 'any'} |" if styles else ""
        head = f"| `{choice.name}` | {choice.holds} | `{default_text(choice)}` |"
        yield f"{head}{style} {choice.text} |"
    yield ""
    shown: list[object] = []
    for choice in choices:
        if choice.values and choice.values not in shown:
            shown.append(choice.values)
            yield (
                f"`{choice.name}` is one of:\n"
                if choice.holds == "a word"
                else (f"each of `{choice.name}` is one of:\n")
            )
            yield from (f"- `{value}`: {meaning}" for value, meaning in choice.values.items())
            yield ""
