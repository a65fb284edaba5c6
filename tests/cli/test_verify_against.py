"""`slotweave verify --against` another program: faults name theirs, shapes must agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import assert_refused, slotweave

SHAPE = {"height": 2, "rounds": 2, "batch": 8}
LOAD_PAST_THE_END = [{"load": [["const", 0, 9999]]}, {"load": [["load", 1, 0]]}]
ENDLESS = [{"flow": [["jump", 0]]}]
NOTHING = [{"load": [["const", 0, 1]]}]
#: 1 // values[0], used for nothing.
DIVIDES = [
    {"load": [["const", 0, 22], ["const", 1, 1]]}, {"load": [["load", 2, 0]]},
    {"alu": [["//", 3, 1, 2]]},
]  # fmt: skip
STORES = [{"load": [["const", 0, 22]]}, {"store": [["store", 0, 0]]}]
BUILDER = """
class KernelBuilder:
    def build_kernel(self, height, nodes, batch, rounds):
        assert (height, batch, rounds) == (2, 8, 2), (height, batch, rounds)
        self.instrs = [{"load": [("const", 0, 1)]}]
"""


def saved(folder: Path, name: str, program: list[Any], **shape: int) -> Path:
    meta = {"kernel": "tree-hash", "params": {**SHAPE, **shape}, "contract": "values"}
    file = folder / name
    file.write_text(json.dumps({"program": program, "meta": meta}))
    return file


@pytest.mark.parametrize(("wrong", "code"), [(LOAD_PAST_THE_END, "SW106"), (ENDLESS, "SW114")])
def test_a_fault_names_the_program_that_has_it(tmp_path: Path, wrong: list[Any], code: str) -> None:
    sound, faulty = saved(tmp_path, "a.json", NOTHING), saved(tmp_path, "b.json", wrong)
    limit = ("--max-cycles", 100)
    second = slotweave("verify", sound, "--against", faulty, *limit)
    assert_refused(second, code, f"{faulty}, bundle ", exit_code=1)
    first = slotweave("verify", faulty, "--against", sound, *limit)
    assert_refused(first, code, f"{faulty}, bundle ", exit_code=1)


@pytest.mark.parametrize("swapped", [False, True])
def test_an_input_on_which_one_of_two_fails_is_a_difference(tmp_path: Path, swapped: bool) -> None:
    """It divides by values[0], which no random input has as 0; the kernel allows that it is."""
    sound, faulty = saved(tmp_path, "a.json", NOTHING), saved(tmp_path, "b.json", DIVIDES)
    pair = (faulty, sound) if swapped else (sound, faulty)
    answer = slotweave("verify", pair[0], "--against", pair[1])
    where = f"{faulty}, bundle 2, alu[0]: // by zero; the other program ends on this input"
    assert_refused(answer, "SW108", where, "(directed input ", "of seed 0)", exit_code=1)
    both = slotweave("verify", faulty, "--against", faulty)
    assert both.code == 0, both.err


def test_a_difference_names_the_stores_that_wrote_it(tmp_path: Path) -> None:
    silent, stores = saved(tmp_path, "a.json", NOTHING), saved(tmp_path, "b.json", STORES)
    answer = slotweave("verify", silent, "--against", stores)
    said = (
        f"in {silent} (nothing writes it), 22 in {stores} (written by 1:store:0 `store 0 0`)"
        "; it is the only such word (seed 0, instance 0)"
    )
    assert_refused(answer, "SW403", "values[0] (address 22) differs: ", said, exit_code=1)


def test_what_is_traced_is_compared(tmp_path: Path) -> None:
    silent = saved(tmp_path, "a.json", NOTHING)
    traced = saved(tmp_path, "b.json", [*NOTHING, {"flow": [["trace_write", 0]]}])
    assert slotweave("verify", traced, "--against", traced).code == 0
    answer = slotweave("verify", silent, "--against", traced)
    what = "0 words are written to the trace buffer instead of 1"
    assert_refused(answer, "SW403", what, exit_code=1)


def test_programs_for_two_shapes_are_not_compared(tmp_path: Path) -> None:
    first, second = saved(tmp_path, "a.json", NOTHING), saved(tmp_path, "b.json", NOTHING, height=3)
    answer = slotweave("verify", first, "--against", second)
    for_what = "is for tree-hash with height 2, rounds 2, batch 8, and"
    assert_refused(answer, "SW212", f"{first} {for_what} {second} for tree-hash with height 3")
    agreed = slotweave("verify", first, "--against", second, "-p", "height=2")
    assert agreed.code == 0


def test_a_python_file_builds_for_the_shape_of_the_first_program(tmp_path: Path) -> None:
    first, second = saved(tmp_path, "a.json", NOTHING), tmp_path / "b.py"
    second.write_text(BUILDER)
    answer = slotweave("verify", first, "--against", second)
    assert answer.code == 0, answer.err
    assert answer.err == f"{second}: built for the shape 2,2,8, that of {first}\n"
    other = slotweave("verify", first, "--against", second, "--shape", "3,2,8")
    assert_refused(other, "SW221", "(3, 8, 2)")


def test_the_cure_for_programs_of_different_kernels_are_facts(tmp_path: Path) -> None:
    one, other = saved(tmp_path, "a.json", STORES), tmp_path / "b.json"
    meta = {"kernel": "saxpy", "params": {"n": 8}, "contract": "graph"}
    other.write_text(json.dumps({"program": STORES, "meta": meta}))
    pair = ("verify", one, "--against", other)
    refused = slotweave(*pair)
    assert_refused(refused, "SW212", "--facts NAME|FILE.json says on which memories both are")
    assert "-p " not in refused.err
    named = slotweave(*pair, "--facts", "challenge")
    assert_refused(named, "SW212", "--facts FILE.json says on which memories both are")
    facts = tmp_path / "facts.json"
    facts.write_text('{"memory_words": 64}')
    assert slotweave(*pair, "--facts", facts).code == 0
    larger = saved(tmp_path, "c.json", STORES, height=3)
    assert_refused(slotweave("verify", one, "--against", larger), "SW212", "-p NAME=VALUE says")


def test_other_parameters_than_the_program_names_are_told(tmp_path: Path) -> None:
    program = tmp_path / "p.json"
    slotweave("compile", "saxpy", "-p", "n=16", "-o", program, "-q")
    assert "n=16" not in slotweave("verify", program, "-p", "n=16").err
    other = slotweave("verify", program, "-p", "n=8")
    assert f"{program} says n=16; it is compared with n=8" in other.err
