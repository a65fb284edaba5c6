"""What a function of the front door gives as JSON is what its command prints with --json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import slotweave as sw
from slotweave.ir.text.facts_json import facts_to_json
from support.command_line import slotweave

KERNEL = """def triple(k, n=16):
    x = k.region("x", 0, n, read_only=True)
    y = k.region("y", n, n, output=True)
    for at in range(0, n, k.vector_length):
        y.vstore(at, 3 * x.vload(at))
"""
JUMPS = [{"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 3]]}, {"store": [["store", 0, 1]]}]
#: What only a command says: the version of its JSON, what to type next, and names of files.
OF_THE_COMMAND = {"schema_version", "next", "files", "file"}
WRITTEN = {"export": {"output"}, "report": {"output"}, "run_pass": {"output"}}
#: How long it took.
TIMES = {"seconds"}

SHAPE = ("-p", "n=16")
TREE = ("-p", "height=3", "-p", "rounds=2", "-p", "batch=16")
TREE_SHAPE = {"height": 3, "rounds": 2, "batch": 16}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, a slow one, one that stores, and what goes with them."""
    monkeypatch.chdir(tmp_path)
    Path("triple.py").write_text(KERNEL)
    texts: dict[str, str] = {}
    printers = {"trace": lambda text: texts.update(trace=text),
                "lower": lambda text: texts.update(lower=text)}  # fmt: skip
    made = sw.compile("saxpy", n=16, print_after=printers)
    sw.save(made, "fast.json")
    sw.save(sw.compile("saxpy", n=16, seed=1, plan="unrolled", effort="fast"), "other.json")
    Path("graph.txt").write_text(texts["trace"])
    Path("problem.txt").write_text(texts["lower"])
    Path("record.json").write_text(made.record())
    Path("bounds.json").write_text(sw.bound("saxpy", n=16).certificates())
    Path("facts.json").write_text(facts_to_json(made.job.facts))
    Path("jumps.json").write_text(json.dumps(JUMPS))
    return tmp_path


def facts() -> str:
    return "facts.json"


#: For each verb the arguments of its command, and the call.
CASES: dict[str, tuple[tuple[object, ...], Callable[[], Any]]] = {
    "bound": (("bound", "saxpy", *SHAPE), lambda: sw.bound("saxpy", n=16)),
    "bound of all plans": (("bound", "tree-hash", "--plan", "default", *TREE),
                           lambda: sw.bound("tree-hash", plan="default", **TREE_SHAPE)),
    "bound of a kernel that jumps": (("bound", "dot", "--plan", "loop", *SHAPE),
                                     lambda: sw.bound("dot", plan="loop", n=16)),
    "bound of blocks": (("bound", "jumps.json"), lambda: sw.bound(sw.load("jumps.json"))),
    "bound of a program": (("bound", "fast.json", "--facts", facts()),
                           lambda: sw.bound(sw.load("fast.json"), facts())),
    "check_bounds": (("bound", "--check", "bounds.json"), lambda: sw.check_bounds("bounds.json")),
    "compile": (("compile", "saxpy", *SHAPE), lambda: sw.compile("saxpy", n=16)),
    "compile of a function": (("compile", "triple.py:triple"),
                              lambda: sw.compile("triple.py:triple")),
    "diff": (("diff", "fast.json", "other.json", "--facts", facts()),
             lambda: sw.diff("fast.json", "other.json", facts())),
    "explain": (("explain", "fast.json", "2:load", "--facts", facts()),
                lambda: sw.explain("fast.json", 2, "load", facts=facts())),
    "explain of a code": (("explain", "SW301"), lambda: sw.explain("SW301")),
    "explore": (("explore", "saxpy", *SHAPE, "--set", "load=1..2", "--cost", "load=1"),
                lambda: sw.explore("saxpy", n=16, set={"load": [1, 2]}, cost={"load": 1})),
    "export": (("export", "fast.json", "--format", "text"),
               lambda: sw.export("fast.json", "text")),
    "inspect": (("inspect", "fast.json", "--facts", facts()),
                lambda: sw.inspect("fast.json", facts())),
    "list_facts": (("facts", "list"), sw.list_facts),
    "list_kernels": (("kernels", "list"), sw.list_kernels),
    "list_machines": (("machines", "list"), sw.list_machines),
    "list_rules": (("rules", "list"), sw.list_rules),
    "rederive": (("verify", "record.json"), lambda: sw.rederive("record.json")),
    "repack": (("repack", "fast.json", "--facts", facts(), "--evaluations", 2),
               lambda: sw.repack("fast.json", facts(), evaluations=2)),
    "report": (("report", "fast.json", "--facts", facts()),
               lambda: sw.report("fast.json", facts=facts())),
    "run": (("run", "fast.json", "--mem", "memory.json"),
            lambda: sw.run("fast.json", json.loads(Path("memory.json").read_text()))),
    "run_pass": (("pass", "rewrite", "graph.txt"), lambda: sw.run_pass("rewrite", "graph.txt")),
    "self_test": (("verify", "saxpy", "--self-test", "--mutants", 20),
                  lambda: sw.self_test("saxpy", mutants=20)),
    "show_cache": (("cache", "info"), sw.show_cache),
    "show_facts": (("facts", "show", "challenge-full", "--shape", "3,2,16"),
                   lambda: sw.show_facts("challenge-full", **TREE_SHAPE)),
    "show_facts of a file": (("facts", "show", facts()), lambda: sw.show_facts(facts())),
    "show_facts of a function": (("facts", "show", "triple.py:triple", "-p", "n=24"),
                                 lambda: sw.show_facts("triple.py:triple", n=24)),
    "show_kernel": (("kernels", "show", "tree-hash"), lambda: sw.show_kernel("tree-hash")),
    "show_kernel of a function": (("kernels", "show", "triple.py:triple"),
                                  lambda: sw.show_kernel("triple.py:triple")),
    "show_machine": (("machines", "show", "minimal"), lambda: sw.show_machine("minimal")),
    "show_rule": (("rules", "show", "add_zero"), lambda: sw.show_rule("add_zero")),
    "solve": (("solve", "problem.txt", "--method", "list"),
              lambda: sw.solve("problem.txt", method="list")),
    "study": (("study", "show", "kept"), lambda: sw.study("kept")),
    "verify": (("verify", "fast.json", "--prove", "--instances", 20),
               lambda: sw.verify("fast.json", prove=True)),
    "verify two": (("verify", "other.json", "--against", "fast.json", "--instances", 20),
                   lambda: sw.verify("other.json", "fast.json",
                                     names=("other.json", "fast.json"))),
    "verify under facts": (
        ("verify", "other.json", "--against", "fast.json", "--instances", 20, "--prove",
         "--facts", facts()),
        lambda: sw.verify("other.json", "fast.json", facts(), prove=True,
                          names=("other.json", "fast.json"))),
    "what_if": (("what-if", "fast.json", "--set", "load=4", "--facts", facts()),
                lambda: sw.what_if("fast.json", {"load": 4}, facts())),
    "what_if of parts": (("what-if", "jumps.json", "--set", "load=4"),
                         lambda: sw.what_if("jumps.json", {"load": 4})),
}  # fmt: skip


def told(value: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    """As it reads back from JSON, without the keys that are left out."""
    plain = json.loads(json.dumps(value, default=lambda it: dict(it) if isinstance(it, Mapping)
                                  else it.item()))  # fmt: skip
    return {key: each for key, each in plain.items() if key not in left_out}


@pytest.mark.parametrize("verb", CASES)
def test_the_result_is_what_the_command_prints(verb: str, here: Path) -> None:
    command, call = CASES[verb]
    if verb == "run":
        slotweave("kernels", "memory", "saxpy", *SHAPE, "-o", "memory.json")
    if verb == "study":
        sw.tune("saxpy", study="kept", evaluations=0)
    printed = slotweave(*command, "--json").json
    result = call().to_json()
    if "report" in verb:  # a page names its files
        for page in (printed, result):
            page.pop("bytes")
            page["programs"] = [{**dict(one), "name": ""} for one in page["programs"]]
    assert told(result, TIMES) == told(printed, TIMES | OF_THE_COMMAND | WRITTEN.get(verb, set()))
    assert told(result, TIMES)
    assert here.is_dir()


def test_facts_that_are_shown_are_those_of_that_name(here: Path) -> None:
    shown = sw.show_facts("challenge", **TREE_SHAPE)
    assert shown.facts == sw.facts("challenge", **TREE_SHAPE)
    assert shown.text() == f"{shown}\n" == slotweave("facts", "show", "challenge", "--shape",
                                                     "3,2,16").out  # fmt: skip
    assert sw.inspect("fast.json", shown).facts == "challenge"
    assert here.is_dir()


def test_a_tuned_plan_says_what_the_command_says(here: Path) -> None:
    options = ("--evaluations", 1, "--store", ":memory:")
    printed = slotweave("tune", "saxpy", *SHAPE, "-o", "plan.json", *options, "--json").json
    found = sw.tune("saxpy", n=16, evaluations=1, time_limit=None, store=":memory:")
    left_out = {"schema_version", "study", "next"}  # a study without a name gets one of the moment
    assert told(found.outcome(), left_out) == told(printed, left_out)
    assert here.is_dir()


def test_clearing_the_cache_says_what_the_command_says(here: Path) -> None:
    def filled() -> None:
        sw.clear_cache()
        sw.explore("saxpy", n=16, set={"load": [1, 2]})

    filled()
    printed = slotweave("cache", "clear", "--json").json
    filled()
    removed = sw.clear_cache().to_json()
    assert told(printed, {"schema_version"}).keys() == removed.keys()
    assert printed["entries"] == removed["entries"] == 2
    assert sw.show_cache().entries == 0
    assert here.is_dir()


def test_proofs_of_rules_are_those_that_the_command_prints() -> None:
    pytest.importorskip("z3")
    printed = slotweave("rules", "prove", "xor_zero", "add_zero", "--json").json
    found = sw.prove_rules(["xor_zero", "add_zero"]).to_json()
    rows = [[told(row, TIMES) for row in each["proved"]] for each in (printed, found)]
    assert rows[0] == rows[1]
    assert [row["name"] for row in rows[0]] == ["xor_zero", "add_zero"]


def test_forms_searched_for_are_those_that_the_command_prints() -> None:
    pytest.importorskip("z3")
    printed = slotweave("rules", "search", "stage-5-carried", "--json").json
    found = sw.search_forms(["stage-5-carried"]).to_json()
    rows = [[told(row, TIMES) for row in each["searches"]] for each in (printed, found)]
    assert rows[0] == rows[1]
    assert rows[0][0]["structures"] == 13


@pytest.mark.long
def test_speeds_are_of_what_the_command_measures() -> None:
    printed = slotweave("bench", "saxpy", *SHAPE, "--repeat", 1, "--json").json
    found = sw.measure_speed("saxpy", n=16, repeat=1).to_json()
    assert told(printed, TIMES | OF_THE_COMMAND) == told(found, TIMES)
    assert list(printed["seconds"]) == list(found["seconds"])


@pytest.mark.long
def test_kernels_measured_are_those_that_the_command_prints() -> None:
    printed = slotweave("bench", "kernels", "--machine", "minimal", "--json").json
    assert told(printed, OF_THE_COMMAND) == told(
        sw.measure_kernels(machines=["minimal"]).to_json(), set()
    )


def test_every_verb_with_a_result_is_held() -> None:
    without = {"clear_cache", "facts", "job", "kernel", "load", "measure_kernels", "measure_speed",
               "prove_rules", "random_memory", "save", "search_forms", "studies",
               "tune"}  # fmt: skip
    verbs = {name for name in sw.__all__ if name[0].islower()} - without
    assert verbs == {name.split()[0] for name in CASES}
