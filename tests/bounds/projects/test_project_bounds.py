"""Bounds of projects: never above brute force, each shown by its proof, none by a wrong one."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.bounds.projects import contradiction, makespan_bounds, period_bounds
from slotweave.bounds.projects.chains import chains
from slotweave.bounds.projects.cliques import covering_cliques
from slotweave.bounds.projects.implied import implied_bound
from slotweave.bounds.projects.packing import greatest_packing
from slotweave.bounds.projects.resources import heaviest_clique
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.project_bound import (
    MAKESPAN,
    PERIOD,
    CliqueProof,
    CycleProof,
    ImpliedProof,
    LoadProof,
    PathProof,
    ProjectBound,
    RigidProof,
    UnitsProof,
    WindowProof,
)
from strategies.projects import projects
from support.examples import examples
from support.project_twin import least_makespan, least_period, schedules

LAST = 6


def one(name: str, cycles: int, *units: int) -> Activity:
    rows = tuple(Use(k, u, 0, cycles) for k, u in enumerate(units) if u)
    return Activity(name, (ActivityMode(cycles, rows),))


def implied(project: Project) -> tuple[ProjectBound, ...]:
    """The bound of weights, whatever other bounds say."""
    longest = None if project.is_modulo else chains(project)
    found = None if longest is None else implied_bound(project, longest, 0)
    return () if found is None else (found,)


@examples(200)
@given(projects(most=3))
def test_bounds_are_shown_and_never_above_brute_force(project):
    plain = contradiction(project)
    if plain is not None:
        assert list(bound_faults(plain, project)) == []
        period = 13 if project.is_modulo else None
        assert next(schedules(project, period, LAST), None) is None
        return
    if project.is_modulo:
        least = least_period(project, LAST)
        of_period = period_bounds(project)
        assert all(not list(bound_faults(bound, project)) for bound in of_period)
        assert least is None or max(bound.value or 0 for bound in of_period) <= least
    else:
        least = None
    if least is not None or not project.is_modulo:
        shortest = least_makespan(project, LAST, least)
        of_makespan = (*makespan_bounds(project, least), *implied(project))
        assert all(not list(bound_faults(bound, project)) for bound in of_makespan)
        most = max((bound.value or 0 for bound in of_makespan), default=0)
        assert shortest is None or most <= shortest


@examples(200)
@given(projects(most=3), st.data())
def test_a_proof_that_the_checker_takes_is_true(project, data):
    """Proofs drawn at random: the checker may refuse them, but never believe too much."""
    places = st.integers(-1, 3)
    proof = data.draw(
        st.one_of(
            st.builds(CycleProof, st.lists(st.integers(-1, 5), max_size=3).map(tuple)),
            st.builds(UnitsProof, places),
            st.builds(
                RigidProof,
                st.just(PathProof()) | st.builds(LoadProof, places),
                st.lists(places, max_size=3).map(tuple),
            ),
            st.builds(LoadProof, places),
            st.builds(CliqueProof, st.lists(places, max_size=3).map(tuple)),
            st.just(PathProof()),
            st.builds(WindowProof, places, st.integers(-2, 8), st.integers(-2, 12)),
            st.builds(
                ImpliedProof,
                st.lists(st.integers(-1, 3), min_size=project.size, max_size=project.size).map(
                    tuple
                ),
                st.integers(0, 4),
                st.sampled_from(
                    (
                        LoadProof(len(project.resources)),
                        WindowProof(len(project.resources), 0, 4),
                        CliqueProof(tuple(range(project.size))),
                    )
                ),
            ),
        )
    )
    of = data.draw(st.sampled_from([PERIOD, MAKESPAN]))
    value = data.draw(st.none() | st.integers(0, 12))
    period = data.draw(st.none() | st.integers(1, 4))
    bound = ProjectBound(of, value, "", proof, period)
    if list(bound_faults(bound, project)):
        return
    if value is None:
        tried = 13 if project.is_modulo else None
        assert next(schedules(project, tried, LAST), None) is None
    elif of == PERIOD:
        least = least_period(project, LAST)
        assert least is None or value <= least
    else:
        shortest = least_makespan(project, LAST, period)
        assert shortest is None or value <= shortest


LOOP = Project(
    (Resource("R", 2),),
    (one("a", 1, 2), one("b", 1, 1), one("c", 1, 1)),
    (Lag(0, 1, 2), Lag(1, 0, 1, 1), Lag(0, 1, 1), Lag(1, 2, 5, 0), Lag(2, 1, 2, 2)),
    is_modulo=True,
)


def test_the_binding_cycle_of_lags_is_named_and_parallel_lags_are_kept():
    found = {type(bound.proof): bound for bound in period_bounds(LOOP)}
    cycle = found[CycleProof]
    assert (cycle.value, cycle.proof) == (4, CycleProof((3, 4)))
    assert "b -> c -> b takes 7 cycles in 2 iterations" in cycle.why
    assert found[LoadProof].value == 2
    shorter = replace(LOOP, lags=LOOP.lags[:3])
    other = {type(bound.proof): bound for bound in period_bounds(shorter)}[CycleProof]
    assert (other.value, other.proof) == (3, CycleProof((0, 1)))


def test_activities_in_turn_bound_a_period_that_loads_do_not():
    rows = tuple(one(str(n), 1, *(2 if n in pair else 0 for pair in PAIRS)) for n in range(3))
    project = Project(tuple(Resource(f"R{k}", 3) for k in range(3)), rows, (), is_modulo=True)
    found = {type(bound.proof): bound.value for bound in period_bounds(project)}
    assert found[CliqueProof] == 3
    assert found[LoadProof] == 2


PAIRS = ((0, 1), (0, 2), (1, 2))


def test_a_window_bounds_a_makespan_that_chains_and_loads_do_not():
    rows = (one("s", 2, 0), one("a", 3, 2), one("b", 3, 2), one("e", 2, 0))
    lags = tuple(Lag(a, b, 0, from_end=True) for a, b in ((0, 1), (0, 2), (1, 3), (2, 3)))
    project = Project((Resource("R", 3),), rows, lags)
    found = {type(bound.proof): bound.value for bound in makespan_bounds(project)}
    assert found[PathProof] == 7
    assert found[CliqueProof] == 10
    wide = replace(project, resources=(Resource("R", 4),), activities=(
        *rows[:3], rows[3], one("c", 3, 2)), lags=(*lags, Lag(0, 4, 0, from_end=True),
                                                   Lag(4, 3, 0, from_end=True)))  # fmt: skip
    other = {type(bound.proof): bound.value for bound in makespan_bounds(wide)}
    assert other[PathProof] == 7
    assert other[LoadProof] == 5
    assert other[WindowProof] == 10


#: No three of five activities can run together, and no resource sees more than three of them.
SOME = tuple(combinations(range(5), 3))
TRIPLES = Project(
    tuple(Resource(f"R{k}", 2) for k in range(len(SOME))),
    tuple(one(str(n), 1, *(int(n in three) for three in SOME)) for n in range(5)),
    (),
)


def test_weights_bound_a_makespan_by_what_all_resources_allow_together():
    assert max(bound.value for bound in makespan_bounds(TRIPLES)) == 2
    (found,) = implied(TRIPLES)
    assert (found.value, found.proof) == (3, ImpliedProof((1,) * 5, 2, LoadProof(len(SOME))))
    assert list(bound_faults(found, TRIPLES)) == []
    assert least_makespan(TRIPLES, LAST) == 3
    for weights, capacity, value in (
        ((1, 1, 1, 1, 1), 1, 3),  # two can run together
        ((1, 1, 1, 1, 1), 2, 4),
        ((1, 1, 1, 1), 1, 3),
        ((1, 1, 1, 1, -1), 1, 3),
    ):
        proof = ImpliedProof(weights, capacity, LoadProof(len(SOME)))
        wrong = replace(found, value=value, proof=proof)
        assert list(bound_faults(wrong, TRIPLES)) != []


def test_weights_see_what_lags_keep_apart():
    """a comes before b, c has room beside both, and d beside none."""
    rows = (one("a", 2, 1), one("b", 2, 1), one("c", 3, 1), one("d", 1, 3))
    project = Project((Resource("R", 3),), rows, (Lag(0, 1, 2),))
    (found,) = implied(project)
    assert found.value == least_makespan(project, LAST) == 5
    assert list(bound_faults(found, project)) == []
    assert list(bound_faults(found, replace(project, lags=()))) != []


def test_the_greatest_packing_is_found():
    rows = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], float)
    assert greatest_packing(rows, np.ones(3)) == pytest.approx([0.5] * 3, abs=1e-4)
    assert greatest_packing(rows, np.array([1.0, 3.0, 1.0])) == pytest.approx([0, 1, 0], abs=1e-4)


def test_a_recurrence_that_fills_its_period_fixes_rows():
    """a to b and back takes 4 cycles, two apart: in a period of 2 they would share a row."""
    rows = (one("a", 1, 1), one("b", 1, 1), one("c", 1, 0))
    project = Project((Resource("R", 1),), rows, (Lag(0, 1, 2), Lag(1, 0, 2, 2)), is_modulo=True)
    found = {type(bound.proof): bound for bound in period_bounds(project)}
    assert found[CycleProof].value == found[LoadProof].value == 2
    rigid = found[RigidProof]
    assert (rigid.value, rigid.proof.activities) == (3, (0, 1))
    assert least_period(project, LAST) == 3
    assert list(bound_faults(rigid, project)) == []
    for proof in (
        RigidProof(rigid.proof.below, (0,)),
        RigidProof(rigid.proof.below, (0, 2)),
        RigidProof(rigid.proof.below, ()),
        RigidProof(CycleProof(()), (0, 1)),
    ):
        assert list(bound_faults(replace(rigid, proof=proof), project)) != []
    assert list(bound_faults(replace(rigid, value=4), project)) != []


@pytest.mark.parametrize(
    "bound",
    [
        ProjectBound(PERIOD, 5, "", CycleProof((3, 4))),
        ProjectBound(PERIOD, 4, "", CycleProof((3, 1))),
        ProjectBound(PERIOD, None, "", CycleProof((3, 4))),
        ProjectBound(PERIOD, 3, "", LoadProof(0)),
        ProjectBound(PERIOD, None, "", UnitsProof(0)),
        ProjectBound(PERIOD, 2, "", CliqueProof((1, 2))),
        ProjectBound(MAKESPAN, 9, "", PathProof(), 4),
        ProjectBound(MAKESPAN, 8, "", PathProof()),
        ProjectBound(PERIOD, 2, "", PathProof()),
        ProjectBound(MAKESPAN, 9, "", WindowProof(0, 0, 3), 4),
    ],
)
def test_a_bound_that_its_proof_does_not_show_is_refused(bound):
    assert [one.code for one in bound_faults(bound, LOOP)] == ["SW413"]


def test_the_heaviest_clique_is_found():
    rows = [0b0110, 0b0101, 0b1011, 0b0100]  # 0-1-2 and 2-3
    assert heaviest_clique(rows, [1, 1, 1, 5]) == (2, 3)
    assert heaviest_clique(rows, [1, 1, 1, 1]) == (0, 1, 2)


def test_sets_that_run_in_turn_mix_resources_and_lags():
    rows = (one("a", 2, 2, 0), one("b", 1, 2, 2), one("c", 3, 0, 2))
    project = Project((Resource("R", 3), Resource("S", 3)), rows, (Lag(0, 2, 2),))
    assert [sorted(clique) for clique in covering_cliques(project)] == [[(0, 2), (1, 1), (2, 3)]]
