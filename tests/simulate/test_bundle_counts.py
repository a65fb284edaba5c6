"""How often a run goes through each bundle, counted by the compiled simulator."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from slotweave.simulate.compiled import bundle_counts, encode
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from strategies.loops import MEMORY_WORDS, WORDS, Loop, loops, write_loop
from support.examples import examples


@examples(20)
@given(loop=loops)
def test_bundles_are_counted_as_the_reference_runs_them(loop: Loop) -> None:
    def built(k: Tracer) -> None:
        write_loop(k, loop)

    kernel = kernel_of_function(built, "random", CHALLENGE.vector_length)
    job = Job(kernel, {}, CONTRACT, Plan("default", kernel="random"), CHALLENGE, instances=1)
    program = compile_job(job).program
    memory = [3] * MEMORY_WORDS
    memory[2 * WORDS] = loop.trips
    bundle_in: dict[int, int] = {}

    def note(event: Event) -> None:
        bundle_in[event.cycle] = event.bundle

    run(program, CHALLENGE, memory, on_event=note)
    end, visits = bundle_counts(encode(program, CHALLENGE), memory)
    counted = Counter(bundle_in.values())
    filled = [at for at, bundle in enumerate(program.bundles) if any(bundle.values())]
    assert {at: int(visits[at]) for at in filled if visits[at]} == counted
    assert int(visits.sum()) == end.cycles
