"""Packages add kernels and machines by entry points; a broken one does not break the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import slotweave
from slotweave.base.diagnostics import InputError
from slotweave.extensions import broken, extensions, kernels, machines, registry
from support.command_line import slotweave as command_line

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "own_package"


def installed(folder: Path, name: str, module: str, entry_points: str) -> None:
    """A package on the path as an installer leaves it: its module, and metadata beside it."""
    (folder / f"{name}.py").write_text(module)
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(entry_points)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder on the path; what is registered is looked up again, and again afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for cached in (registry.kernels, registry.machines, registry.commands, registry._loaded):
        cached.cache_clear()


def test_what_comes_with_slotweave_is_registered_once() -> None:
    assert next(iter(kernels())) == "tree-hash"
    assert {"saxpy", "sha256"} < set(kernels())
    assert [extension.name for extension in extensions()] == ["challenge"]
    assert set(machines()) >= {"challenge", "minimal"}
    assert not broken()


def test_the_usual_values_of_the_shape_are_the_kernels() -> None:
    subject = extensions()[0].subject
    assert subject is not None
    kernel = kernels()[subject.kernel]
    usual = {name: kernel.parameters[name].default for name in subject.names}
    assert subject.usual == subject.text(usual)


def test_a_package_that_cannot_be_loaded_is_named_and_left_out(path: Path) -> None:
    points = "[slotweave.kernels]\nbad = bad:KERNELS\nworse = bad_too:X\n"
    installed(path, "bad", "KERNELS = [3]\n", points)
    assert "tree-hash" in kernels()
    first, second = broken()
    assert first.startswith("bad (bad): bad:KERNELS cannot be used: TypeError: a kernel or")
    assert "bad_too" in second


def test_one_name_for_two_kernels_is_refused_with_both_packages(path: Path) -> None:
    module = "from slotweave.kernels.library import SAXPY\n"
    installed(path, "copycat", module, "[slotweave.kernels]\nmine = copycat:SAXPY\n")
    with pytest.raises(InputError, match=r"SW225.*'saxpy': slotweave \(library\) and copycat"):
        kernels()


GREETS = """
from slotweave.cli.command import command

def add_to(app):
    @command(app, "greet")
    def greet(terminal, name: str = "you") -> None:
        '''Greet somebody.'''
        print(f"hello, {name}")
"""


def test_a_command_of_a_package_is_one_like_ours(path: Path) -> None:
    installed(path, "greets", GREETS, "[slotweave.commands]\ngreet = greets:add_to\n")
    assert command_line("greet", "--name", "all").out == "hello, all\n"
    assert "--color" in command_line("greet", "--help").out
    listed = command_line("--help").out
    assert "Greet somebody." in listed
    assert "ladder" in listed


def test_a_command_of_a_package_is_loaded_when_it_is_asked_for(path: Path) -> None:
    sys.modules.pop("greets", None)
    installed(path, "greets", GREETS, "[slotweave.commands]\ngreet = greets:add_to\n")
    assert command_line("machines", "list").code == 0
    assert "greets" not in sys.modules
    command_line("greet")
    assert "greets" in sys.modules


def test_a_command_that_cannot_be_loaded_says_so_and_leaves_the_rest(path: Path) -> None:
    points = "[slotweave.commands]\nsad = sad:missing\nrun = sad:missing\n"
    installed(path, "sad", "", points)
    answer = command_line("sad")
    assert (answer.code, answer.out) == (2, "")
    assert "SW212 the command sad cannot be loaded from sad:missing: AttributeError" in answer.err
    assert "Not available" in command_line("--help").out
    assert "Simulate" in command_line("run", "--help").out, "our own come first"


def test_one_name_for_two_commands_is_refused_with_both_packages(path: Path) -> None:
    installed(path, "greets", GREETS, "[slotweave.commands]\nladder = greets:add_to\n")
    answer = command_line("ladder")
    assert answer.code == 2
    assert "SW225 two packages bring a command called 'ladder': slotweave (ladder)" in answer.err


def test_machines_are_registered_as_text_too(path: Path) -> None:
    module = (
        "from slotweave.machine import MINIMAL, machine_to_toml\n"
        "from dataclasses import replace\n"
        "TEXT = machine_to_toml(replace(MINIMAL, name='tiny'))\n"
    )
    installed(path, "tiny", module, "[slotweave.machines]\ntiny = tiny:TEXT\n")
    assert machines()["tiny"].scratch_words == machines()["minimal"].scratch_words


def test_the_example_package_is_known_to_every_command(tmp_path: Path) -> None:
    metadata = tmp_path / "own_kernels-0.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: own-kernels\nVersion: 0.1\n")
    (metadata / "entry_points.txt").write_text(entry_points_of(EXAMPLE / "pyproject.toml"))
    source = Path(slotweave.__file__).parents[1]
    paths = os.pathsep.join(map(str, (source, EXAMPLE / "src", tmp_path)))

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "slotweave", *words], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        return done.stdout

    assert "halve" in command("kernels", "list")
    assert "wide-load" in command("machines", "list")
    answer = command("compile", "halve", "-p", "n=19", "--machine", "wide-load", "--json")
    assert '"mismatches": 0' in answer
    made = str(tmp_path / "halve.json")
    command("compile", "halve", "-p", "n=16", "-o", made, "-q")
    assert "store 2\n" in command("slots", made), "two vectors"
    assert "slots" in command("--help")


def entry_points_of(pyproject: Path) -> str:
    import tomllib

    groups = tomllib.loads(pyproject.read_text())["project"]["entry-points"]
    return "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in groups.items()
    )
