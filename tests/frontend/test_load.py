"""Kernels of the user's own, from a file."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from slotweave.base.diagnostics import InputError
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.load import load_kernel_file
from slotweave.frontend.trace import trace_flow
from slotweave.machine import CHALLENGE

SUMS = '''
from __future__ import annotations

from dataclasses import dataclass

import tables


@dataclass
class Sum:
    total: object


def sums(k, n=8, step=1):
    """Add up n words.

    In steps.
    """
    source = k.region("in", 0, n, read_only=True)
    out = k.region("out", n, 1, output=True)
    sum = Sum(0)
    for i in range(0, n, step):
        sum.total = source[i] + sum.total
    out.store(0, sum.total + tables.EXTRA)


def squares(k, n=3):
    """Some squares that memory is known to hold."""
    table = k.region("table", 0, 8, read_only=True, words=[i * i for i in range(n)])
    k.region("out", 8, 8, output=True).vstore(0, table.vload(0))


LIMIT = 3
def no_default(k, n): ...
def text_default(k, n="8"): ...
def no_tracer(): ...
def any_number(k, *numbers): ...
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "tables.py").write_text("EXTRA = 100\n")
    return tmp_path


@pytest.fixture
def kernel(folder: Path) -> Kernel:
    return load_kernel_file(f"{folder / 'sums.py'}:sums")


def test_integer_defaults_are_parameters(kernel: Kernel) -> None:
    defaults = {name: parameter.default for name, parameter in kernel.parameters.items()}
    assert defaults == {"n": 8, "step": 1}
    assert kernel.text == "Add up n words."


def test_the_reference_is_what_the_graph_does(kernel: Kernel) -> None:
    values = {"n": 6, "step": 2}
    memory = kernel.memory(values, "graph", np.random.default_rng(3))
    after = kernel.reference(memory, values, "graph")
    assert len(memory) == 7
    assert memory.dtype == after.dtype == np.uint32
    assert after[:6].tolist() == memory[:6].tolist()
    assert int(after[6]) == (int(memory[:6:2].sum()) + 100) % 2**32


def test_the_facts_are_the_regions(kernel: Kernel) -> None:
    facts = kernel.facts({"n": 8, "step": 1}, "graph")
    assert facts.memory_words == 9
    assert [(region.name, region.output) for region in facts.regions] == [
        ("in", False), ("out", True),
    ]  # fmt: skip


def test_words_that_a_region_is_known_to_hold_are_facts_and_in_every_memory(folder: Path) -> None:
    kernel = load_kernel_file(f"{folder / 'sums.py'}:squares")
    assert kernel.facts({"n": 3}, "graph").words == {0: 0, 1: 1, 2: 4}
    memories = [kernel.memory({"n": 3}, "graph", np.random.default_rng(seed)) for seed in (1, 2)]
    assert [memory[:3].tolist() for memory in memories] == [[0, 1, 4], [0, 1, 4]]
    assert memories[0][3:].tolist() != memories[1][3:].tolist()


def test_loading_leaves_no_trace_in_the_interpreter(folder: Path) -> None:
    path, modules = list(sys.path), {name for name in sys.modules if "kernel" in name}
    load_kernel_file(f"{folder / 'sums.py'}:sums")
    assert sys.path == path
    assert {name for name in sys.modules if "kernel" in name} == modules


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("sums.py:product", "SW201", "no function 'product'"),
        ("sums.py:sum", "SW201", "did you mean 'sums'"),
        ("sums.py:LIMIT", "SW201", "no function 'LIMIT'"),
        ("sums.py:", "SW201", "file.py:function"),
        ("missing.py:sums", "SW203", "no such file"),
        ("folder.py:sums", "SW203", "Is a directory"),
        ("sums.txt:sums", "SW203", "suffix .py"),
        ("sums.py:no_default", "SW202", "n needs an integer default"),
        ("sums.py:text_default", "SW202", "n needs an integer default"),
        ("sums.py:no_tracer", "SW202", "first parameter must be the tracer"),
        ("sums.py:any_number", "SW202", "numbers needs an integer default"),
    ],
)
def test_what_is_no_kernel_is_refused(folder: Path, name: str, code: str, reason: str) -> None:
    (folder / "folder.py").mkdir()
    (folder / "sums.txt").write_text("")
    with pytest.raises(InputError) as caught:
        load_kernel_file(str(folder / name))
    assert caught.value.diagnostic.code == code
    assert reason in caught.value.diagnostic.message


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\n\ndef f(k:\n", 3, "SyntaxError"),
        ("import nowhere_to_be_found\n", 1, "ModuleNotFoundError"),
        ("x = 1\n\nraise SystemExit(2)\n", 3, "SystemExit: 2"),
        ("x = '\0'\n", None, "null bytes"),
    ],
)
def test_a_file_that_does_not_run_is_refused_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int | None, reason: str
) -> None:
    file = tmp_path / "broken.py"
    file.write_text(text)
    monkeypatch.chdir(tmp_path)
    for name in (file, file.name):
        with pytest.raises(InputError) as caught:
            load_kernel_file(f"{name}:f")
        found = caught.value.diagnostic
        assert (found.code, found.line) == ("SW206", line)
        assert reason in found.message
        assert found.file in (str(name), str(file))


UNRUNNABLE = """
def generator(k):
    k.region("a", 0, 8, output=True).store(0, 7)
    yield


async def asynchronous(k):
    k.region("a", 0, 8, output=True).store(0, 7)


def unjudged(k):
    k.region("a", 0, 8).store(0, 7)


def huge(k):
    k.region("a", 0, 2**31, output=True).store(0, 7)


def traced(k):
    k.trace_write(k.region("a", 0, 8)[3])
"""


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("generator", 2, "a kernel is a plain function"),
        ("asynchronous", 7, "a kernel is a plain function"),
        ("unjudged", 11, "no region is output, so there is nothing to judge a program by"),
        ("huge", 15, "memory has 2,147,483,648 words"),
    ],
)
def test_a_kernel_that_cannot_be_run_and_judged_is_refused(
    tmp_path: Path, name: str, line: int, reason: str
) -> None:
    file = tmp_path / "unrunnable.py"
    file.write_text(UNRUNNABLE)
    kernel = load_kernel_file(f"{file}:{name}")
    with pytest.raises(InputError) as caught:
        kernel.memory({}, "graph", np.random.default_rng(0))
    found = caught.value.diagnostic
    assert (found.code, found.file, found.line) == ("SW211", str(file), line)
    assert found.message.startswith(reason)


def test_a_kernel_without_output_is_judged_by_what_it_traces(tmp_path: Path) -> None:
    file = tmp_path / "traced.py"
    file.write_text(UNRUNNABLE)
    kernel = load_kernel_file(f"{file}:traced")
    assert kernel.trace is not None
    assert kernel.trace(np.arange(8, dtype=np.uint32), {}, "graph") == (3,)


#: A kernel file with a neighbour, and in which file and line each of its kernels goes wrong.
_NEIGHBOUR = """\
def misuse(word):
    return word / 2
def fail():
    raise RuntimeError("no luck")
"""
_KERNELS = """\
import its_neighbour
def own(k):
    k.region("a", 0, 1, output=True)[0] / 2
def misused(k):
    its_neighbour.misuse(k.region("a", 0, 1, output=True)[0])
def failed(k):
    its_neighbour.fail()
def unjudged(k):
    k.region("a", 0, 1)
"""
_PLACES = {"own": "k.py:3", "misused": "its_neighbour.py:2", "failed": "its_neighbour.py:4",
           "unjudged": "k.py:8"}  # fmt: skip


@pytest.mark.parametrize("name", _PLACES)
@pytest.mark.parametrize("absolute", [False, True])
def test_errors_name_files_as_the_user_typed_them(name, absolute, tmp_path, monkeypatch):
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "k.py").write_text(_KERNELS)
    (folder / "its_neighbour.py").write_text(_NEIGHBOUR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "its_neighbour", raising=False)
    typed = folder if absolute else Path("kernels")
    kernel = load_kernel_file(f"{typed / 'k.py'}:{name}")
    plan = kernel.plan("default", {}, "graph")
    with pytest.raises(InputError) as refused:
        trace_flow(kernel, {}, "graph", plan, CHALLENGE)
    assert refused.value.diagnostic.place().startswith(str(typed / _PLACES[name]))


def test_a_mistake_of_syntax_names_the_file_as_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("k.py").write_text("def f(:\n")
    with pytest.raises(InputError, match=r"^SW206 k\.py:1: SyntaxError"):
        load_kernel_file("k.py:f")
