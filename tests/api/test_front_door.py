"""The front door: its examples run, its results print, and nothing heavy is loaded before use."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import slotweave as sw
from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.ir.facts import Facts


def double(k, n=16):
    """twice each word"""
    x = k.region("x", 0, n, output=True)
    for at in range(0, n, k.vector_length):
        x.vstore(at, 2 * x.vload(at))


def test_every_example_in_the_docstrings_runs() -> None:
    found = [doctest.testmod(importlib.import_module(f"slotweave.{name}"), extraglobs={"sw": sw})
             for name in (
                 "api.making", "api.shortening", "api.looking", "api.bounding", "api.checking",
                 "api.searching", "api.deriving", "api.solving", "api.writing", "api.kept",
                 "api.registered", "api.measuring", "names",
             )]  # fmt: skip
    assert sum(each.attempted for each in found) > 15
    assert not any(each.failed for each in found)


def test_the_examples_of_proofs_run() -> None:
    pytest.importorskip("z3")
    proving = importlib.import_module("slotweave.api.proving")
    done = doctest.testmod(proving, extraglobs={"sw": sw})
    assert (done.attempted, done.failed) == (2, 0)


def test_every_verb_has_an_example_and_is_the_one_of_the_api() -> None:
    module = importlib.import_module("slotweave.api")
    assert {"InputError", "CheckFailed", "NoSchedule"} < set(sw.__all__)
    for name in sw.__all__:
        function = getattr(sw, name)
        assert function is getattr(module, name)
        errors = isinstance(function, type)
        assert errors or ">>>" in (function.__doc__ or "") or name == "save", name
    assert set(sw.__all__) == set(module.__all__)


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    heavy = "{'numpy', 'numba', 'typer', 'rich'}"
    code = f"import sys, slotweave; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_job_needs_no_compiled_kernel() -> None:
    code = "import sys, slotweave as sw; sw.job('saxpy'); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_values_have_a_short_repr_and_print_as_their_text() -> None:
    program = sw.load('[{"load": [["const", 0, 5], ["const", 1, 7]]}, {}]')
    assert repr(program) == "<Program for challenge: 2 bundles, 2 slots>"
    assert sw.load(str(program)) == program
    known = sw.facts("challenge", height=2, rounds=1, batch=8)
    assert repr(known).startswith("<Facts: 30 words of memory, 15 of them known, 4 regions>")
    assert '"memory_words": 30' in str(known)
    told = "<Job: saxpy, n 64, contract graph, plan unrolled, for challenge>"
    assert repr(sw.job("saxpy", n=64)) == told


def test_the_way_from_a_function_to_a_shorter_program(tmp_path: Path) -> None:
    made = sw.compile(double, n=32)
    assert repr(made) == f"<double compiled for challenge: {made.cycles} cycles>"
    assert made.bound.cycles <= made.cycles
    assert made.to_json()["cycles"] == made.cycles
    assert f"cycles       {made.cycles}" in str(made)
    ended = sw.run(made.program, np.arange(32, dtype=np.uint32))
    assert ended.memory.tolist() == list(range(0, 64, 2))
    file = tmp_path / "double.json"
    sw.save(made.program, file)
    assert sw.load(file) == made.program
    short = sw.repack(made.program, Facts(32), evaluations=2)
    assert "proved" not in repr(sw.verify(short.program, made.program, Facts(32)))  # not asked
    verdict = sw.verify(short.program, made.program, Facts(32), prove=True)
    assert verdict.proved.proved
    assert verdict.verified.mismatches == 0


def test_a_job_is_compiled_for_another_machine_with_vectors_as_long() -> None:
    job = sw.job(double, n=32)
    here, slow = sw.compile(job, machine="challenge"), sw.compile(job, machine="challenge-slow")
    assert here.cycles == sw.compile(job).cycles
    assert slow.job.machine.name == "challenge-slow"
    assert slow.cycles > here.cycles
    with pytest.raises(InputError, match="SW212 a job is complete: give machine to `job`"):
        sw.compile(job, machine="minimal")


@pytest.mark.parametrize(
    "verb",
    [
        lambda p: sw.inspect(p),
        lambda p: sw.explain(p, 1),
        lambda p: sw.what_if(p, {"load": 4}),
        lambda p: sw.diff(p, p),
        lambda p: sw.bound(p),
        lambda p: sw.run(p, [1] * 16),
        lambda p: sw.repack(p, Facts(16), evaluations=1),
        lambda p: sw.verify(p, p, Facts(16)),
        lambda _p: sw.compile(double),
        lambda _p: sw.bound(double),
        lambda _p: sw.explain("SW301"),
    ],
)
def test_every_result_prints_in_each_form(verb) -> None:
    result = verb(sw.compile(double).program)
    assert "\n" not in repr(result)
    assert len(repr(result)) < 120
    assert str(result)
    assert isinstance(result.to_json(), dict)
    page = result._repr_html_()
    assert page.startswith(("<pre>", "<svg"))
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sw.job("tree-hsh"), "SW201.*tree-hash"),
        (lambda: sw.job("saxpy", m=3), "SW202.*'m'"),
        (lambda: sw.job("saxpy", n=-3), "SW202.*from 1"),
        (lambda: sw.job("saxpy", contract="x"), "SW212.*contract"),
        (lambda: sw.job("saxpy", plan="x"), "SW209.*plan"),
        (lambda: sw.job("saxpy", machine="x"), "SW208.*machine"),
        (lambda: sw.job("saxpy", effort="x"), "SW212.*effort"),
        (lambda: sw.facts("challenge-ful"), "SW215.*challenge-full"),
        (lambda: sw.load("there is no such file"), "SW203"),
        (lambda: sw.load('{"bundles": 3}'), "SW204"),  # a text, though it is one line
        (lambda: sw.facts(__file__), "SW215"),
        (lambda: sw.explain(sw.compile(double).program, 999), "SW212.*bundles, from 0 on"),
        (lambda: sw.explain(sw.compile(double).program, 1, "alu", 99), "SW212.*alu"),
        (lambda: sw.verify(sw.compile(double).program), "SW212.*kernel"),
    ],
)
def test_mistakes_are_errors_with_a_code(call, code: str) -> None:
    with pytest.raises(InputError, match=code):
        call()


def rare(k):
    """7 into word 1 if word 0 is 0: random words hardly ever are"""
    a = k.region("a", 0, 4, output=True)
    k.branch(a[0] == 0, lambda: a.store(1, 7), lambda: None)


def wrong_where_it_is_rare(k):
    """the same, but 8"""
    a = k.region("a", 0, 4, output=True)
    k.branch(a[0] == 0, lambda: a.store(1, 8), lambda: None)


def test_a_side_that_random_inputs_miss_is_reached() -> None:
    wanted, wrong = sw.job(rare), sw.compile(wrong_where_it_is_rare).program
    right = sw.verify(sw.compile(rare).program, wanted)
    assert right.verified.directed > 0
    assert right.verified.coverage.reached == right.verified.coverage.sides > 0
    with pytest.raises(CheckFailed, match=r"SW403.*directed input"):
        sw.verify(wrong, wanted)
    with pytest.raises(CheckFailed, match=r"SW403.*directed input"):
        sw.verify(wrong, sw.compile(rare).program, Facts(4))


def test_what_a_proof_is_of_is_said() -> None:
    made = sw.compile(double)
    said = sw.verify(made.program, made.job, prove=True)
    assert (said.proved.answer, said.of) == (True, "the kernel as it was traced")
    branching = sw.compile(rare)
    assert 0 < branching.bound.cycles <= branching.to_json()["cycles"]
    assert branching.to_json()["cycles_of"] == "the longest of 20 runs on random inputs"
    said = sw.verify(branching.program, branching.job, prove=True)
    assert (said.proved.answer, said.of) == (True, "the kernel as it was traced")
    tree = sw.compile("tree-hash", height=3, batch=8, rounds=2)
    said = sw.verify(tree.program, prove=True)
    assert (said.proved.answer, said.of) == (True, "the definition of its workload")
    assert sw.verify(tree.program).of == ""


def test_a_program_is_compared_with_a_function_or_the_name_of_a_kernel() -> None:
    """With the parameters that the program names, if it names that kernel."""
    made = sw.compile(double, n=24)
    assert sw.verify(made.program, double).of == ""
    said = sw.verify(sw.compile("saxpy", n=8).program, "saxpy", prove=True).to_json()
    assert (said["kernel"], said["params"]) == ("saxpy", {"n": 8})

    def triple(k, n=24):
        x = k.region("x", 0, n, output=True)
        for at in range(0, n, k.vector_length):
            x.vstore(at, 3 * x.vload(at))

    with pytest.raises(sw.CheckFailed, match="SW403"):
        sw.verify(made.program, triple)
    with pytest.raises(sw.InputError, match="SW212 a program must be"):
        sw.verify(made.program, print)


def test_two_programs_that_differ_are_an_error() -> None:
    one = sw.compile(double).program
    other = sw.compile("saxpy", n=8).program
    with pytest.raises(CheckFailed, match="SW403"):
        sw.verify(one, other, Facts(32))
    with pytest.raises(CheckFailed, match="SW409") as refuted:
        sw.verify(one, other, Facts(32), prove=True)
    assert refuted.value.report is not None
    assert refuted.value.report["proved"]["program"] is False


def test_a_changed_machine_does_not_pass_for_the_one_of_its_name(tmp_path: Path) -> None:
    from slotweave.machine import CHALLENGE, machine_to_toml

    file = tmp_path / "mine.toml"
    file.write_text(machine_to_toml(CHALLENGE).replace("load = 2", "load = 4", 1))
    assert sw.compile(double, machine=str(file)).program.machine == "challenge (changed)"


def test_a_plan_of_another_kernel_is_refused(tmp_path: Path) -> None:
    from slotweave.ir.plan import Plan
    from slotweave.ir.text.plan_json import plan_to_json

    file = tmp_path / "plan.json"
    file.write_text(plan_to_json(Plan("default", "tree-hash")))
    with pytest.raises(InputError, match=r"SW209.*for the kernel 'tree-hash'"):
        sw.job("saxpy", plan=str(file))


def test_a_repacked_result_names_its_seed_and_prints_no_runs_that_were_not() -> None:
    made = sw.repack(sw.compile(double).program, Facts(16), evaluations=1, seed=5)
    assert made.to_json()["seed"] == 5
    assert "0 random" not in str(made)
    assert f"{made.before} cycles before" in str(made)
