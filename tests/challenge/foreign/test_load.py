"""Python files with the challenge's interface: what they may do, and how they fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.challenge.foreign.confined import Limits
from slotweave.challenge.foreign.load import load_challenge_file
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.program import Program
from support.processes import is_running

SHAPE = Shape(height=3, rounds=2, batch=8)
SECONDS = 20.0

BUILDER = """
from problem import DebugInfo

class KernelBuilder:
    def __init__(self):
        self.instrs = []

    def build_kernel(self, {parameters}):
        self.instrs.append({{"load": [("const", 0, {value})]}})

    def debug_info(self):
        return DebugInfo(scratch_map={{0: ("answer", 1)}})
"""
POSITIONAL = "forest_height, n_nodes, batch_size, rounds"
NUMBER = "forest_height * 1000000 + n_nodes * 10000 + batch_size * 100 + rounds"


def builder(parameters: str = POSITIONAL, value: str = NUMBER) -> str:
    return BUILDER.format(parameters=parameters, value=value)


def load(file: Path, seconds: float = SECONDS, megabytes: int = 512) -> Program:
    limits = Limits(seconds=seconds, memory_bytes=megabytes << 20)
    return load_challenge_file(str(file), SHAPE, limits)


def loaded(folder: Path, text: str) -> Program:
    file = folder / "perf_takehome.py"
    file.write_text(text)
    return load(file)


def assert_constant(program: Program, value: int) -> None:
    assert program.bundles == ({"load": (("const", 0, value),)},)


def assert_fails(folder: Path, text: str, code: str, *words: str, seconds: float = SECONDS,
                 line: int | None = None) -> None:  # fmt: skip
    file = folder / "perf_takehome.py"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file, seconds)
    found = caught.value.diagnostic
    assert found.code == code, found
    assert found.file == str(file)
    assert "\n" not in found.message
    assert found.line == line
    for word in words:
        assert word in found.message


def test_the_arguments_are_given_by_position(tmp_path: Path) -> None:
    program = loaded(
        tmp_path, builder("h, n, b, r, option=3", "h * 1000000 + n * 10000 + b * 100 + r")
    )
    assert_constant(program, 3_15_08_02)
    assert program.names == {0: ("answer", 1)}
    assert program.meta == {
        "kernel": "tree-hash",
        "params": {"height": 3, "rounds": 2, "batch": 8},
        "contract": "values",
    }


def test_the_arguments_are_given_by_name_where_only_names_are_taken(tmp_path: Path) -> None:
    assert_constant(loaded(tmp_path, builder(f"*, {POSITIONAL}")), 3_15_08_02)
    fewer = builder("*, rounds, forest_height, **rest", "rounds * 10 + rest['batch_size']")
    assert_constant(loaded(tmp_path, fewer), 28)


def test_a_build_kernel_that_takes_other_arguments_is_refused(tmp_path: Path) -> None:
    assert_fails(tmp_path, builder("depth", "1"), "SW221", "build_kernel(depth)", "batch_size")


def test_a_build_kernel_that_makes_no_bundle_is_refused(tmp_path: Path) -> None:
    text = builder().replace("self.instrs.append", "str")
    assert_fails(tmp_path, text, "SW221", "made no bundle", "self.instrs")


def test_modules_and_data_files_beside_it_are_found(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("def number():\n    return int(open('n.txt').read())\n")
    (tmp_path / "n.txt").write_text("42")
    assert_constant(
        loaded(tmp_path, f"import neighbour\n{builder(value='neighbour.number()')}"), 42
    )
    assert not (tmp_path / "__pycache__").exists()


def test_a_problem_beside_it_comes_before_the_stand_in(tmp_path: Path) -> None:
    (tmp_path / "problem.py").write_text(
        "from types import SimpleNamespace as DebugInfo\nMINE = 7\n"
    )
    text = builder(value="__import__('problem').MINE")
    assert_constant(loaded(tmp_path, text), 7)


def test_the_file_is_a_module_not_a_script(tmp_path: Path) -> None:
    text = builder() + "\nif __name__ == '__main__':\n    raise SystemExit('as a script')\n"
    assert_constant(loaded(tmp_path, text), 3_15_08_02)


def test_what_it_prints_does_not_reach_stdout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    loaded(tmp_path, "import os\nprint('loud')\nos.system('echo louder >&2')\n" + builder())
    assert capfd.readouterr() == ("", "")


def test_integers_of_other_types_are_integers(tmp_path: Path) -> None:
    text = "import enum\nclass E(enum.IntEnum):\n    A = 5\n" + builder(value="E.A")
    assert_constant(loaded(tmp_path, text), 5)


FAILURES = {
    "raises": ("x = 1\nraise ValueError('no\\nluck')", "SW221", "ValueError: no luck", 2),
    "raises what cannot be said": (
        "class E(Exception):\n    def __str__(self): raise OSError\nraise E", "SW221", "E", 3,
    ),
    "no Python": ("x = 1\ndef (", "SW221", "SyntaxError", 2),
    "exits": ("import sys\nsys.exit(3)", "SW221", "SystemExit: 3", 2),
    "exits at once": ("import os\nprint('bye')\nos._exit(0)", "SW221", "exit code 0", None),
    "crashes": ("import os\nos.abort()", "SW221", "SIGABRT", None),
    "a module is missing": ("import no_such_module_here", "SW221", "'no_such_module_here'", 1),
    "no KernelBuilder": ("x = 1", "SW221", "no KernelBuilder", None),
    "KernelBuilder is a number": (
        "KernelBuilder = 3", "SW221", "KernelBuilder is not a class, but of type int", None,
    ),
    "KernelBuilder wants arguments": (
        "class KernelBuilder:\n    def __init__(self, shape): pass", "SW221",
        "without arguments: missing a required argument: 'shape'", None,
    ),
    "no build_kernel": ("class KernelBuilder: pass", "SW221", "no function build_kernel", None),
    "no instrs": (
        "class KernelBuilder:\n    def build_kernel(self, *shape): pass", "SW221",
        "has no list `instrs`: its build_kernel must leave the program in self.instrs", None,
    ),
    "returns the program": (
        "class KernelBuilder:\n    def build_kernel(self, *shape): return [{}]", "SW221",
        "in self.instrs, and not only return it", None,
    ),
    "instrs is a number": (
        "class KernelBuilder:\n    instrs = 3\n    def build_kernel(self, *shape): pass", "SW221",
        "its `instrs` is not a list, but of type int", None,
    ),
    "eats memory": ("x = []\nwhile True: x.append(bytearray(1 << 20))", "SW222", "512 MiB", 2),
    "recurses": ("def f(): f()\nf()", "SW221", "RecursionError", 1),
    "an operand is no integer": (builder(value="2.5"), "SW204", "2.5", None),
    "an operand is an object": (builder(value="object()"), "SW204", "object", None),
    "a bundle is no mapping": (
        builder() + "\n    instrs = property(lambda s: [7], lambda s, v: 0)", "SW204", "7", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(FAILURES))
def test_a_file_that_fails_is_refused_with_the_reason(tmp_path: Path, kind: str) -> None:
    text, code, words, line = FAILURES[kind]
    assert_fails(tmp_path, text, code, words, line=line)


def test_a_file_that_eats_memory_bit_by_bit_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "greedy.py"
    file.write_text("x = []\nwhile True: x.append([x])")
    with pytest.raises(InputError, match=r"SW222 .*needs more than 128 MiB of memory"):
        load(file, megabytes=128)


def test_a_file_that_never_returns_is_stopped(tmp_path: Path) -> None:
    text = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass"
    assert_fails(tmp_path, text, "SW222", "within 0.5 seconds", seconds=0.5)


def test_a_file_that_prints_a_lot_builds_its_program(tmp_path: Path) -> None:
    text = "for _ in range(20_000):\n    print('more ' * 1000)\n" + builder(value="7")
    assert_constant(loaded(tmp_path, text), 7)  # 100 MB, of which nothing is kept


def test_a_file_that_prints_without_end_is_stopped(tmp_path: Path) -> None:
    text = "import os\nwhile True: print('more ' * 10 + str(os.getpid()))"
    assert_fails(tmp_path, text, "SW222", "within 0.7 seconds", "printed: 'more", seconds=0.7)


def test_a_program_without_end_is_stopped(tmp_path: Path) -> None:
    text = "import itertools\n" + builder().replace("instrs = []", "instrs = itertools.repeat({})")
    text = text.replace("self.instrs.append", "list")
    assert_fails(tmp_path, text, "SW222", seconds=1)


@pytest.mark.parametrize("options", ["", "start_new_session=True", "env={}",
                                     "env={}, start_new_session=True"])  # fmt: skip
@pytest.mark.parametrize("ends", [False, True])
def test_nothing_that_it_started_is_left(tmp_path: Path, options: str, ends: bool) -> None:
    text = f"""
import subprocess, time
process = subprocess.Popen(["/bin/sleep", "60"], {options})
open("pid.txt", "w").write(str(process.pid))
if not {ends}:
    time.sleep(60)
"""
    if ends:
        loaded(tmp_path, text + builder())
    else:
        assert_fails(tmp_path, text, "SW222", seconds=0.5)
    pid = int((tmp_path / "pid.txt").read_text())
    for _ in range(50):
        if not is_running(pid):
            return
        time.sleep(0.02)
    os.kill(pid, 9)
    pytest.fail("a process was left running")


@pytest.mark.parametrize("name", ["missing.py", "folder.py"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(InputError) as caught:
        load(tmp_path / name)
    assert caught.value.diagnostic.code == "SW203"


def test_limits_that_were_inherited_are_no_fault_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "perf_takehome.py"
    file.write_text(builder())
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "for what, most in ((resource.RLIMIT_AS, 3 << 30), (resource.RLIMIT_CPU, 50)):\n"
        "    resource.setrlimit(what, (most, most))\n"
        "from slotweave.challenge.foreign.load import load_challenge_file\n"
        "from slotweave.challenge.foreign.confined import Limits\n"
        "from slotweave.challenge.tree_hash.workload import Shape\n"
        f"print(load_challenge_file({str(file)!r}, Shape(3, 2, 8), Limits()).bundles)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          timeout=60)  # fmt: skip
    assert done.stderr == ""
    assert "3150802" in done.stdout


def test_a_module_that_only_another_python_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import only_elsewhere\n" + builder(value="only_elsewhere.NUMBER")
    assert_fails(
        tmp_path, text, "SW221", "'only_elsewhere'", sys.executable, "PYTHONPATH=FOLDER", line=1
    )
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "only_elsewhere.py").write_text("NUMBER = 7")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    assert_constant(loaded(tmp_path, text), 7)
