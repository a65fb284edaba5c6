"""Scalar programs of small kernels: one slot a bundle, everything kept in memory between steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from slotweave.backend.emit import emit
from slotweave.backend.fit import fit
from slotweave.backend.lower import lower
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.frontend.trace import trace_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE


def scalar_program(build: Callable[..., Any], **parameters: int) -> tuple[Program, Facts]:
    """What `build` writes, in order, a slot a bundle; and its regions as facts."""
    graph = trace_function(build, build.__name__, CHALLENGE.vector_length, **parameters)
    lowered = lower(graph, CHALLENGE)
    options = ScheduleOptions(method="in-order")
    fitted = fit(lowered.graph, lowered.problem, options, CHALLENGE.scratch_words)
    program = emit(lowered.graph, CHALLENGE, lowered.problem, lowered.layout, *fitted)
    zeros = [region for region in graph.regions if region.name == "state"]
    words = {word: 0 for region in zeros for word in range(region.start, region.stop)}
    return program, Facts(graph.memory_words, words, graph.regions, {})


def checksums(k: Tracer, items: int = 32, length: int = 4) -> None:
    """A table-driven CRC of `length` words for each item; the state starts at 0."""
    table = k.region("table", 0, 256, read_only=True)
    data = k.region("data", 256, items * length, read_only=True)
    state = k.region("state", data.start + data.length, items, output=True)
    for step in range(length):
        for item in range(items):
            crc = k.load(state.start + item, state)
            word = k.load(data.start + step * items + item, data)
            crc = k.load((crc ^ word) & 255, table) ^ (crc >> 8)
            k.store(state.start + item, crc, state)


def searches(k: Tracer, items: int = 32, depth: int = 6) -> None:
    """Binary search for a key of each item in a sorted table; the state is the place so far."""
    table = k.region("table", 0, 1 << depth, read_only=True)
    keys = k.region("keys", 1 << depth, items, read_only=True)
    state = k.region("state", keys.start + items, items, output=True)
    for step in reversed(range(depth)):
        for item in range(items):
            place = k.load(state.start + item, state)
            key = k.load(keys.start + item, keys)
            further = place + (1 << step)
            probe = k.load(further, table)
            k.store(state.start + item, k.select(probe < key, further, place), state)


def changed_in_place(k: Tracer, items: int = 32, rounds: int = 6) -> None:
    """An array whose words are changed one by one, loads and stores in turn."""
    words = k.region("words", 0, items, output=True)
    for item in range(items):
        word = k.load(words.start + item, words)
        for step in range(rounds):
            word = (word ^ (word >> step + 1)) + 7
        k.store(words.start + item, word, words)


def records(k: Tracer, items: int = 32, rounds: int = 6) -> None:
    """Records of two fields, each of which is made anew in a way of its own."""
    words = k.region("words", 0, 2 * items, output=True)
    for item in range(items):
        first = words.start + 2 * item
        one, two = k.load(first, words), k.load(first + 1, words)
        for _ in range(rounds):
            one = (one ^ two) * 9 + (one >> 8)
            two = (two << 3) ^ one
        k.store(first, one, words)
        k.store(first + 1, two, words)


@cache
def scalar_tree_hash(height: int, rounds: int, batch: int) -> tuple[Program, Facts]:
    """The scalar tree hash as it is compiled, and its judged contract as facts."""
    kernel = kernels()["tree-hash"]
    shape = {"height": height, "rounds": rounds, "batch": batch}
    plan = kernel.plan("scalar", shape, "values")
    result = compile_job(Job(kernel, shape, "values", plan, CHALLENGE, instances=1))
    return result.program, kernel.facts(shape, "values")
