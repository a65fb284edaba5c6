"""README.md is true: its figures are what its commands print, and its commands run as shown.

`pytest --long --update-golden` writes the figures again.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from slotweave.cli.main import command_line
from support.command_line import slotweave

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGE = README.read_text(encoding="utf-8")

#: A row of the table of cycles: command, cycles, lower bound.
ROW = re.compile(r"^\| `slotweave (?P<command>[^`]+)` \| [\d,]+ \| [\d,]+ \|$", re.MULTILINE)

#: A row of the table of commands: task, command, example.
EXAMPLE = re.compile(
    r"^\| (?:\*\*[^*|]+\*\* )?\| `(?P<command>[\w-]+)`: [^|]+ "
    r"\| `slotweave (?P<example>[^`]+)` \|$",
    re.MULTILINE,
)
EXAMPLES = {row["command"]: shlex.split(row["example"]) for row in EXAMPLE.finditer(PAGE)}

#: A command line in an indented block, without what follows `>`.
SHOWN = re.compile(r"^    slotweave (?P<command>[^>\n]+)", re.MULTILINE)
KERNEL = re.compile(r"^    def triple.*?\n(?=\n\S)", re.DOTALL | re.MULTILINE)

#: Examples that need minutes or a file that is not on the page; other tests run these commands.
RUN_ELSEWHERE = {"bench", "tune", "solve"}


def row_as_printed(row: re.Match[str]) -> str:
    """The row with the figures that its command prints."""
    answer = slotweave(*shlex.split(row["command"]), "--instances", 1, "--json")
    assert answer.code == 0, answer.err
    result = answer.json
    figures = f"{result['cycles']:,} | {result['bound']['cycles']:,}"
    return f"| `slotweave {row['command']}` | {figures} |"


@pytest.mark.long
def test_the_table_of_cycles_is_what_the_commands_print(request: pytest.FixtureRequest) -> None:
    page = README.read_text(encoding="utf-8")
    as_printed, rows = ROW.subn(row_as_printed, page)
    assert rows == 5
    if request.config.getoption("--update-golden"):
        README.write_text(as_printed, encoding="utf-8")
    assert as_printed == README.read_text(encoding="utf-8")


def test_the_figures_at_the_top_stand_in_tables_that_are_measured() -> None:
    top, _, _ = PAGE.partition("## Quick start")
    ladder = (ROOT / "docs" / "ladder.md").read_text(encoding="utf-8")
    cells = set(re.findall(r"(?<=\| )[\d,]+(?= \|)", PAGE + ladder))
    figures = re.findall(r"\b\d[\d,]*\d\b", top)
    assert len(figures) >= 5
    assert [figure for figure in figures if figure not in cells] == []


def test_the_table_has_every_command_once() -> None:
    assert len(EXAMPLES) == len(EXAMPLE.findall(PAGE))
    commands = get_command(command_line())
    assert isinstance(commands, TyperGroup)
    assert set(EXAMPLES) == set(commands.list_commands(typer.Context(commands)))
    for command, words in EXAMPLES.items():
        assert words[0] == command


@pytest.mark.parametrize("line", [" ".join(words) for words in EXAMPLES.values()])
def test_each_example_is_accepted(line: str) -> None:
    assert_accepted(shlex.split(line))


def test_each_command_shown_elsewhere_is_accepted() -> None:
    lines = [row["command"] for row in SHOWN.finditer(PAGE)]
    assert len(lines) >= 4
    for line in lines:
        assert_accepted(shlex.split(line))


def assert_accepted(words: list[str]) -> None:
    """Such a command exists, with these arguments and options; it is not run."""
    command = get_command(command_line())
    while isinstance(command, TyperGroup):
        found = command.get_command(typer.Context(command), words[0])
        assert found is not None
        command, words = found, words[1:]
    command.make_context(command.name, words)


def test_an_option_that_does_not_exist_is_not_accepted() -> None:
    with pytest.raises(Exception, match="No such option: --colour"):
        assert_accepted(["kernels", "show", "tree-hash", "--colour"])


def test_the_kernel_on_the_page_compiles_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_the_kernel()
    for line in SHOWN.findall(PAGE)[:3]:
        answer = slotweave(*shlex.split(line))
        assert answer.code == 0, answer.err


@pytest.mark.long
def test_the_examples_run_one_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_the_kernel()
    traced = slotweave("compile", "triple.py:triple", "--print-after", "trace")
    Path("graph.txt").write_text(traced.out, encoding="utf-8")
    shutil.copy(ROOT / "examples" / "hexagon" / "kernels.s", tmp_path)
    shown = [shlex.split(line) for line in SHOWN.findall(PAGE)]
    examples = [words for command, words in EXAMPLES.items() if command not in RUN_ELSEWHERE]
    for words in shown + examples:
        answer = slotweave(*words)
        assert answer.code == 0, (words, answer.err)


def write_the_kernel() -> None:
    (kernel,) = KERNEL.findall(PAGE)
    text = "\n".join(line.removeprefix("    ") for line in kernel.splitlines())
    Path("triple.py").write_text(f"{text}\n", encoding="utf-8")
