"""Scheduling problems solved: against brute force, and what is said of the proof."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given

from slotweave.backend.schedule.exact import Outcome, Status, solver
from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.bounds.projects.resources import units_bound
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving import makespan
from slotweave.driver.solving.solve import BOUND, SOLVER, Limits, Method, Solution, solve
from slotweave.instances import read_instance
from slotweave.instances.from_problem import project_of
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Lag,
    Project,
    ProjectSchedule,
    Resource,
    Use,
)
from slotweave.ir.project_bound import MAKESPAN, PERIOD
from strategies.problems import problems
from strategies.projects import projects
from support import brute_force, project_twin
from support.examples import examples

ST200 = Path(__file__).parents[2] / "data" / "instances" / "modulo-st200"
FEW = Limits(evaluations=40, workers=1)
#: Starts that are looked at by brute force.
LAST = 7


def one(name: str, cycles: int = 1, units: int = 1) -> Activity:
    return Activity(name, (ActivityMode(cycles, (Use(0, units, 0, cycles),)),))


def solved(project: Project, method: Method = Method.EXACT) -> Solution:
    solution = solve(project, method, FEW)
    if solution.schedule is not None:
        assert list(project_violations(solution.schedule, project)) == []
        assert project_twin.is_legal(project, solution.schedule)
    return solution


@examples(25)
@given(projects(modulo=False, most=3))
def test_exact_makespans_are_those_of_brute_force(project):
    least = project_twin.least_makespan(project, LAST)
    solution = solved(project)
    if solution.infeasible is not None:
        assert least is None
        return
    assert solution.proof(MAKESPAN) is not None
    assert least is None or solution.makespan <= least  # it is legal, and may start later


@pytest.mark.parametrize("is_modulo", [False, True])
def test_an_activity_that_is_in_its_own_way_has_no_schedule(is_modulo):
    """Each of its uses fits; in the cycle in which both are there, they do not."""
    twice = Activity("twice", (ActivityMode(3, (Use(0, 1, 0, 2), Use(0, 1, 1, 2))),))
    solution = solved(Project((Resource("bus", 1),), (twice,), (), is_modulo))
    assert solution.infeasible is not None
    assert solution.infeasible.by == BOUND


@examples(25)
@given(projects(modulo=True, most=3))
def test_exact_periods_are_those_of_brute_force(project):
    least = project_twin.least_period(project, LAST)
    solution = solved(project)
    if solution.infeasible is not None:
        assert least is None
        return
    assert solution.proof(PERIOD) is not None
    assert solution.proof(MAKESPAN) is not None
    assert least is None or solution.period <= least  # it is legal, and may start later
    if least == solution.period:
        assert solution.makespan <= project_twin.least_makespan(project, LAST, least)


@examples(60)
@given(projects(most=3))
def test_heuristics_are_legal_and_never_below_the_bound(project):
    solution = solved(project, Method.LIST)
    value = solution.period if project.is_modulo else solution.makespan
    best = solution.best(solution.objective)
    if value is not None and best is not None:
        assert best.by == BOUND
        assert best.value <= value


@examples(15)
@given(problems(max_operations=4))
def test_a_lowered_problem_has_the_makespan_of_its_project(problem):
    least = brute_force.least_makespan(problem, 20)
    assert solved(project_of(problem)).makespan == least


CHAIN = Project((Resource("R", 1),), (one("a", 2), one("b", 3)), (Lag(0, 1, 1, from_end=True),))


def test_a_bound_of_our_own_is_told_from_the_solvers_word():
    solution = solved(CHAIN)
    assert (solution.makespan, solution.proof(MAKESPAN).by) == (6, BOUND)
    # two of four units fit beside each other, and then not the three: no bound of ours sees that
    rows = tuple(one(str(n), 1, units) for n, units in enumerate((4, 4, 4, 4, 3)))
    packed = solved(Project((Resource("R", 10),), rows, (), is_modulo=True))
    assert (packed.period, packed.proof(PERIOD).by) == (3, SOLVER)
    assert [(a.period, a.found) for a in packed.attempts] == [(2, False), (3, True)]


def test_contradictions_are_named():
    too_long = Project((), (Activity("a", (ActivityMode(1, ()),)),), (Lag(0, 0, 1),))
    assert "a -> a" in solved(too_long).infeasible.why
    too_much = Project((Resource("R", 1),), (one("a", 1, 2),), ())
    assert "activity a asks for more than there is: 2 of R, of 1" in solved(too_much).infeasible.why


def test_an_activity_without_modes_has_no_schedule():
    assert units_bound(Project((), (Activity("a", ()),), ())).why == "activity a has no mode"


def test_what_only_the_solver_refutes_is_said_to_be_its_word():
    rows = (one("a", 2), one("b", 2))
    lags = (Lag(0, 1, -1), Lag(1, 0, -1))  # within a cycle of each other, on one unit
    solution = solved(Project((Resource("R", 1),), rows, lags))
    assert solution.infeasible.by == SOLVER
    assert solution.schedule is None


def test_modulo_scheduling_is_for_periods():
    with pytest.raises(InputError, match="for problems that ask for a period") as refused:
        solve(CHAIN, Method.MODULO, FEW)
    assert refused.value.diagnostic.code == "SW212"


@pytest.mark.parametrize("file", ["easy_2", "easy_3", "hard_1"])
def test_loops_of_st200_have_their_best_period(file):
    project = read_instance((ST200 / f"{file}.dzn").read_text(), f"{file}.dzn")
    solution = solved(project, Method.MODULO)
    assert solution.period == {"easy_2": 9, "easy_3": 24, "hard_1": 21}[file]


def test_the_same_seed_gives_the_same_schedule():
    project = read_instance((ST200 / "hard_3.dzn").read_text(), "hard_3.dzn")
    schedules = {solve(project, Method.MODULO, FEW).schedule for _ in range(2)}
    assert len(schedules) == 1


def test_a_wrong_schedule_is_caught_before_it_is_told(monkeypatch):
    wrong = ProjectSchedule((0, 0), (0, 0))
    monkeypatch.setattr(makespan.ListSearch, "schedule", lambda *_: wrong)
    with pytest.raises(CheckFailed, match="allows cycle 3") as refused:
        solve(CHAIN, Method.LIST, FEW)
    assert refused.value.diagnostic.code == "SW413"


def test_each_better_schedule_is_told():
    told: list[Solution] = []
    project = read_instance((ST200 / "hard_3.dzn").read_text(), "hard_3.dzn")
    last = solve(project, Method.MODULO, FEW, told.append)
    assert told[-1].schedule == last.schedule
    rows = [(one.period, one.makespan) for one in told]
    assert rows == sorted(set(rows), reverse=True)


def test_no_time_is_no_search(monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("the solver was called")

    monkeypatch.setattr(solver.threading, "Thread", refuse)
    answer = solver.run_model(solver.Search(None, refuse, True), 0.0)  # type: ignore[arg-type]
    assert answer.status is solver.Status.UNKNOWN


@pytest.mark.parametrize(
    ("size", "limits", "patience"),
    [
        (5, Limits(evaluations=1, workers=1), [False, True]),
        (245, Limits(evaluations=1, workers=1), [False]),
        (245, Limits(seconds=60, evaluations=1, workers=1), [False, True]),
    ],
)
def test_no_clock_no_patience_with_what_is_large(monkeypatch, size, limits, patience):
    asked: list[bool] = []
    monkeypatch.setattr(makespan, "project_model", lambda *_, patient=False: asked.append(patient))
    monkeypatch.setattr(makespan, "run_model", lambda *_: Outcome(Status.UNKNOWN))
    monkeypatch.setattr(makespan, "implied_bound", lambda *_: None)  # it would prove the five
    rows = tuple(one(f"a{k}", units=2) for k in range(size))
    solution = solve(Project((Resource("r", 5),), rows, ()), Method.EXACT, limits)
    assert not solution.proof(MAKESPAN)
    assert asked == patience


@pytest.mark.parametrize(("workers", "by"), [(2, SOLVER), (1, None)])
def test_beside_a_worker_of_cp_sat_a_search_learns(monkeypatch, workers, by):
    """Of five units, five activities of two take three cycles, where their load shows two."""
    monkeypatch.setattr(makespan, "run_model", lambda *_: Outcome(Status.UNKNOWN))
    monkeypatch.setattr(makespan, "implied_bound", lambda *_: None)  # it would prove it
    project = Project((Resource("r", 5),), tuple(one(f"a{k}", units=2) for k in range(5)), ())
    solution = solve(project, Method.EXACT, Limits(evaluations=1, workers=workers))
    proof = solution.proof(MAKESPAN)
    assert (solution.makespan, proof and proof.by) == (3, by)
    assert proof is None or "learns from conflicts" in proof.why


@pytest.mark.parametrize("left_out", [makespan.Learner, makespan.Raiser])
def test_a_search_from_above_or_from_below_proves_alone(monkeypatch, left_out):
    """Of five units, seven activities of two take four cycles, where their load shows three."""
    monkeypatch.setattr(makespan, "run_model", lambda *_: Outcome(Status.UNKNOWN))
    monkeypatch.setattr(makespan, "implied_bound", lambda *_: None)  # it would prove it
    monkeypatch.setattr(left_out, "of", lambda _: None)
    project = Project((Resource("r", 5),), tuple(one(f"a{k}", units=2) for k in range(7)), ())
    solution = solve(project, Method.EXACT, Limits(evaluations=1))
    proof = solution.proof(MAKESPAN)
    assert (solution.makespan, proof and proof.by) == (4, SOLVER)


def test_a_fault_of_the_search_that_learns_is_raised(monkeypatch):
    def fail(*_: object) -> None:
        raise ArithmeticError("in a thread")

    monkeypatch.setattr(makespan, "run_model", lambda *_: Outcome(Status.UNKNOWN))
    monkeypatch.setattr(makespan, "implied_bound", lambda *_: None)
    monkeypatch.setattr(makespan.LearningSearch, "advance", fail)
    project = Project((Resource("r", 5),), tuple(one(f"a{k}", units=2) for k in range(5)), ())
    with pytest.raises(ArithmeticError, match="in a thread"):
        solve(project, Method.EXACT, Limits(evaluations=1))


def test_where_steps_are_counted_it_probes_and_shares_them(monkeypatch):
    asked: list[tuple[str, ...]] = []
    allowed: list[float] = []

    def run(search, _seconds, _found, units):
        asked.append(search.strategies)
        allowed.append(units)
        return Outcome(Status.UNKNOWN, work=0.75 * units)

    monkeypatch.setattr(makespan, "run_model", run)
    monkeypatch.setattr(makespan, "implied_bound", lambda *_: None)  # it would prove the five
    rows = tuple(one(f"a{k}", units=2) for k in range(5))
    project = Project((Resource("r", 5),), rows, ())
    limits = Limits(evaluations=1, workers=1, work=0.8)
    solution = solve(project, Method.EXACT, limits)
    assert asked == [("probing",), ("no_lp",)]
    assert allowed == pytest.approx([0.48, 0.264])
    assert solution.work == pytest.approx(0.558)
    assert limits.after(solution.seconds["all"], solution.work).work == pytest.approx(0.242)


def test_no_schedule_is_looked_for_below_what_is_enough():
    rows = tuple(one(f"a{k}", units=2) for k in range(5))
    project = Project((Resource("r", 5),), rows, ())
    known = ProjectSchedule((0, 1, 2, 3, 4), (0,) * 5)
    solution = solve(project, Method.AUTO, Limits(workers=1), known=[known], enough=5)
    assert (solution.makespan, solution.evaluations) == (5, 0)
    assert solution.proof(MAKESPAN) is None
    assert solve(project, Method.AUTO, Limits(workers=1), known=[known]).makespan == 3


def test_a_bound_that_others_raise_meanwhile_is_not_said_to_be_refuted() -> None:
    class Refuting:
        makespan, conflicts = 9, 0

        def shorten(self, makespan: int) -> bool:
            assert makespan == 9
            raiser._at_least = 12  # as the thread that looks does when another one found it
            return False

    raiser = makespan.Raiser(cast("makespan.LearningSearch", Refuting()), at_most=20)
    raiser._lower()
    assert raiser._bound == 12
