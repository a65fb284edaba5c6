"""`slotweave tune`: keeps the best plan in a file that compiles to what it says."""

from __future__ import annotations

import json
import shlex

import pytest

from slotweave.base.diagnostics import Exit
from support.command_line import assert_refused, slotweave

SHAPE = ["-p", "height=4", "-p", "rounds=6", "-p", "batch=16"]


def test_the_plan_kept_compiles_to_the_cycles_it_names(tmp_path):
    file = tmp_path / "plan.json"
    options = ["--evaluations", "2", "--seed", "4", "-o", file, "--json"]
    tuned = slotweave("tune", "tree-hash", *SHAPE, *options)
    assert tuned.code == Exit.DONE
    plan = json.loads(file.read_text())
    assert plan["origin"]["cycles"] == json.loads(tuned.out)["cycles"]
    assert "--evaluations 2" in plan["origin"]["command"]
    compiled = slotweave("compile", "tree-hash", *SHAPE, "--plan", file, "--json")
    assert json.loads(compiled.out)["cycles"] == plan["origin"]["cycles"]


def test_a_compilation_by_a_plan_from_a_file_names_the_file(tmp_path):
    file, program = tmp_path / "plan.json", tmp_path / "program.json"
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "0", "-o", file)
    compiled = slotweave("compile", "tree-hash", *SHAPE, "--plan", file, "-o", program, "--json")
    assert json.loads(compiled.out)["plan"] == "plan.json (tuned)"
    assert json.loads(program.read_text())["meta"]["plan"] == "plan.json (tuned)"
    assert "plan plan.json (tuned)\n" in slotweave("inspect", program).out


def test_a_search_may_begin_with_the_plan_of_another(tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "1", "-o", first)
    again = slotweave(
        "tune", "tree-hash", *SHAPE, "--evaluations", "1", "--plan", first, "-o", second
    )
    assert again.code == Exit.DONE
    before, later = (json.loads(file.read_text())["origin"]["cycles"] for file in (first, second))
    assert later <= before


def test_a_plan_that_replaces_the_one_it_began_with_says_where_that_came_from(tmp_path):
    file = tmp_path / "plan.json"
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "1", "-o", file)
    before = json.loads(file.read_text())["origin"]
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "1", "--plan", file, "-o", file)
    after = json.loads(file.read_text())["origin"]
    assert after["replaced"] == before
    assert "replaced" not in before


def test_with_other_choices_a_search_begins_with_the_schedule_of_the_plan(tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    search = ["tune", "tree-hash", "-p", "height=6", "-p", "rounds=9", "-p", "batch=64",
              "--evaluations", "0"]  # fmt: skip
    slotweave(*search, "-o", first)
    other = ["--choice", "derived=2", "--choice", "offsets=[]", "--choice", "stagger=40"]
    again = slotweave(*search, "--plan", first, *other, "-o", second)
    assert again.code == Exit.DONE
    schedule = json.loads(second.read_text())["schedule"]
    assert schedule["derived"] == 2
    assert schedule["due"]


def test_a_plan_that_cannot_be_written_is_refused_before_the_search(tmp_path):
    refused = slotweave("tune", "tree-hash", *SHAPE, "-o", tmp_path / "nowhere" / "plan.json")
    assert refused.code == Exit.BAD_INPUT
    assert "SW207" in refused.err


def test_a_search_that_ends_at_its_bound_says_what_looks_for_other_operations(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    search = ("tune", "saxpy", "-p", "n=16", "--evaluations", 1, "-o", "plan.json")
    ended = slotweave(*search, "--json")
    told = ended.json["next"]
    assert ended.json["proof"]
    assert f"a program of other operations may take fewer: {told}\n" in ended.err
    commands = [shlex.split(command)[1:] for command in told.split(" && ")]
    assert [command[0] for command in commands] == ["compile", "facts", "repack"]
    for command in commands:
        assert slotweave(*command).code == Exit.DONE
    shape = ("-p", "height=3", "-p", "rounds=2", "-p", "batch=8")
    going_on = slotweave("tune", "tree-hash", *shape, "--evaluations", 0, "-o", "p.json", "--json")
    assert going_on.json["next"] is None


def test_several_seeds_are_searched_and_the_best_and_the_median_told(tmp_path):
    file = tmp_path / "plan.json"
    options = ["--seeds", "3", "--seed", "5", "--evaluations", "1", "-o", file, "--json"]
    told = json.loads(slotweave("tune", "tree-hash", *SHAPE, *options).out)
    assert sorted(told["seeds"]) == ["5", "6", "7"]
    assert told["best"] == told["cycles"] == min(told["seeds"].values())
    assert told["median"] == sorted(told["seeds"].values())[1]
    origin = json.loads(file.read_text())["origin"]
    assert origin["seeds"] == told["seeds"]
    assert f"--seed {told['seed']} --evaluations 1" in origin["command"]
    assert origin["hours"] >= 0


def test_a_search_may_begin_with_other_choices_and_its_command_names_them(tmp_path):
    file = tmp_path / "plan.json"
    changed = ["--choice", 'bias="arithmetic"', "--evaluations", "0", "-o", file]
    assert slotweave("tune", "tree-hash", *SHAPE, *changed).code == Exit.DONE
    plan = json.loads(file.read_text())
    assert plan["choices"]["bias"] == "arithmetic"
    assert "--choice 'bias=\"arithmetic\"'" in plan["origin"]["command"]


def test_a_kernel_that_jumps_is_refused_and_leaves_no_study(tmp_path):
    kernel, store = tmp_path / "own.py", tmp_path / "s.db"
    kernel.write_text(
        "def own(k):\n"
        "    a = k.region('a', 0, 8, output=True)\n"
        "    with k.loop(4) as left:\n"
        "        a.store(left.value, 1)\n"
    )
    options = ("--store", store, "--study", "s", "-o", tmp_path / "p.json")
    refused = slotweave("tune", f"{kernel}:own", *options)
    assert_refused(refused, "SW212", "jumps", "compile --effort max")
    assert slotweave("study", "list", "--store", store, "--json").json["studies"] == []


def test_a_choice_that_is_none_is_refused():
    for choice, complaint in (
        ("bias", "--choice NAME=JSON: 'bias' gives no value"),
        ("bias=[", "--choice NAME=JSON: the choice 'bias' is not JSON"),
        ("bais=1", "unknown choice 'bais'"),
    ):
        refused = slotweave("compile", "tree-hash", *SHAPE, "--choice", choice)
        assert refused.code == Exit.BAD_INPUT
        assert "SW209" in refused.err
        assert complaint in refused.err


def test_each_better_plan_is_kept_at_once(tmp_path):
    """What is told of plans kept is what the file said then: no search ends without its best."""
    file = tmp_path / "plan.json"
    shape = ["-p", "height=5", "-p", "rounds=7", "-p", "batch=37"]
    options = ["--evaluations", "40", "--seed", "6", "-o", file, "--json"]
    told = slotweave("tune", "tree-hash", *shape, *options)
    begun, *kept, end = told.err.splitlines()
    assert begun.startswith("begins with plan default: ")
    cycles = [int(line.split()[0]) for line in kept if ": kept in " in line]
    assert len(cycles) == len(kept) > 0, "nothing but gains is told, and this seed has some"
    assert cycles == sorted(cycles, reverse=True)
    assert cycles[-1] == json.loads(told.out)["cycles"] == int(end.split()[0])


def test_stdout_is_given_the_plan_once():
    shape = ["-p", "height=5", "-p", "rounds=7", "-p", "batch=37"]
    told = slotweave("tune", "tree-hash", *shape, "--evaluations", "40", "--seed", "6", "-o", "-")
    begun, *gains, end = told.err.splitlines()
    assert gains, "this seed has some"
    assert told.json["origin"]["cycles"] == int(end.split()[0]) == int(gains[-1].split()[0])
    assert not [line for line in (begun, *gains, end) if line.endswith(" -")]


def test_no_command_is_told_that_reads_a_plan_from_where_it_was_not_kept():
    ended = slotweave("tune", "saxpy", "-p", "n=16", "--evaluations", 1, "-o", "-")
    assert "slotweave compile saxpy -p n=16 --plan FILE.json -o tuned.json" in ended.err
    assert ended.json["kernel"] == "saxpy"


def test_a_search_may_replace_the_plan_that_it_begins_with(tmp_path):
    file = tmp_path / "plan.json"
    search = ["tune", "tree-hash", *SHAPE, "--evaluations", "0", "-o", file]
    slotweave(*search)
    assert slotweave(*search, "--plan", file).code == Exit.DONE


def test_a_search_begins_with_the_best_plan_known_for_the_shape(tmp_path):
    """What search found before is not searched for again: no candidate, and it is as short."""
    file = tmp_path / "plan.json"
    told = slotweave("tune", "tree-hash", "--evaluations", "0", "--seed", "7", "-o", file, "--json")
    assert json.loads(told.out)["cycles"] == 876
    assert told.err.startswith("begins with plan tuned: 876 cycles")
    assert "--plan tuned" in json.loads(file.read_text())["origin"]["command"]


def test_parameters_are_searched_first_and_the_command_says_so(tmp_path):
    pytest.importorskip("optuna", reason="Optuna is the extra `search`")
    file = tmp_path / "plan.json"
    options = ["--parameters", "4", "--evaluations", "0", "-o", file]
    assert slotweave("tune", "tree-hash", *SHAPE, *options).code == Exit.DONE
    plan = json.loads(file.read_text())
    assert plan["schedule"]["offsets"]
    assert "--parameters 4" in plan["origin"]["command"]


def test_no_evaluations_are_the_plan_that_it_began_with(tmp_path, monkeypatch):
    monkeypatch.setattr("slotweave.cli.deadline.GRACE_SECONDS", 600.0)
    file = tmp_path / "plan.json"
    for limit in (["--evaluations", "0"], ["--time-limit", "0"]):
        told = json.loads(slotweave("tune", "tree-hash", *SHAPE, *limit, "-o", file, "--json").out)
        assert told["evaluations"] == 0
        assert "--evaluations 0" in json.loads(file.read_text())["origin"]["command"]


@pytest.mark.parametrize("passed_on", [False, True], ids=["plain", "by a compiled function"])
@pytest.mark.parametrize("output", ["plan.json", "-"])
def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path, monkeypatch, passed_on, output):
    def interrupted(*_):
        yield from ()
        if passed_on:
            raise SystemError("a result with an exception set") from KeyboardInterrupt()
        raise KeyboardInterrupt

    monkeypatch.setattr("slotweave.tuning.run.search_all", interrupted)
    monkeypatch.chdir(tmp_path)
    answer = slotweave("tune", "tree-hash", *SHAPE, "-o", output)
    assert answer.code == Exit.INTERRUPTED
    assert answer.err.endswith("interrupted\n")
    kept = answer.out if output == "-" else (tmp_path / output).read_text()
    assert json.loads(kept)["origin"]["evaluations"] == 0
