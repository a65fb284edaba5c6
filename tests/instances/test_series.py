"""Whole series of problems that nobody here wrote: long, and most of them outside the project.

All but the loops of ST200 come without a licence and are not part of the project: they are looked
for in the folder that `--instances` names, `../shared/instances` if it is left out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.bench.instances import Row, files_of, solved
from slotweave.driver.solving.solve import BOUND, Limits, Method
from slotweave.ir.project_bound import PERIOD

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent.parent
ST200 = ROOT / "tests" / "data" / "instances" / "modulo-st200"
#: The best known periods.
PERIODS = {
    "easy_1": 19, "easy_2": 9, "easy_3": 24, "easy_4": 12, "hard_1": 21, "hard_2": 26,
    "hard_3": 16, "hard_4": 59, "hard_5": 15, "medium_1": 13, "medium_2": 12,
}  # fmt: skip


@pytest.fixture
def series(request: pytest.FixtureRequest):
    folder = Path(request.config.getoption("--instances") or ROOT.parent / "shared" / "instances")

    def solve_series(name: str, seconds: float, method: Method = Method.EXACT) -> list[Row]:
        if not (folder / name).is_dir():
            pytest.skip(f"the problems of {name} are not in {folder}; --instances names the folder")
        rows = list(solved(files_of(folder / name), method, Limits(seconds)))
        assert [row.name for row in rows if row.contradicts] == []
        return rows

    return solve_series


def decided(rows: list[Row]) -> int:
    return sum(row.is_decided for row in rows)


def test_iterative_scheduling_has_the_best_period_of_nine_loops_of_eleven():
    rows = list(solved(files_of(ST200), Method.MODULO, Limits(10)))
    best = [PERIODS[row.name.removesuffix(".dzn")] == row.value for row in rows]
    assert len(best) == 11
    assert sum(best) >= 9


def test_exact_scheduling_proves_the_periods_by_bounds_of_our_own():
    rows = list(solved(files_of(ST200), Method.EXACT, Limits(60)))
    for row in rows:
        if row.is_decided:
            assert row.value == PERIODS[row.name.removesuffix(".dzn")]
    assert decided(rows) >= 10
    assert all(row.solution.proof(PERIOD).by == BOUND for row in rows if row.is_decided)


def test_all_projects_of_30_jobs_are_proved(series):
    rows = series("psplib-j30", 20)
    assert decided(rows) == len(rows)


def test_list_scheduling_is_within_two_percent(series):
    gaps = [row.gap for row in series("psplib-j30", 1, Method.LIST)]
    assert sum(gaps) / len(gaps) <= 0.02


def test_most_projects_of_60_jobs_are_proved(series):
    assert decided(series("psplib-j60", 30)) >= 17


def test_all_projects_of_patterson_are_proved(series):
    rows = series("patterson", 20)
    assert decided(rows) == len(rows)


def test_all_projects_with_maximal_lags_are_decided(series):
    rows = series("rcpsp-max-j20", 20)
    assert decided(rows) == len(rows)


def test_flexible_job_shops_are_within_three_percent(series):
    assert max(row.gap for row in series("fjsp-brandimarte", 60)) <= 0.03
