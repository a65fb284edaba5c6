"""`slotweave run`: what a run prints and writes, and how it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import assert_refused, slotweave

ADD = [
    {"load": [["const", 0, 0], ["const", 1, 40]]},
    {"load": [["load", 2, 0]]},
    {"alu": [["+", 3, 1, 2]]},
    {"store": [["store", 0, 3]]},
]
TWO_WRITES = [{"load": [["const", 5, 1], ["const", 5, 2]]}, {"flow": [["trace_write", 5]]}]


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    file = tmp_path / "memory.json"
    file.write_text("[2, 7]")
    return file


def run(program: Any, *options: object) -> Any:
    return slotweave("run", "-", *options, stdin=json.dumps(program))


def test_a_run_says_how_long_it_took(memory: Path) -> None:
    answer = run(ADD, "--mem", memory)
    assert (answer.code, answer.out) == (
        0, "4 cycles, stopped at bundle 4\n1 word of memory changed:\n  0: 42\n"
    )  # fmt: skip


def test_the_json_form_holds_the_end_of_the_run(memory: Path) -> None:
    answer = run(ADD, "--mem", memory, "--json")
    assert answer.json == {
        "schema_version": 1,
        "cycles": 4,
        "state": "STOPPED",
        "pc": 4,
        "trace": [],
        "mem": [42, 7],
    }


def test_memory_at_the_end_is_written_where_it_is_wanted(memory: Path, tmp_path: Path) -> None:
    after = tmp_path / "after.json"
    assert run(ADD, "--mem", memory, "-o", after).code == 0
    assert json.loads(after.read_text()) == [42, 7]
    assert json.loads(run(ADD, "--mem", memory, "-o", "-").out) == [42, 7]


def test_two_results_do_not_fit_on_one_stdout() -> None:
    assert_refused(run(ADD, "--json", "-o", "-"), "SW212", "--json and -o -")


def test_strict_mode_refuses_what_compatible_mode_obeys() -> None:
    answer = run(TWO_WRITES)
    assert_refused(answer, "SW104", "stdin, bundle 0", "scratch 5", exit_code=1)
    assert "trace: 2\n" in run(TWO_WRITES, "--compatible").out


@pytest.mark.parametrize(
    ("program", "code", "place"),
    [
        ([{"alu": [["+", 0, 0, 0]] * 13}], "SW101", "bundle 0, alu"),
        ([{"gpu": []}], "SW102", "bundle 0, gpu"),
        ([{"alu": [["**", 0, 0, 0]]}], "SW103", "bundle 0, alu[0]"),
        ([{}, {"load": [["const", 1536, 0]]}], "SW105", "bundle 1, load[0]"),
        ([{"load": [["const", 0, 9]]}, {"load": [["load", 1, 0]]}], "SW106", "bundle 1, load[0]"),
        (
            [{"load": [["const", 0, 9]]}, {"store": [["store", 0, 0]]}],
            "SW107",
            "bundle 1, store[0]",
        ),
        ([{"load": [["const", 0, 0]]}, {"alu": [["%", 1, 0, 0]]}], "SW108", "bundle 1, alu[0]"),
        ([{"flow": [["trace_write", 3]]}], "SW109", "bundle 0, flow[0]"),
        ([{"alu": [["+", 0, 0]]}], "SW111", "bundle 0, alu[0]"),
    ],
)
def test_a_program_that_the_machine_refuses_ends_with_1(
    program: list[Any], code: str, place: str
) -> None:
    assert_refused(run(program), code, f"stdin, {place}: ", exit_code=1)


def test_an_endless_program_is_stopped() -> None:
    answer = run([{"flow": [["jump", 0]]}], "--max-cycles", 50)
    assert_refused(answer, "SW114", "50", exit_code=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2", "not JSON"),
        ('{"0": 1}', "memory is a list of words, not an object"),
        ("[1, -1]", "word 1 must be an integer from 0 to 2^32 - 1, not -1"),
        ("[4294967296]", "word 0 must be"),
        ("[1.0]", "not 1.0"),
        ("[true]", "not true"),
        ('["1"]', "word 0 must be"),
    ],
)
def test_a_bad_memory_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "memory.json"
    file.write_text(text)
    assert_refused(run(ADD, "--mem", file), "SW210", str(file), message)


def test_a_memory_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    file.write_bytes(b"[1,\n\xff]")
    assert_refused(run(ADD, "--mem", file), "SW210", f"{file}:2: is not UTF-8 text")


def test_a_load_without_memory_is_answered_with_the_command_that_makes_one(tmp_path: Path) -> None:
    load = [{"load": [["load", 0, 0]]}]
    answer = run(load, "--compatible")
    assert_refused(answer, "SW106", "--mem FILE", "`slotweave kernels memory KERNEL", exit_code=1)
    meta = {"kernel": "tree-hash", "params": {"height": 2, "batch": 8}, "contract": "full"}
    known = run({"program": load, "meta": meta}, "--compatible")
    assert "kernels memory tree-hash -p height=2 -p batch=8 --contract full -o FILE`" in known.err
    empty = tmp_path / "memory.json"
    empty.write_text("[]")
    assert "--mem" not in run(load, "--compatible", "--mem", empty).err


def test_a_fault_names_the_line_of_the_kernel(tmp_path: Path) -> None:
    kernel, program, memory = (tmp_path / name for name in ("k.py", "p.json", "m.json"))
    kernel.write_text("def f(k):\n    a = k.region('a', 0, 3, output=True)\n"
                      "    a.store(0, a[1] // a[2])\n")  # fmt: skip
    slotweave("compile", f"{kernel}:f", "-q", "-o", program)
    memory.write_text("[1, 2, 0]")
    refused = slotweave("run", program, "--mem", memory)
    assert_refused(refused, "SW108", "// by zero (k.py:3)", exit_code=1)
