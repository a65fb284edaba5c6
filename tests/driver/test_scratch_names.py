"""The names of scratch words hold in every cycle: what they say is what runs put there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slotweave.backend.fit import Effort
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event, Space
from support.tree_hash import compiled


def triples(k: Tracer) -> None:
    x = k.region("x", 0, 8, read_only=True)
    y = k.region("y", 8, 8, output=True)
    at = k.variable(0)
    with k.loop(8):
        y.store(at.value, 3 * x[at.value])
        at.value = at.value + 1


def made() -> Compiled:
    kernel = kernel_of_function(triples, "k.py:triples")
    plan = kernel.plan("default", {}, "graph")
    plan = replace(plan, schedule=replace(plan.schedule, pipeline=False))
    return compile_job(Job(kernel, {}, "graph", plan, CHALLENGE, instances=1))


def events_of(result: Compiled) -> list[Event]:
    job = result.job

    def memory(rng: np.random.Generator) -> np.ndarray:
        return job.kernel.memory(job.parameters, job.contract, rng)

    events: list[Event] = []
    run(result.program, job.machine, instance_memory(memory, 0, 0), on_event=events.append)
    return events


@pytest.mark.parametrize(
    "result",
    [
        made,
        lambda: compiled((3, 4, 32), instances=1),
        lambda: compiled((4, 9, 64), plan="hybrid-unroll", instances=1, effort=Effort.FAST),
    ],
)
def test_a_word_that_is_named_for_a_constant_holds_nothing_else(result) -> None:
    found: Compiled = result()
    constant = {
        word: int(name[1:])
        for first, (name, words) in found.program.names.items()
        for word in range(first, first + words)
        if name.startswith("=")
    }
    assert constant, "some constant has words of its own"
    written = [
        (constant[word], held)
        for event in events_of(found)
        for access in event.writes
        for word, held in enumerate(access.words, access.address)
        if access.space is Space.SCRATCH and word in constant
    ]
    assert written
    for wanted, held in written:
        assert held == wanted


def test_variables_are_named_in_the_order_in_which_the_kernel_makes_them() -> None:
    found = made()
    names = found.program.names
    assert names[0] == ("variable_0", 1), "what the kernel made first"
    assert names[1] == ("variable_1", 1), "what counts down the loop"
    (stores,) = {
        slot[1] for bundle in found.program.bundles for slot in bundle.get("flow", ())
    }  # fmt: skip
    assert stores == 1, "the jump reads the count"


def test_words_of_one_value_after_the_other_have_no_name() -> None:
    found = compiled((3, 4, 32), instances=1)
    named = {
        word
        for first, (_name, words) in found.program.names.items()
        for word in range(first, first + words)
    }
    values: dict[int, set[int]] = {}
    for event in events_of(found):
        for access in event.writes:
            for word, held in enumerate(access.words, access.address):
                if access.space is Space.SCRATCH:
                    values.setdefault(word, set()).add(held)
    assert all(len(values.get(word, ())) <= 1 for word in named)
    assert any(len(held) > 1 for held in values.values())
