"""What is fuzzed: compiling and simulating, reading texts, and all that `deep_targets` runs."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from hypothesis import strategies as st

from fuzz.advice import advice_is_true, advised
from fuzz.campaign import Target
from fuzz.compiling import Job, compiles_right
from fuzz.deep_targets import DEEP_TARGETS
from fuzz.mutation import mutated
from fuzz.refusal import refusable
from fuzz.texts import forms, keeps_its_promise
from slotweave.base.diagnostics import CheckFailed
from slotweave.driver import job as compiling
from slotweave.driver.compile import compile_job
from slotweave.frontend.load import kernel_of_function
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from strategies.graphs import graphs
from strategies.kernels import arithmetic_kernels, memory_kernels
from strategies.machines import machines
from strategies.odd_machines import odd_machines
from strategies.rewritables import LANES, rewritable_graphs, write_rewritable
from strategies.wild_programs import MEMORY_WORDS, wild_programs

seeds = st.integers(0, 2**32 - 1)
options = st.builds(
    ScheduleOptions,
    method=st.sampled_from(["list", "list", "in-order"]),
    stagger=st.sampled_from([0.0, 3.0, 1e6]),
    seed=seeds,
    noise=st.sampled_from([0.0, 5.0]),
)


@st.composite
def graph_jobs(draw: st.DrawFn) -> Job:
    """Graphs that no frontend wrote."""
    lanes = draw(st.integers(2, 7))
    machine = draw(odd_machines(lanes))
    return Job(draw(graphs(lanes)), machine, draw(options), draw(st.booleans()), draw(seeds))


@st.composite
def traced_jobs(draw: st.DrawFn) -> Job:
    """Graphs of kernels that were written through the tracer."""
    match draw(st.integers(0, 2)):
        case 0:
            lanes = draw(st.integers(3, 7))
            graph = draw(arithmetic_kernels(lanes))
        case 1:
            lanes = draw(st.integers(1, 7))
            graph = draw(memory_kernels(lanes))
        case _:
            lanes, graph = LANES, draw(rewritable_graphs(max_steps=15))
    machine = draw(odd_machines(lanes))
    return Job(graph, machine, draw(options), draw(st.booleans()), draw(seeds))


kernels = st.tuples(odd_machines(LANES), options, seeds, st.integers(1, 12), st.integers(0, 4))


def kernel_compiles_right(drawn: Any) -> None:
    """A kernel as a user writes it goes the whole way, its reference being its graph."""
    machine, schedule, seed, steps, items = drawn

    def build(k: Any) -> None:
        write_rewritable(k, seed, steps, items)

    kernel = kernel_of_function(build, "random", machine.vector_length)
    plan = Plan("default", kernel.name, seed % 2 == 0, schedule)
    with refusable():
        compile_job(
            compiling.Job(kernel, {}, kernel.contracts[0], plan, machine, instances=2, seed=seed)
        )


def simulators_agree(drawn: Any) -> None:
    """Both simulators end alike or find the same fault, on programs good and bad."""
    machine, program, strict, pause = drawn
    memory = list(range(3, 3 + MEMORY_WORDS))
    ends: list[object] = []
    for simulate in (
        lambda **kind: run(program, machine, memory, **kind),
        lambda **kind: run_compiled(encode(program, machine), memory, **kind),
    ):
        try:
            ends.append(simulate(strict=strict, runs=2, enable_pause=pause, max_cycles=120))
        except CheckFailed as error:
            ends.append(error.diagnostic)
    assert ends[0] == ends[1]


@st.composite
def programs(draw: st.DrawFn) -> tuple[Machine, Program, bool, bool]:
    machine = draw(st.sampled_from([CHALLENGE, MINIMAL]) | machines(max_latency=6))
    program = draw(wild_programs(machine, draw(st.sampled_from([0.0, 0.01]))))
    return machine, program, draw(st.booleans()), draw(st.booleans())


def text_is_survived(name: str, seed: object) -> None:
    """The mutant of `seed` of an example of the form `name` is read or refused."""
    assert isinstance(seed, int)
    form, random = forms()[name], Random(seed)
    text = mutated(random.choice(form.examples()), random)
    try:
        keeps_its_promise(form, text)
    except Exception as error:
        error.add_note(f"{name} {seed}: {text[:2000]!a}")
        raise


def _text_target(name: str, examples: int) -> Target:
    return Target(f"text-{name}", examples, seeds, partial(text_is_survived, name))


TARGETS = DEEP_TARGETS | {
    target.name: target
    for target in (
        Target("graphs", 40, graph_jobs(), compiles_right),
        Target("traced", 40, traced_jobs(), compiles_right),
        Target("kernels", 20, kernels, kernel_compiles_right),
        Target("programs", 150, programs(), simulators_agree),
        Target("advice", 6, advised, advice_is_true),
        _text_target("program", 40),
        _text_target("machine", 100),
        _text_target("plan", 100),
        _text_target("facts", 300),
        _text_target("graph", 60),
        _text_target("problem", 60),
        _text_target("schedule", 150),
        _text_target("allocation", 150),
        _text_target("layout", 200),
    )
}
