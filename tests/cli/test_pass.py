"""`compile --print-after` and `pass`: the value after a pass as text, and one pass on a text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from slotweave.driver.passes import PASSES
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.text.problem_text import problem_from_text
from slotweave.ir.text.program_files import program_from_json
from slotweave.ir.text.program_text import program_from_text
from slotweave.ir.text.schedule_text import schedule_from_text
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from support.command_line import assert_refused, slotweave

KERNELS = """
def straight(k, n=8):
    a = k.region("a", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    for i in range(0, n, 8):
        out.vstore(i, a.vload(i) * 4 + 1)


def loops(k):
    a = k.region("a", 0, 4, output=True)
    total = k.variable(a[0])
    with k.loop(3):
        total.value = total.value + a[1]
    a.store(2, total.value)
"""


@pytest.fixture
def kernels(tmp_path: Path) -> Path:
    file = tmp_path / "kernels.py"
    file.write_text(KERNELS)
    return file


def after(name: str, kernel: str, *options: object) -> str:
    answer = slotweave("compile", kernel, "--print-after", name, *options)
    assert answer.code == 0, answer.err
    return answer.out


def test_texts_of_single_passes_lead_from_the_kernel_to_a_schedule(
    kernels: Path, tmp_path: Path
) -> None:
    kernel = f"{kernels}:straight"
    graph, problem = tmp_path / "graph.txt", tmp_path / "problem.txt"
    graph.write_text(after("trace", kernel))
    rewritten = slotweave("pass", "rewrite", graph).out
    assert rewritten == after("rewrite", kernel) != graph.read_text()
    assert "multiply_add" in rewritten
    graph.write_text(rewritten)
    assert slotweave("pass", "lower", graph, "-o", problem).code == 0
    assert problem.read_text() == after("lower", kernel)
    schedule = slotweave("pass", "schedule", problem).out
    assert schedule_from_text(schedule).makespan == 5
    assert after("schedule", kernel).startswith(schedule)
    bounds, compiled = slotweave("pass", "bound", problem).out, after("bound", kernel)
    chain = re.compile(r"through (.*) takes that long")
    (line,), (number,) = chain.findall(compiled), chain.findall(bounds)
    assert (line, number) == ("kernels.py:6", "operation 0"), "a problem knows no lines"
    assert bounds.replace(number, line) == compiled


def test_rewriting_changes_sums_as_compiling_does(tmp_path: Path) -> None:
    kernel = ("dot", "-p", "n=64", "--plan", "unrolled")
    file = tmp_path / "graph.txt"
    file.write_text(after("trace", *kernel))
    by_rules = rewrite(graph_from_text(file.read_text()), CHALLENGE).graph
    rewritten = slotweave("pass", "rewrite", file).out
    assert rewritten == after("rewrite", *kernel) != graph_to_text(by_rules)


def test_a_block_with_variables_is_rewritten(kernels: Path, tmp_path: Path) -> None:
    _none, *blocks = after("trace", f"{kernels}:loops").split("# block ")
    texts = [block.partition("\n")[2] for block in blocks]
    file = tmp_path / "graph.txt"
    file.write_text(next(text for text in texts if operations(text) >= {"variable", "assign"}))
    assert operations(slotweave("pass", "rewrite", file).out) >= {"variable", "assign"}


def operations(graph: str) -> set[str]:
    return {node.op for node in graph_from_text(graph).nodes}


def test_what_is_printed_parses_back(kernels: Path) -> None:
    kernel = f"{kernels}:straight"
    assert graph_from_text(after("share", kernel)).memory_words == 16
    assert problem_from_text(after("lower", kernel)).size == 9
    for name in ("emit", "link"):
        assert len(program_from_text(after(name, kernel)).bundles) == 5


@pytest.mark.parametrize("name", [each.name for each in PASSES])
def test_every_pass_can_be_looked_at(kernels: Path, name: str) -> None:
    text = after(name, f"{kernels}:loops")
    by_block = name not in {"pipeline", "promises", "link", "check", "verify"}
    assert (text.count("# block ") > 1) == by_block
    assert text.strip()


def test_json_and_programs_on_stdout_stay_whole(kernels: Path) -> None:
    kernel = f"{kernels}:straight"
    answer = slotweave("compile", kernel, "--json", "--print-after", "rewrite")
    assert json.loads(answer.out)["cycles"] == 5
    assert 'graph "' in answer.err
    answer = slotweave("compile", kernel, "-o", "-", "--print-after", "rewrite")
    assert len(program_from_json(answer.out).bundles) == 5
    assert 'graph "' in answer.err


def test_an_unknown_pass_is_refused_before_anything_is_compiled(kernels: Path) -> None:
    answer = slotweave("compile", f"{kernels}:straight", "--print-after", "magic")
    assert_refused(answer, "SW212")
    assert "known: trace, rewrite, share" in answer.err
    answer = slotweave("pass", "emit", kernels)
    assert_refused(answer, "SW212")
    assert "schedule (of a problem)" in answer.err
    answer = slotweave("pass", "nope", kernels.parent / "missing.txt")
    assert_refused(answer, "SW212", "no pass 'nope'")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rewrite", "problem operations=1 storages=0\n"),
        ("schedule", 'graph "g" vector_length=8 memory_words=0\n'),
        ("rewrite", 'graph "g" vector_length=8 memory_words=0\n%0 : 1 = neg %7\n'),
        ("lower", 'graph "g" vector_length=3 memory_words=0\n%0 : 1 = const imm=1\n'),
    ],
)
def test_a_text_that_is_something_else_is_refused(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "value.txt"
    file.write_text(text)
    answer = slotweave("pass", name, file)
    assert_refused(answer, "SW213", "value.txt")
