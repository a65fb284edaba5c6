"""Kernels of the user's own, from a file, on both machines that come with Slotweave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import load_kernel_file
from slotweave.machine import BUILTIN, Machine
from slotweave.simulate.reference import run
from support.command_line import slotweave

KERNELS = '''
"""Kernels as a user writes them."""

FACTOR = 0x9E3779B1


def scale(k, n=48, offset=5):
    """out[i] = in[i] * FACTOR + offset, vector by vector."""
    source = k.region("in", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    for i in range(0, n, k.vector_length):
        with k.item(i // k.vector_length):
            out.vstore(i, source.vload(i) * FACTOR + offset)


def dot(k, n=16):
    """The sum of products of two lists, in one word."""
    left = k.region("left", 0, n, read_only=True)
    right = k.region("right", n, n, read_only=True)
    out = k.region("out", 2 * n, 1, output=True)
    sums = 0
    for i in range(0, n, k.vector_length):
        sums = left.vload(i) * right.vload(i) + sums
    total = 0
    for lane in range(k.vector_length):
        total = sums.lane(lane) + total
    out.store(0, total)


def lookup(k, n=16):
    """out[i] = table[index[i] & 15], or 0 where the index is odd."""
    table = k.region("table", 0, 16, read_only=True)
    index = k.region("index", 16, n, read_only=True)
    out = k.region("out", 16 + n, n, output=True)
    for i in range(0, n, k.vector_length):
        place = index.vload(i)
        out.vstore(i, k.select(place & 1, 0, table.gather(place & 15)))


def prefix_sums(k, n=9):
    """Each word becomes the sum of itself and all before it, where it lies."""
    words = k.region("words", 0, n, output=True)
    total = words[0]
    for i in range(1, n):
        total = total + words[i]
        words.store(i, total)
'''


def expected(name: str, memory: list[int]) -> list[int]:
    """What the kernels above must leave in all of memory, in plain Python."""
    after = list(memory)
    match name:
        case "scale":
            after[48:96] = [word * 0x9E3779B1 + 5 for word in memory[:48]]
        case "dot":
            after[32] = sum(a * b for a, b in zip(memory[:16], memory[16:32], strict=True))
        case "lookup":
            after[32:48] = [0 if at & 1 else memory[at & 15] for at in memory[16:32]]
        case "prefix_sums":
            after = [sum(memory[: i + 1]) for i in range(9)]
    return [word % 2**32 for word in after]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "kernels.py"
    path.write_text(KERNELS)
    return path


def compile_own(file: Path, name: str, machine: Machine, **parameters: int) -> Compiled:
    kernel = load_kernel_file(f"{file}:{name}", machine.vector_length)
    values = {key: parameter.default for key, parameter in kernel.parameters.items()} | parameters
    contract = kernel.contracts[0]
    plan = kernel.plan("default", values, contract)
    return compile_job(Job(kernel, values, contract, plan, machine))


@pytest.mark.parametrize("machine", BUILTIN.values(), ids=BUILTIN)
@pytest.mark.parametrize("name", ["scale", "dot", "lookup", "prefix_sums"])
def test_a_kernel_from_a_file_does_what_it_says(file: Path, name: str, machine: Machine) -> None:
    result = compile_own(file, name, machine)
    assert result.equivalence.answer is True
    rng = np.random.default_rng(0)
    for _ in range(5):
        memory = rng.integers(0, 2**32, result.block.traced.memory_words, dtype=np.uint32).tolist()
        assert run(result.program, machine, memory).memory.tolist() == expected(name, memory)


@pytest.mark.parametrize("machine", BUILTIN.values(), ids=BUILTIN)
def test_parameters_change_the_program(file: Path, machine: Machine) -> None:
    small, large = (compile_own(file, "scale", machine, n=n) for n in (16, 160))
    assert large.block.traced.memory_words == 320
    assert small.cycles < large.cycles


@pytest.mark.parametrize("machine", BUILTIN)
def test_the_command_compiles_runs_and_verifies_it(
    file: Path, machine: str, tmp_path: Path
) -> None:
    kernel, program, memory = f"{file}:lookup", tmp_path / "lookup.json", tmp_path / "memory.json"
    answer = slotweave("compile", kernel, "--machine", machine, "-o", program, "--json")
    result: dict[str, Any] = answer.json
    assert (answer.code, result["kernel"], result["machine"]) == (0, kernel, machine)
    assert result["params"] == {"n": 16}
    assert {"instances": 20, "mismatches": 0}.items() <= result["verified"].items()
    words = list(range(100, 148))
    memory.write_text(json.dumps(words))
    answer = slotweave("run", program, "--mem", memory, "--json")
    assert answer.code == 0
    assert answer.json["mem"] == expected("lookup", words)
    assert slotweave("verify", program, "--against", kernel).code == 0
