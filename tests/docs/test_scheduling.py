"""docs/scheduling.md: the problem that it shows is read, and solved as it says."""

from __future__ import annotations

import re
from pathlib import Path

from slotweave.driver.solving.solve import BOUND, Limits, Method, solve
from slotweave.ir.project_bound import PERIOD
from slotweave.ir.text.project_json import project_from_json

PAGE = (Path(__file__).parents[2] / "docs" / "scheduling.md").read_text(encoding="utf-8")


def test_the_problem_that_is_shown_has_the_period_that_the_page_says() -> None:
    shown = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    said = re.search(r"Its least period is (\d+)", PAGE)
    assert shown is not None
    assert said is not None
    solution = solve(project_from_json(shown[1]), Method.MODULO, Limits(evaluations=10))
    assert solution.period == int(said[1])
    proof = solution.proof(PERIOD)
    assert proof is not None
    assert proof.by == BOUND
