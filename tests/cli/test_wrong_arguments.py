"""A name or a file of another kind than is wanted: the answer says what it is and where it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import assert_refused, slotweave

PROGRAM = '{"program": [{"load": [["const", 0, 1]]}]}'
BUILDER = "class KernelBuilder:\n    def build_kernel(self, *shape): self.instrs = [{}]\n"
FILES = {
    "program.json": PROGRAM,
    "memory.json": "[1, 2, 3]",
    "facts.json": '{"memory_words": 8}',
    "plan.json": '{"name": "p", "kernel": "tree-hash", "choices": {}}',
    "result.json": json.dumps({"schema_version": 1, "cycles": 3, "engines": {}}),
    "slots.json": '[["load", ["const", 0, 1]]]',
    "empty.json": "[]",
    "challenge.py": BUILDER,
    "kernel.py": "def own(k): pass\n",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)


TAKING_PROGRAMS = [
    ("inspect",), ("run",), ("repack",), ("what-if",), ("diff", "program.json"), ("verify",),
    ("export", "--format", "text"),
]  # fmt: skip


@pytest.mark.parametrize("command", TAKING_PROGRAMS)
def test_a_kernel_is_no_program_and_said_to_be_one(command: tuple[str, ...]) -> None:
    hint = "it is a kernel; compile it first: `slotweave compile tree-hash -o FILE`"
    assert_refused(slotweave(*command, "tree-hash"), "SW203", "tree-hash: ", hint)


@pytest.mark.parametrize("command", TAKING_PROGRAMS)
def test_a_kernel_function_is_no_program(command: tuple[str, ...]) -> None:
    answer = slotweave(*command, "challenge.py:KernelBuilder")
    assert_refused(answer, "SW203", "`slotweave compile` takes", "named alone: challenge.py")


@pytest.mark.parametrize("command", TAKING_PROGRAMS)
def test_a_file_of_no_name_is_said_to_have_none(command: tuple[str, ...]) -> None:
    assert_refused(slotweave(*command, ""), "SW203", "'': cannot be read: the name is empty")


WRONG_FILES = [
    (("inspect", "memory.json"), "SW204", "looks like memory, not like a program"),
    (("inspect", "result.json"), "SW204", "looks like a result, not like a program"),
    (("inspect", "plan.json"), "SW204", "looks like a plan, not like a program"),
    (("inspect", "slots.json"), "SW204", "this one is a list of 2 elements"),
    (("run", "program.json", "--mem", "program.json"), "SW210", "a program, not like memory"),
    (("inspect", "program.json", "--facts", "program.json"), "SW215", "a program, not like facts"),
    (("compile", "tree-hash", "--plan", "program.json"), "SW209", "a program, not like a plan"),
    (("compile", "tree-hash", "--plan", "facts.json"), "SW209", "facts, not like a plan"),
    (("bound", "--check", "program.json"), "SW220", "a program, not like a certificate"),
    (("bound", "none.json"), "SW203", "none.json: no such file"),
    (("verify", "program.json", "--against", "none.json"), "SW203", "none.json: no such file"),
    (("compile", "program.json"), "SW201", "not a kernel, but a file"),
    (("compile", "program.json"), "SW201", "`slotweave repack` and `slotweave inspect`"),
    (("compile", "challenge.py"), "SW201", "which `slotweave repack challenge.py` takes"),
    (("compile", "treehash"), "SW201", "did you mean 'tree-hash'?"),
    (("explain", "program.json", "abc"), "SW212", "a place is CYCLE[:ENGINE[:SLOT]]"),
    (("explain", "program.json", "0:alu:0:0"), "SW212", "a place is CYCLE[:ENGINE[:SLOT]]"),
    (("explain", "empty.json", "0"), "SW212", "no place '0': the program is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG_FILES)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], code: str, words: str) -> None:
    answer = slotweave(*arguments)
    assert answer.code == 2
    assert answer.err.splitlines()[-1].startswith(code)
    assert words in answer.err


def test_a_kernel_file_is_not_taken_for_a_program() -> None:
    answer = slotweave("compile", "kernel.py")
    assert_refused(answer, "SW201", "Name it as kernel.py:function")
    assert "KernelBuilder" not in answer.err


@pytest.mark.parametrize("text", ["[]", '{"program": []}', "slotweave program 1\n"])
def test_an_empty_program_is_said_to_be_empty(text: str) -> None:
    verified = slotweave("verify", "-", "--against", "tree-hash", stdin=text)
    assert verified.err.startswith("stdin: the program is empty")
    answer = slotweave("inspect", "-", stdin=text)
    assert answer.err.startswith("stdin: the program is empty, it has no bundle\n")
    assert "its 0 slots" not in answer.out


@pytest.mark.parametrize(
    "command", [("compile", "saxpy"), ("tune", "saxpy", "-o", "p.json"), ("repack", "p.json")]
)
def test_a_seed_has_63_bits(command: tuple[str, ...]) -> None:
    refused = slotweave(*command, "--seed", 2**63)
    assert (refused.code, refused.out) == (2, "")
    assert str(2**63 - 1) in "".join(refused.err.split())
