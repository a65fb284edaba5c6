"""What a kernel does wrong is said at its line, with the cure; what it prints is no data."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from support.command_line import slotweave


def refused(function) -> str:
    with pytest.raises(InputError) as caught:
        trace_blocks(function, "k", 8)
    return str(caught.value)


def test_a_loop_of_fewer_rounds_than_none_is_said_where_it_stands():
    def kernel(k: Tracer) -> None:
        with k.loop(-1):
            pass

    line = kernel.__code__.co_firstlineno + 1
    said = refused(kernel)
    assert said == f"SW211 {__file__}:{line}: a loop cannot run -1 times"


def test_nodes_of_a_loop_bear_the_line_of_the_kernel():
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 4, output=True)
        with k.loop(2):
            a.store(0, a[1])

    places = {node.where for block in trace_blocks(kernel, "k", 8).blocks
              for node in block.graph.nodes}  # fmt: skip
    assert {place.split(":")[0] for place in places} == {Path(__file__).name}


def test_a_word_where_a_vector_is_wanted_names_the_cure():
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 16, output=True)
        a.vstore(0, a[1])

    assert "a vector is needed here, not a word; k.broadcast makes" in refused(kernel)


def test_a_vector_where_a_word_is_wanted_names_the_cure():
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 16, output=True)
        a.store(0, a.vload(8))

    assert "a word is needed here, not a vector; v.lane(i)" in refused(kernel)


@pytest.mark.parametrize("number", [2**32, 2**40 + 1, -(2**31) - 1])
def test_a_number_beyond_32_bits_is_warned_of_at_its_line(number):
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 4, output=True)
        a.store(0, a[1] + number)

    with pytest.warns(UserWarning, match=f"the number {number} has more than 32 bits") as caught:
        trace_blocks(kernel, "k", 8)
    assert (caught[0].filename, caught[0].lineno) == (__file__, kernel.__code__.co_firstlineno + 2)


@pytest.mark.parametrize("number", [2**32 - 1, -(2**31), -1, 0])
def test_numbers_of_32_bits_are_taken_as_they_are(number):
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 4, output=True)
        a.store(0, a[1] + number)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace_blocks(kernel, "k", 8)


@pytest.fixture
def talkative(tmp_path: Path) -> str:
    file = tmp_path / "k.py"
    file.write_text(
        "print('a module that talks')\n"
        "def f(k):\n"
        "    print('a kernel that talks')\n"
        "    a = k.region('a', 0, 4, output=True)\n"
        "    a.store(0, a[1] // a[2])\n"
        "def never(k):\n"
        "    a = k.region('a', 0, 4, output=True)\n"
        "    a.store(0, a[1] // (a[2] & 0))\n"
    )
    return str(file)


def test_what_a_kernel_prints_does_not_mix_with_data(talkative: str):
    answer = slotweave("compile", f"{talkative}:f", "--json")
    assert json.loads(answer.out)["cycles"] > 0
    assert "a module that talks" in answer.err
    assert "a kernel that talks" in answer.err


def test_a_division_by_zero_names_line_and_cure(talkative: str):
    answer = slotweave("compile", f"{talkative}:never")
    assert answer.code == 1
    told = "k.py:8: div by zero: make sure that the divisor is never 0, as by k.select(d, d, 1)"
    assert told in answer.err
