"""Cycles, bound and engines of a program whose run depends on data are those of one run."""

from __future__ import annotations

from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event


def uneven(k: Tracer) -> None:
    """The side that is rarely taken is the longer one."""
    a = k.region("a", 0, 8, output=True)

    def work() -> None:
        word = a[1]
        for _ in range(9):
            word = word * word + 3
        a.store(1, word)

    k.branch((a[0] & 7) == 0, work, lambda: a.store(1, 5))


def test_cycles_bound_and_engines_are_those_of_the_longest_run() -> None:
    kernel = kernel_of_function(uneven, "uneven", CHALLENGE.vector_length)
    plan = kernel.plan("default", {}, kernel.contracts[0])
    result = compile_job(
        Job(kernel, {}, kernel.contracts[0], plan, CHALLENGE, instances=20, seed=4)
    )
    events: dict[int, int] = {}
    lengths = []
    for instance in range(20):
        memory = instance_memory(
            lambda rng: kernel.memory({}, kernel.contracts[0], rng), 4, instance
        )
        seen: list[Event] = []
        lengths.append(run(result.program, CHALLENGE, memory, on_event=seen.append).cycles)
        events[lengths[-1]] = sum(event.engine == "alu" for event in seen)
    assert lengths[0] < max(lengths), "the first input takes the short side"
    summary = compiled_summary(result).to_json()
    assert summary["cycles"] == max(lengths)
    alu = summary["engines"]["alu"]
    assert (alu["used"], alu["slots"]) == (events[max(lengths)], 12 * max(lengths))
    assert summary["bound"]["cycles"] <= summary["cycles"]
