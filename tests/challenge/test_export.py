"""The exported Python file, imported where nothing but the standard library and `problem` is."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import slotweave
import support
from slotweave.base.diagnostics import InputError
from slotweave.challenge.export import challenge_source
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.frontend.kernel import Words
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE

PROBLEM = Path(support.__file__).parent / "challenge" / "problem.py"
SOURCES = Path(slotweave.__file__).parents[1]

META = {
    "kernel": "tree-hash",
    "params": {"height": 1, "rounds": 1, "batch": 1},
    "contract": "values",
}
#: Not the right program for its shape; only its form matters here.
PROGRAM = Program(
    machine="challenge",
    bundles=(
        {"load": (("const", 0, 7), ("const", 1, 2**32 - 1)), "flow": (("add_imm", 2, 0, -1),)},
        {"valu": (("vbroadcast", 8, 1),), "debug": (("compare", 1, ("key", 0)),)},
        {"debug": ()},
        {"alu": (("^", 3, 0, 1), ("//", 4, 0, 1))},
    ),
    names={8: ("lanes", 8), 0: ("seven", 1)},
    meta=META,
)

SHOW = """
import json, perf_takehome
builder = perf_takehome.KernelBuilder()
{build}
info = builder.debug_info()
print(json.dumps([
    [{{e: s for e, s in b.items()}} for b in builder.instrs],
    sorted([a, *entry] for a, entry in info.scratch_map.items()),
    all(type(s) is tuple for b in builder.instrs for slots in b.values() for s in slots),
]))
"""


def checkout(folder: Path, source: str) -> Path:
    """A folder like the challenge's, with the exported file in place."""
    shutil.copy(PROBLEM, folder / "problem.py")
    (folder / "perf_takehome.py").write_text(source, encoding="utf-8")
    return folder


def run_isolated(folder: Path, build: str) -> subprocess.CompletedProcess[str]:
    """Build the kernel where no installed package can be seen."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\n{SHOW.format(build=build)}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_the_file_holds_the_program_of_its_shape(tmp_path: Path) -> None:
    folder = checkout(tmp_path, challenge_source(PROGRAM))
    done = run_isolated(folder, "builder.build_kernel(1, 3, 1, 1)")
    assert done.stderr == ""
    bundles, names, all_tuples = json.loads(done.stdout)
    assert bundles == as_json([dict(bundle) for bundle in PROGRAM.bundles])
    assert names == [[0, "seven", 1], [8, "lanes", 8]]
    assert all_tuples


def test_the_file_begins_with_the_request_not_to_publish_it() -> None:
    doc = ast.get_docstring(ast.parse(challenge_source(PROGRAM)))
    assert doc is not None
    assert doc.startswith("Tree hash for height 1, 1 round and a batch of 1, in 3 cycles.")
    assert "do not publish or redistribute this file: the authors of the challenge ask" in doc


def test_the_file_is_readable() -> None:
    lines = challenge_source(PROGRAM).splitlines()
    assert "    # 3" in lines
    assert "    {'alu': [('^', 3, 0, 1), ('//', 4, 0, 1)]}," in lines


def test_building_again_gives_fresh_lists(tmp_path: Path) -> None:
    folder = checkout(tmp_path, challenge_source(PROGRAM))
    build = "builder.build_kernel(1, 3, 1, 1); builder.instrs.clear(); "
    done = run_isolated(folder, build + "builder.build_kernel(1, 3, 1, 1)")
    assert len(json.loads(done.stdout)[0]) == 4


@pytest.mark.parametrize("shape", ["2, 7, 1, 1", "1, 3, 2, 1", "1, 3, 1, 2"])
def test_another_shape_without_slotweave_says_what_to_install(tmp_path: Path, shape: str) -> None:
    folder = checkout(tmp_path, challenge_source(PROGRAM))
    done = run_isolated(folder, f"builder.build_kernel({shape})")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("RuntimeError: this file is for height 1, batch 1, 1 rounds; ")
    assert last.endswith("Slotweave must be installed for this Python (in a checkout of Slotweave:"
                         " pip install .)")  # fmt: skip


def test_a_tree_with_the_wrong_number_of_nodes_is_refused(tmp_path: Path) -> None:
    folder = checkout(tmp_path, challenge_source(PROGRAM))
    done = run_isolated(folder, "builder.build_kernel(1, 4, 1, 1)")
    assert done.stderr.endswith("ValueError: a tree of height 1 does not have 4 nodes\n")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (replace(PROGRAM, machine="minimal"), "a program for the machine 'minimal'"),
        (replace(PROGRAM, meta={}), "does not name the kernel 'tree-hash'"),
        (replace(PROGRAM, meta={**META, "kernel": "sort"}), "does not name the kernel"),
        (replace(PROGRAM, meta={**META, "params": {"height": 1}}), "height, rounds, batch"),
        (replace(PROGRAM, meta={**META, "params": [1, 1, 1]}), "height, rounds, batch"),
        (replace(PROGRAM, meta={**META, "contract": "none"}), "does not name the contract"),
    ],
)
def test_a_program_that_is_not_for_the_challenge_is_refused(program: Program, reason: str) -> None:
    with pytest.raises(InputError, match="SW216 only tree-hash programs") as caught:
        challenge_source(program)
    assert reason in str(caught.value)


RUN = """
import json, sys
import perf_takehome, problem
shape, memory = json.load(sys.stdin)
builder = perf_takehome.KernelBuilder()
builder.build_kernel(*shape)
machine = problem.Machine(memory, builder.instrs, builder.debug_info())
machine.run()
print(json.dumps([machine.cycle, machine.mem]))
"""


def run_beside_problem(folder: Path, height: int, batch: int, rounds: int, memory: Words) -> Any:
    """Build the kernel in the challenge's way and run it: [cycles, memory]."""
    shape = [height, 2 ** (height + 1) - 1, batch, rounds]
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps([shape, memory.tolist()]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(SOURCES)))},
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def compiled(parameters: dict[str, int], contract: str) -> Program:
    kernel = kernels()["tree-hash"]
    plan = kernel.plan("default", parameters, contract)
    return compile_job(Job(kernel, parameters, contract, plan, CHALLENGE, instances=1)).program


@pytest.mark.parametrize(
    ("height", "batch", "rounds"),
    [(3, 8, 5), (2, 9, 4)],
    ids=["the shape of the file", "another shape, compiled by an installed slotweave"],
)
def test_an_exported_kernel_computes_what_the_workload_defines(
    tmp_path: Path, height: int, batch: int, rounds: int
) -> None:
    program = compiled({"height": 3, "batch": 8, "rounds": 5}, "full")
    folder = checkout(tmp_path, challenge_source(program))
    parameters = {"height": height, "batch": batch, "rounds": rounds}
    kernel = kernels()["tree-hash"]
    memory = kernel.memory(parameters, "full", np.random.default_rng(1))
    cycles, after = run_beside_problem(folder, height, batch, rounds, memory)
    assert cycles > 0
    assert after == kernel.reference(memory, parameters, "full").tolist()


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_text_of_a_program_file_becomes_code(name: str, plan: str) -> None:
    program = replace(PROGRAM, names={0: (name, 1)}, meta={**META, "plan": plan})
    tree = ast.parse(challenge_source(program))
    plain = ast.parse(challenge_source(PROGRAM))
    assert [type(node) for node in tree.body] == [type(node) for node in plain.body]
