"""`slotweave bound`: the ladder, its certificates, and what is wrong with them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import slotweave as sw
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


def test_a_program_file_that_is_not_there_is_named(tmp_path):
    refused = slotweave("bound", tmp_path / "p.json", "--facts", "none")
    assert_refused(refused, "SW203", "p.json", "no such file")


def test_an_unknown_kernel_is_refused():
    assert_refused(slotweave("bound", "tree-hsh"), "SW201", "tree-hash")


#: Kernels that jump: trips that are known, and that data decides; a branch; a pipelined loop.
JUMPING = """\
def counted(k, trips=3):
    a = k.region("a", 0, 8, output=True)
    with k.loop(trips):
        a.store(1, a[1] * a[1])


def as_told(k):
    a = k.region("a", 0, 8, output=True)
    with k.loop(a[0] & 3):
        a.store(1, a[1] * a[1])


def rare(k):
    a = k.region("a", 0, 8, output=True)
    k.branch(a[0] == 0, lambda: a.store(1, 7), lambda: None)


def copying(k):
    x = k.region("x", 0, 12, read_only=True)
    y = k.region("y", 12, 12, output=True)
    i = k.variable(0)
    with k.loop(12):
        y.store(i.value, 3 * x[i.value])
        i.value = i.value + 1
"""


@pytest.fixture
def jumping(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.py").write_text(JUMPING)


#: Of which run the bound is, or begins to be, for each of them.
OF_RUN = {
    "counted": "for one run of these",
    "as_told": "for that run of these",
    "rare": "for that run of these",
    "copying": "for one run of these",
}


@pytest.mark.usefixtures("jumping")
@pytest.mark.parametrize("kernel", OF_RUN)
def test_the_bounds_of_a_kernel_that_jumps_are_those_of_compile(kernel):
    compiled = slotweave("compile", f"k.py:{kernel}", "--json").json
    found = slotweave("bound", f"k.py:{kernel}", "--json").json
    for key in ("bound", "ladder", "cycles_of", "loops"):
        assert found[key] == compiled[key]
    own = [{**block, "idle": {}} for block in found["blocks"]]
    assert own == [{**block, "idle": {}} for block in compiled["blocks"]]
    assert found["bound"]["cycles"] <= compiled["cycles"]
    said = slotweave("bound", f"k.py:{kernel}").out
    table = " ".join(slotweave("compile", f"k.py:{kernel}").out.split())
    least = found["bound"]["cycles"]
    claim = re.search(rf"^at least {least} cycles ({OF_RUN[kernel]} .*)$", said, re.MULTILINE)
    assert claim
    of = claim[1].removesuffix(f", {compiled['cycles_of']}")
    assert f"lower bound {least} {of}: " in table
    assert ("the longest of 20 runs on random inputs" in claim[1]) == (
        OF_RUN[kernel][4:8] == "that"
    )
    of_blocks = found["bound"]["name"] == "blocks"  # slots are in any order
    kept = "accesses to memory and constants in the order that they keep"
    assert (kept in claim[1]) == of_blocks
    assert any(loop["pipelined"] for loop in found["loops"]) == (kernel == "copying")
    assert bool(re.search(r"^loop k\.py:\d+: II 1 ", said, re.MULTILINE)) == (kernel == "copying")
    for block in found["blocks"]:
        entered = block["entered"]
        times = f"entered {entered} time" + "s" * (entered != 1)
        times += " in its plain form" * (kernel == "copying" and block is found["blocks"][1])
        first, bound = block["bundle"], block["bound"]
        line = rf"^bundles? {first}\b.*, {times}: at least {bound['cycles']} cycles? \("
        assert bool(re.search(line, said, re.MULTILINE)) == (block["bundles"] > 0)


@pytest.mark.usefixtures("jumping")
def test_a_kernel_that_jumps_has_no_certificates():
    refused = slotweave("bound", "k.py:rare", "--certificate", "c.json")
    told = "k.py:rare jumps (plan default), so it has no single problem that certificates could"
    assert_refused(refused, "SW212", told)


def test_certificates_of_a_plan_that_jumps_are_refused(certificates):
    content = json.loads(certificates.read_text())
    certificates.write_text(json.dumps({**content, "plan": "hybrid-unroll"}))
    refused = slotweave("bound", "--check", certificates)
    assert_refused(refused, "SW212", "jumps (plan hybrid-unroll), so it is not a single problem")


#: A word decides whether bundle 4 runs; nothing needs what bundle 2 computes.
BRANCHING = [
    {"load": [["load", 1, 0]]}, {"alu": [["+", 2, 1, 1]]}, {"alu": [["+", 3, 1, 1]]},
    {"flow": [["cond_jump", 2, 5]]}, {"store": [["store", 0, 1]]}, {"flow": [["halt"]]},
]  # fmt: skip


def test_blocks_of_a_program_are_bounded_one_by_one_where_data_decides_its_jumps(tmp_path):
    file = tmp_path / "p.json"
    file.write_text(json.dumps(BRANCHING))
    answer = slotweave("bound", file, "--json")
    found = answer.json
    rows = [(block["bundle"], block["bundles"], block["bound"]["cycles"], block["entered"])
            for block in found["blocks"]]  # fmt: skip
    assert rows == [(0, 4, 3, None), (4, 1, 1, None), (5, 1, 1, None)]
    assert found["bound"] == {
        "cycles": 5, "name": "blocks",
        "why": "the sum of the bounds of its 3 blocks, each counted once",
    }  # fmt: skip
    assert found["ladder"] == [found["bound"]]
    assert found["cycles_of"] == "each bundle counted once, because data decides the jumps"
    seen = slotweave("inspect", file, "--json").json
    assert (found["run"], found["cycles_of"]) == (seen["run"], seen["cycles_of"])
    assert "each block is bounded by itself, because how the program runs is not known: SW219 " in (
        answer.err
    )
    text = slotweave("bound", file).out
    from_python = sw.bound(sw.load(file))
    assert repr(from_python) == "<bounds: at least 5 cycles, by blocks, each counted once>"
    assert str(from_python).splitlines()[1:] == text.splitlines()[2:-1]
    assert "\nbundles 0 to 3: at least 3 cycles (critical path: " in text
    assert "\nbundle 4: at least 1 cycle (" in text
    assert (
        "has fewer than 5 cycles, each bundle counted once, because data decides the jumps; how "
        "many a run takes is not bounded\n"
    ) in text


def test_a_block_that_cannot_be_lifted_has_no_bound_and_counts_nothing(tmp_path):
    """What the jump reads is written beside it."""
    file = tmp_path / "p.json"
    beside = {"flow": [["cond_jump", 2, 5]], "alu": [["+", 2, 1, 3]]}
    file.write_text(json.dumps([*BRANCHING[:3], beside, *BRANCHING[4:]]))
    found = slotweave("bound", file, "--json").json
    first = found["blocks"][0]
    reason = "its jump reads a word that is written beside it"
    assert (first["bound"], first["ladder"], first["why"]) == (None, [], reason)
    assert found["bound"]["cycles"] == 2
    assert found["bound"]["why"] == "the sum of the bounds of 2 of its 3 blocks, each counted once"
    assert f"bundles 0 to 3: no bound ({reason})" in slotweave("bound", file).out


def test_a_program_that_jumps_to_a_computed_bundle_has_no_blocks(tmp_path):
    file = tmp_path / "p.json"
    file.write_text(json.dumps([{"load": [["load", 1, 0]]}, {"flow": [["jump_indirect", 1]]}]))
    assert_refused(slotweave("bound", file), "SW219", str(file), "may go to any bundle")


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


def test_choices_change_what_is_bounded() -> None:
    given = slotweave("bound", "saxpy", "-p", "n=16", "--json").json["bound"]["cycles"]
    changed = slotweave("bound", "saxpy", "-p", "n=16", "--choice", "zeros=true", "--json")
    zeros = changed.json["bound"]
    assert zeros["cycles"] < given
    refused = slotweave("bound", "program.json", "--choice", "zeros=true")
    assert_refused(refused, "SW212", "--choice")


def test_a_certificate_names_a_plan_that_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    refused = slotweave("bound", "saxpy", "--choice", "zeros=true", "--certificate", file)
    assert_refused(refused, "SW212", "keep the choices in a plan file")
    assert not file.exists()
