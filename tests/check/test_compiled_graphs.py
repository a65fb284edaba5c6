"""Random graphs compiled for random machines pass every check; broken programs are seen through."""

from __future__ import annotations

import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from slotweave.backend.emit import emit
from slotweave.backend.fit import fit
from slotweave.backend.lower import lower
from slotweave.base.diagnostics import CheckFailed, NoSchedule
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.check.symbolic.equivalence import program_equals_graph
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.ir.verify.schedule_verify import layout_faults
from slotweave.machine import Machine
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from strategies.kernels import arithmetic_kernels, memory_kernels
from strategies.machines import machines
from support.examples import examples

FACTS = Facts()
GRAPHS = memory_kernels() | arithmetic_kernels()
MACHINES = machines(max_latency=3).filter(lambda machine: machine.vector_length == 4)


def compiled(graph: Graph, machine: Machine) -> tuple[Graph, Program]:
    """`graph` as it was lowered, and its program; every check on the way must pass."""
    lowered = lower(graph, machine)
    problem = lowered.problem
    assert not [*problem_faults(problem), *layout_faults(lowered.layout, problem.storage_words)]
    try:
        schedule, allocation = fit(lowered.graph, problem, ScheduleOptions(), 64)
    except NoSchedule:
        assume(False)
    assert not list(schedule_violations(schedule, problem))
    assert not list(allocation_violations(allocation, schedule, problem))
    program = emit(lowered.graph, machine, problem, lowered.layout, schedule, allocation)
    return lowered.graph, program


def with_room(machine: Machine) -> Machine:
    return Machine(machine.name, 4, 64, machine.engines, machine.modes)


@given(GRAPHS, MACHINES)
@examples(60)
def test_what_was_compiled_is_proved_equal(graph, machine):
    machine = with_room(machine)
    _lowered, program = compiled(graph, machine)
    found = program_equals_graph(program, machine, graph, FACTS)
    assert found.answer is True, found


def broken(program: Program, rng: random.Random) -> Program:
    """`program` with one slot changed, dropped or moved."""
    bundles = [{engine: list(slots) for engine, slots in b.items()} for b in program.bundles]
    places = [(i, e, k) for i, b in enumerate(bundles) for e, s in b.items() for k in range(len(s))]
    index, engine, at = rng.choice(places)
    slots = bundles[index][engine]
    match rng.choice(("swap", "drop", "move", "change")):
        case "swap":
            mnemonic, *operands = slots[at]
            rng.shuffle(operands)
            slots[at] = (mnemonic, *operands)
        case "drop":
            del slots[at]
        case "move":
            slot = slots.pop(at)
            bundles[rng.randrange(len(bundles))].setdefault(engine, []).append(slot)
        case _:
            slots[at] = changed(slots[at], rng)
    return Program(program.machine, tuple(frozen(bundle) for bundle in bundles))


def changed(slot: Slot, rng: random.Random) -> Slot:
    position = rng.randrange(1, len(slot))
    operands = list(slot)
    operands[position] = max(0, operands[position] + rng.choice((-4, -1, 1, 4)))
    return tuple(operands)


def frozen(bundle: dict[str, list[Slot]]) -> Bundle:
    return {engine: tuple(slots) for engine, slots in bundle.items()}


def end_of(program: Program, machine: Machine, memory: list[int]) -> list[int] | None:
    """Memory at the end, None if the machine refuses the run."""
    try:
        return run(program, machine, memory, strict=False).memory.tolist()
    except CheckFailed:
        return None


@given(GRAPHS, MACHINES, st.integers(0, 2**32 - 1))
@examples(100)
def test_a_verdict_on_a_broken_program_is_what_runs_show(graph, machine, seed):
    machine = with_room(machine)
    _lowered, right = compiled(graph, machine)
    program = broken(right, random.Random(seed))
    found = program_equals_graph(program, machine, graph, FACTS)
    if found.answer is True:
        for instance in range(4):
            memory = random_memory(FACTS, graph.memory_words, 100 + instance)
            end = end_of(program, machine, memory)
            assert end is None or end == run_graph(graph, memory)
    elif found.answer is False and found.evidence is None:
        # No word differs: the program leaves memory, whatever it holds, and the machine refuses it.
        memory = random_memory(FACTS, graph.memory_words, 100)
        assert end_of(program, machine, memory) is None
    elif found.answer is False:
        assert found.evidence.seed is not None
        memory = random_memory(FACTS, graph.memory_words, found.evidence.seed)
        assert end_of(program, machine, memory) != run_graph(graph, memory)


def test_most_broken_programs_are_refuted():
    """Of the programs above, so that the claim about them is not an empty one."""
    machine = MACHINES.map(with_room)
    verdicts = []

    @given(memory_kernels(), machine, st.integers(0, 2**32 - 1))
    @settings(max_examples=240)
    def collect(graph, machine, seed):
        _lowered, right = compiled(graph, machine)
        program = broken(right, random.Random(seed))
        verdicts.append(program_equals_graph(program, machine, graph, FACTS).answer)

    collect()
    assert verdicts.count(False) >= len(verdicts) // 4
