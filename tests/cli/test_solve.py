"""`slotweave solve`: what is printed, drawn and written, and how it ends."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from slotweave.base.diagnostics import Exit
from slotweave.driver.solving import period, solve, work
from slotweave.instances import read_instance
from slotweave.ir.text.problem_text import problem_to_text
from strategies.problems import DATA, Op, problem_of
from support.command_line import assert_refused, slotweave

ST200 = Path(__file__).parent.parent / "data" / "instances" / "modulo-st200"
LOOP = ST200 / "easy_2.dzn"

PROJECT = {
    "resources": [{"name": "R1", "capacity": 1}],
    "activities": [
        {"name": name, "modes": [{"duration": 2, "uses": [{"resource": "R1"}]}]} for name in "abc"
    ],
    "lags": [{"before": "a", "after": "b", "lag": 0, "from_end": True}],
}


#: Two of four units fit beside each other, and then not the three: no bound of ours sees that.
PACKED = {
    "objective": "period",
    "resources": [{"name": "R1", "capacity": 10}],
    "activities": [
        {"name": str(n), "modes": [{"duration": 1, "uses": [{"resource": "R1", "units": units}]}]}
        for n, units in enumerate((4, 4, 4, 4, 3))
    ],
}


@pytest.fixture
def packed(tmp_path):
    file = tmp_path / "packed.json"
    file.write_text(json.dumps(PACKED))
    return file


@pytest.fixture
def project(tmp_path):
    file = tmp_path / "p.json"
    file.write_text(json.dumps(PROJECT))
    return file


def test_a_loop_has_its_period_makespan_and_proof():
    found = slotweave("solve", LOOP, "--method", "exact", "--evaluations", 30, "--json").json
    assert (found["schema_version"], found["objective"]) == (1, "period")
    assert (found["period"], found["bound"], found["proved"]) == (9, 9, True)
    assert (found["status"], found["proved_by"]) == ("optimal", "bound")
    assert (found["makespan"], found["makespan_proved"]) == (14, True)
    assert len(found["starts"]) == len(found["modes"]) == len(found["activities"]) == 26
    assert [(one["period"], one["found"]) for one in found["tried"]] == [(9, True)]


def test_the_solvers_word_is_told_from_a_proof_of_our_own(packed):
    found = slotweave("solve", packed, "--method", "exact", "--evaluations", 30, "--json").json
    assert (found["period"], found["bound"], found["proved"]) == (3, 3, True)
    assert found["proved_by"] == "solver"
    tried = [(one["period"], one["found"]) for one in found["tried"]]
    assert tried == [(2, False), (3, True)]


def test_people_read_the_outcome_first_and_why_no_shorter_period(packed):
    answer = slotweave("solve", LOOP, "--method", "modulo", "--evaluations", 30)
    assert answer.code == Exit.DONE
    lines = answer.out.splitlines()
    assert lines[0].startswith("period 9, proved to be the least: in a period of 8 the activities")
    assert lines[1].startswith("makespan 14, not proved: at least 11 (too little room for R2")
    assert any(line.startswith("  period < 8     not possible: recurrence: ") for line in lines)
    assert any("schedule found in" in line and "stages" in line for line in lines)
    other = slotweave("solve", packed, "--method", "modulo", "--evaluations", 30).out.splitlines()
    assert other[0].startswith("period 3, not proved: at least 2 (R1: 19 needed in all")
    assert any("none found in" in line and "in the way" in line for line in other)


@pytest.mark.parametrize("method", ["list", "exact", "auto"])
def test_a_project_is_solved_by_each_method(project, method):
    found = slotweave("solve", project, "--method", method, "--json").json
    assert (found["makespan"], found["period"], found["bound"]) == (6, None, 6)
    assert (found["proved"], found["proved_by"]) == (True, "bound")
    begin, second, third = found["starts"]
    assert sorted((begin, second, third)) == [0, 2, 4]
    assert begin + 2 <= second


def test_the_result_names_the_heuristic_that_ran(packed, project, tmp_path):
    lags = [{"before": "a", "after": "b", "lag": 1}, {"before": "b", "after": "a", "lag": -3}]
    maximal = tmp_path / "m.json"
    maximal.write_text(json.dumps({**PROJECT, "lags": lags}))
    rows = (
        (packed, "modulo", "iterative modulo scheduling"),
        (packed, "list", "list scheduling at one period after another"),
        (project, "list", "list scheduling"),
        (maximal, "list", "iterative modulo scheduling of one iteration"),
    )
    for file, method, name in rows:
        answer = slotweave("solve", file, "--method", method, "--evaluations", 5, "--json")
        assert answer.json["heuristic"].partition(" (")[0] == name
        told = slotweave("solve", file, "--method", method, "--evaluations", 5).out
        assert f"\nheuristic: {name}" in told


def test_a_time_limit_leaves_no_bound_out(tmp_path):
    lengths, units = (2, 2, 4, 2, 2), (2, 2, 4, 2, 4)
    project = {
        "resources": [{"name": "r", "capacity": 4}],
        "activities": [
            {"name": f"a{k}", "modes": [
                {"duration": length, "uses": [{"resource": "r", "units": need}]}
            ]}
            for k, (length, need) in enumerate(zip(lengths, units, strict=True))
        ],
        "lags": [{"before": "a1", "after": "a3", "lag": 0, "from_end": True}],
    }  # fmt: skip
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(project))
    for limit in ((), ("--time-limit", 20)):
        found = slotweave("solve", file, "--method", "list", *limit, "--json").json
        assert (found["makespan"], found["proved"]) == (10, True)


def test_list_scheduling_moves_no_activity_of_a_loop(packed):
    """An attempt makes as many placements as there are activities: 24 attempts, and then one."""
    found = slotweave("solve", packed, "--method", "list", "--evaluations", 40, "--json").json
    (refuted, last) = found["tried"]
    assert (refuted["found"], refuted["placements"]) == (False, 24 * 5)
    assert (last["period"], last["found"], last["placements"]) == (3, True, 5)


def test_a_period_is_listed_once_with_all_placements(packed):
    """The search comes back to a period that it gave up, with four times as many attempts."""
    found = slotweave("solve", packed, "--method", "list", "--evaluations", 200, "--json").json
    tried = [(one["period"], one["found"]) for one in found["tried"]]
    assert tried == [(2, False), (3, True)]
    assert found["tried"][0]["placements"] > 24 * 5 * 2


def test_stdin_is_read_as_json(project):
    answer = slotweave("solve", "-", "--json", stdin=project.read_text())
    assert (answer.json["file"], answer.json["makespan"]) == ("stdin", 6)


def test_a_lowered_problem_is_solved(tmp_path):
    problem = problem_of([Op(), Op(after=((0, DATA, 0),)), Op()])
    file = tmp_path / "p.txt"
    file.write_text(problem_to_text(problem))
    assert slotweave("solve", file, "--json").json["makespan"] == 3


def test_the_picture_has_a_block_for_each_use(project, tmp_path):
    picture, loop = tmp_path / "p.svg", tmp_path / "loop.svg"
    slotweave("solve", project, "--svg", picture, "-q")
    titles = [one.text for one in ET.parse(picture).iter() if one.tag.endswith("title")]
    assert sorted(title.split(":")[0] for title in titles) == [f"activity {n}" for n in "abc"]
    slotweave("solve", LOOP, "--method", "modulo", "--evaluations", 30, "--svg", loop, "-q")
    blocks = [one for one in ET.parse(loop).iter() if one.tag.endswith("title")]
    uses = sum(
        len(activity.modes[0].uses)
        for activity in read_instance(LOOP.read_text(), LOOP.name).activities
    )
    assert len(blocks) == uses


def test_the_result_is_written_to_a_file(project, tmp_path):
    file = tmp_path / "r.json"
    answer = slotweave("solve", project, "-o", file, "--json")
    written, printed = json.loads(file.read_text()), answer.json
    assert {**written, "seconds": 0} == {**printed, "seconds": 0}


def test_what_has_no_schedule_ends_with_3_and_says_why(tmp_path):
    lags = [{"before": "a", "after": "b", "lag": 3}, {"before": "b", "after": "a", "lag": -2}]
    file = tmp_path / "p.json"
    file.write_text(json.dumps({**PROJECT, "lags": lags}))
    answer = slotweave("solve", file, "--json")
    assert answer.code == Exit.NO_SCHEDULE
    assert "SW309" in answer.err
    assert "no schedule exists: the lags" in answer.err
    found = answer.json
    assert (found["status"], found["makespan"], found["starts"]) == ("infeasible", None, None)
    assert (found["proved"], found["proved_by"]) == (True, "bound")


def test_what_was_not_found_in_time_ends_with_3(tmp_path):
    lags = [{"before": "a", "after": "b", "lag": 1}, {"before": "b", "after": "a", "lag": -1}]
    file = tmp_path / "p.json"
    file.write_text(json.dumps({**PROJECT, "lags": lags}))
    answer = slotweave("solve", file, "--method", "list", "--evaluations", 3, "--json")
    assert answer.code == Exit.NO_SCHEDULE
    assert "SW310" in answer.err
    assert (answer.json["status"], answer.json["proved"]) == ("unknown", False)


def test_mistakes_are_refused(tmp_path, project):
    assert_refused(slotweave("solve", tmp_path / "none.sm"), "SW203")
    assert_refused(slotweave("solve", project, "--method", "best"), "SW212", "best")
    assert_refused(slotweave("solve", project, "--method", "modulo"), "SW212", "period")
    broken = tmp_path / "x.rcp"
    broken.write_text("2 1 4 0 0 x")
    assert_refused(slotweave("solve", broken), "SW223", "x.rcp:1", "'x' is no integer")
    other = tmp_path / "x.mps"
    other.write_text("")
    assert_refused(slotweave("solve", other), "SW224", ".mps")
    assert_refused(slotweave("solve", project, "--json", "-o", "-"), "SW212")


def test_without_ortools_exact_is_refused_and_auto_does_without(monkeypatch, packed):
    for module in (solve, work):
        monkeypatch.setattr(module, "has_solver", lambda: False)
    assert_refused(slotweave("solve", LOOP, "--method", "exact"), "SW217", "slotweave[exact]")
    answer = slotweave("solve", packed, "--evaluations", 30, "--json")
    assert "slotweave[exact]" in answer.err
    assert (answer.json["period"], answer.json["proved"]) == (3, False)


def test_ctrl_c_keeps_the_best_so_far(monkeypatch, tmp_path):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(period, "run_model", interrupted)
    file = tmp_path / "r.json"
    loop = ST200 / "easy_2.dzn"
    answer = slotweave("solve", loop, "--evaluations", 30, "-o", file)
    assert answer.code == Exit.INTERRUPTED
    assert json.loads(file.read_text())["period"] == 9
    assert answer.out.startswith("period 9")


@pytest.mark.parametrize("name", ["p.sm", "p.dzn", "p.rcp", "p.SCH", "p.fjs", "p.json", "p.txt"])
def test_an_empty_file_is_said_to_be_empty(name, tmp_path):
    file = tmp_path / name
    file.write_text("")
    assert_refused(
        slotweave("solve", file), "SW223", f"{file}: the file is empty; it holds no problem"
    )


def test_a_short_limit_leaves_the_heuristic_its_time(monkeypatch):
    """With less than half a second CP-SAT has nothing, and with a minute it has nearly all."""
    project, clock = read_instance(json.dumps(PROJECT), "p.json"), [0.0]
    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])
    for seconds, share in ((0.2, 0.2), (1.0, 0.5), (30.0, 3.0), (60.0, 4.0)):
        clock[0] = 0.0
        limits = solve.Limits(seconds)
        begun = work.Work(project, solve.Method.EXACT, limits, lambda _solution: None)
        clock[0] = share - 0.01
        assert not begun.is_spent(1, 20_000)
        clock[0] = share + 0.01
        assert begun.is_spent(1, 20_000)
