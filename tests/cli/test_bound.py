"""`slotweave bound`: the ladder, its certificates, and what is wrong with them."""

from __future__ import annotations

import json
import re

import pytest

from slotweave.base.diagnostics import Exit
from support.command_line import assert_refused, slotweave

SHAPE = ["-p", "height=4", "-p", "rounds=3", "-p", "batch=16"]


def test_the_ladder_is_that_of_compile():
    compiled = slotweave("compile", "tree-hash", *SHAPE, "--json").json
    found = slotweave("bound", "tree-hash", *SHAPE, "--json").json
    assert found["ladder"] == compiled["ladder"]
    assert found["bound"] == compiled["bound"]
    assert found["bound"]["cycles"] <= compiled["cycles"]
    assert (found["plan"], found["machine"]) == ("tuned", "challenge")


def test_people_read_the_ladder_and_what_follows():
    answer = slotweave("bound", "tree-hash", *SHAPE)
    assert "heads and tails" in answer.out
    assert "\nno schedule of these operations (those of this plan, accesses to " in answer.out


@pytest.fixture
def certificates(tmp_path):
    file = tmp_path / "bounds.json"
    answer = slotweave("bound", "tree-hash", *SHAPE, "--certificate", file, "-q")
    assert (answer.code, answer.out) == (Exit.DONE, "")
    return file


def test_certificates_hold_when_the_problem_is_rebuilt(certificates):
    answer = slotweave("bound", "--check", certificates)
    assert answer.code == Exit.DONE
    assert "heads and tails: at least" in answer.out
    assert slotweave("bound", "--check", certificates, "--json").json["faults"] == []


def test_a_bound_that_was_raised_is_refused(certificates):
    content = json.loads(certificates.read_text())
    content["bounds"][-1]["cycles"] += 1
    certificates.write_text(json.dumps(content))
    refused = slotweave("bound", "--check", certificates)
    assert refused.code == Exit.CHECK_FAILED
    assert "SW412" in refused.err
    assert "heads and tails" in refused.err


def test_certificates_of_another_problem_are_refused(certificates):
    content = json.loads(certificates.read_text())
    content["params"]["rounds"] += 1
    certificates.write_text(json.dumps(content))
    refused = slotweave("bound", "--check", certificates)
    assert_refused(refused, "SW412", "not the one", exit_code=1)


def test_a_file_that_is_no_certificate_is_refused(tmp_path):
    file = tmp_path / "other.json"
    file.write_text("[1]")
    assert_refused(slotweave("bound", "--check", file), "SW220")


def test_a_program_is_bounded_by_what_it_computes(tmp_path):
    file = tmp_path / "program.json"
    cycles = slotweave("compile", "tree-hash", *SHAPE, "-o", file, "--json").json["cycles"]
    found = slotweave("bound", file, "--facts", "challenge", "--json").json
    assert 0 < found["bound"]["cycles"] <= cycles
    seen = slotweave("inspect", file, "--facts", "challenge", "--json").json
    assert found["bound"] == seen["dataflow"]


def test_operations_of_a_program_go_by_their_places():
    chain = '[{"load": [["const", 0, 1], ["load", 1, 9]]}, {}, {"alu": [["+", 2, 1, 1]]},'
    chain += '{"store": [["store", 0, 2]]}]'
    (path,) = [
        rung
        for rung in slotweave("bound", "-", "--json", stdin=chain).json["ladder"]
        if rung["name"] == "critical path"
    ]
    assert path["why"] == "the chain of dependences through 0:load:1 takes that long"
    assert slotweave("explain", "-", "0:load:1", stdin=chain).code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "name a kernel or a program"),
        (["tree-hash", "--check", "x.json"], "leave the rest out"),
        (["-", "--plan", "default"], "are for kernels, not for programs"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, words):
    assert_refused(slotweave("bound", *options), "SW212", words)


def test_an_unknown_kernel_is_refused():
    assert_refused(slotweave("bound", "tree-hsh"), "SW201", "tree-hash")


def test_a_plan_that_jumps_is_no_single_problem():
    refused = slotweave("bound", "tree-hash", *SHAPE, "--plan", "hybrid-unroll")
    assert_refused(refused, "SW212", "hybrid-unroll", "jumps")


def test_a_kernel_that_offers_choices_has_a_bound_over_all_its_plans() -> None:
    arguments = ("bound", "tree-hash", *SMALL_PLANS)
    plans = slotweave(*arguments, "--json").json["plans"]
    assert 0 < plans["cycles"] <= slotweave(*arguments, "--json").json["bound"]["cycles"]
    assert sum(way["copies"] for way in plans["ways"]) == 8 * 8  # rounds of each vector
    shown = slotweave(*arguments).out
    assert f"over all plans: {plans['cycles']} cycles" in shown
    tables = [name for name in plans["installed"] if not name.startswith("level ")]
    assert f"the mix, a plan to try: {', '.join(tables) or 'no tables'}" in shown


def test_a_kernel_without_choices_has_none() -> None:
    assert "plans" not in slotweave("bound", "tree-hash", "--contract", "any-start",
                                    *SMALL_PLANS, "--json").json  # fmt: skip


SMALL_PLANS = ("-p", "height=5", "-p", "rounds=8", "-p", "batch=64")


def test_a_chain_of_a_kernel_goes_by_a_line_of_it():
    """A scalar program is bound by one: `compile` and `bound` say so in the same words."""
    options = ("tree-hash", "--plan", "scalar", *SHAPE)
    for command in ("compile", "bound"):
        said = " ".join(slotweave(command, *options).out.split())
        assert re.search(r"the chain of dependences through scalar\.py:\d+ takes that long", said)
        assert "accesses to memory and constants in the order that it keeps" in said


def test_the_bounds_of_a_program_say_which_orders_they_are_of(tmp_path):
    program = tmp_path / "p.json"
    slotweave("compile", "tree-hash", "--plan", "scalar", *SHAPE, "-o", program, "-q")
    seen = " ".join(slotweave("inspect", program).out.split())
    assert "for these slots, each on its engine, in any order that the facts allow: " in seen
    dataflow = (
        "operations that output depends on, repeated ones once, known words for free, each on any "
        "engine, in any order that the facts allow"
    )
    assert f"for the {dataflow}: " in seen
    assert dataflow.removeprefix("operations ") in slotweave("bound", program).out
