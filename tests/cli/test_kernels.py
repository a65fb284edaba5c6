"""`slotweave kernels`: names, parameters, contracts, plans, and memory to run on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import assert_refused, slotweave

OWN_KERNEL = '''
def add_one(k, n=16):
    """Adds one to each word."""
    raise RuntimeError("out of luck")
'''


def test_the_kernels_are_listed() -> None:
    assert slotweave("kernels", "list").out.startswith("tree-hash ")
    assert "tree-hash" in slotweave("kernels", "list", "--json").json["kernels"]


def test_a_kernel_says_what_may_be_chosen() -> None:
    text = slotweave("kernels", "show", "tree-hash").out
    assert "(1 to 14, default 10)" in text
    assert "values, judged, full, any-start" in text
    assert "default, scalar" in text


def test_the_json_form_says_the_same() -> None:
    answer = slotweave("kernels", "show", "tree-hash", "--json").json
    assert answer["parameters"]["rounds"]["default"] == 16
    assert answer["contracts"] == ["values", "judged", "full", "any-start"]


def test_a_kernel_of_a_file_is_shown_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN_KERNEL)
    text = slotweave("kernels", "show", f"{file}:add_one").out
    assert "Adds one to each word." in text
    assert "default 16" in text


def test_memory_is_made_for_the_shape_and_repeats_with_its_seed() -> None:
    arguments = ("kernels", "memory", "tree-hash", "-p", "height=2", "-p", "batch=3")
    first = json.loads(slotweave(*arguments).out)
    assert len(first) == 7 + 7 + 3 + 3
    assert first[:7] == [16, 7, 3, 2, 7, 14, 17]
    assert json.loads(slotweave(*arguments, "--seed", 0).out) == first
    assert json.loads(slotweave(*arguments, "--seed", 1).out) != first


def test_memory_written_to_a_file_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    answer = slotweave("kernels", "memory", "tree-hash", "-p", "height=2", "-o", file)
    assert (answer.out, answer.err) == ("", f"wrote {file}\n")
    assert len(json.loads(file.read_text())) == 7 + 7 + 256 + 256
    quiet = slotweave("kernels", "memory", "tree-hash", "-p", "height=2", "-o", file, "-q")
    assert (quiet.out, quiet.err) == ("", "")


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("height", "-p NAME=VALUE: 'height' gives no value"),
        ("=3", "-p NAME=VALUE: '=3' gives no name"),
        ("height=", "height must be a whole number, not ''"),
        ("height=ten", "-p NAME=VALUE: height must be a whole number, not 'ten'"),
        ("height=1e3", "height must be a whole number"),
        ("height=" + "9" * 5000, "height must be a whole number"),
        ("height=15", "height must be from 1 to 14, not 15"),
        ("rounds=0", "rounds must be from 1 to 64, not 0"),
        ("batch=-1", "batch must be from 1 to 1048576, not -1"),
        ("hieght=3", "'hieght' (did you mean 'height'?)"),
        ("items=3", "known: height, rounds, batch"),
    ],
)
@pytest.mark.parametrize("command", [("kernels", "memory"), ("compile",)])
def test_a_bad_parameter_is_refused(command: tuple[str], parameter: str, message: str) -> None:
    assert_refused(slotweave(*command, "tree-hash", "-p", parameter), "SW202", message)


@pytest.mark.parametrize("command", [("kernels", "show"), ("compile",)])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tree-hsh", "no kernel 'tree-hsh' (did you mean 'tree-hash'?)"),
        ("zzz", "no kernel 'zzz' (`slotweave kernels list` shows"),
        ("mine.py", "which function of mine.py? Name it as mine.py:function"),
    ],
)
def test_an_unknown_kernel_is_refused(command: tuple[str], name: str, message: str) -> None:
    assert_refused(slotweave(*command, name), "SW201", message)


@pytest.mark.parametrize("command", [("kernels", "show"), ("compile",)])
def test_a_kernel_file_that_is_missing_or_lacks_the_function_is_refused(
    tmp_path: Path, command: tuple[str]
) -> None:
    file = tmp_path / "mine.py"
    assert_refused(slotweave(*command, f"{file}:add_one"), "SW203", str(file))
    file.write_text(OWN_KERNEL)
    assert_refused(slotweave(*command, f"{file}:add_two"), "SW201", "'add_two'")
    file.write_text("def broken(:\n")
    assert_refused(slotweave(*command, f"{file}:broken"), "SW206", f"{file}:1: SyntaxError")


@pytest.mark.parametrize("command", [("kernels", "memory"), ("compile",)])
def test_a_parameter_given_twice_is_refused(command: tuple[str]) -> None:
    answer = slotweave(*command, "tree-hash", "-p", "batch=8", "-p", "batch=16")
    assert_refused(answer, "SW202", "-p NAME=VALUE", "batch is given twice, as '8' and '16'")


def test_an_unknown_contract_is_refused() -> None:
    answer = slotweave("kernels", "memory", "tree-hash", "--contract", "ful")
    assert_refused(answer, "SW212", "'ful' (did you mean 'full'?)")
