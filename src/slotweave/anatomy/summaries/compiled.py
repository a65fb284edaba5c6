"""What is said of a compiled program: cycles, engines, bounds, idle slots by cause, checks.

Cycles, engines, jumps, idle slots and bound of a program that jumps are those of one run: on the
random input, of those that it was verified on, that takes longest. Its `blocks` have bounds, idle
slots and the number of times that this run enters them; the bound named `blocks` is what the blocks
cannot do without, each as often as it was entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.analysis.utilisation import EngineUse, utilisation
from slotweave.anatomy.executed import Executed, executed, path_of_run, slots_bound
from slotweave.anatomy.json_rows import bound_json, engine_rows
from slotweave.base.wording import EVERY_RUN, KEPT_IN_BLOCKS, KEPT_ORDER, longest_of, plural
from slotweave.bounds import Bound, best_bound
from slotweave.check.runs.execution import instance_memory
from slotweave.check.symbolic.flow_by_blocks import ByBlocks
from slotweave.driver.compiled import Compiled, CompiledBlock
from slotweave.ir.loop_problem import LoopReport, LoopSchedule
from slotweave.ir.text.loop_json import loop_json
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.run import Words

if TYPE_CHECKING:  # what follows a program is loaded where the causes of idle slots are asked for
    from slotweave.anatomy.causes.idle_causes import IdleSlots
    from slotweave.anatomy.unrolled import Unrolled

#: engine -> cause (see `idle_causes`) -> slots
Idle = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class BlockSummary:
    """A block of a program that jumps, which begins at bundle `start`.

    The run enters it `entered` times; `idle` has its idle slots in the first of them, `ladder` its
    bounds by itself.
    """

    start: int
    bundles: int
    entered: int
    ladder: tuple[Bound, ...]
    idle: Idle

    def to_json(self) -> dict[str, Any]:
        return {
            "bundle": self.start,
            "bundles": self.bundles,
            "entered": self.entered,
            "bound": bound_json(best_bound(self.ladder)),
            "ladder": [bound_json(bound) for bound in self.ladder],
            "idle": _plain(self.idle),
        }


@dataclass(frozen=True)
class RunOfBlocks:
    """What only a program that jumps has: the jumps that its run takes by name, its blocks, and
    what pipelining its loops came to."""

    jumps: Mapping[str, int]
    blocks: tuple[BlockSummary, ...]
    loops: tuple[LoopReport, ...]


@dataclass(frozen=True)
class CompiledSummary:
    """`result` in figures. `idle` is None if it was not asked for, and of a run too long to look at
    (see MOST_SHOWN).

    `run` is None of a program without jumps, which runs its bundles as they stand.
    """

    result: Compiled
    cycles: int
    ladder: tuple[Bound, ...]
    engines: Mapping[str, EngineUse]
    idle: Idle | None
    run: RunOfBlocks | None = None

    @property
    def bound(self) -> Bound:
        """The highest of the ladder; of equals the first."""
        return best_bound(self.ladder)

    @property
    def cycles_of(self) -> str:
        """Of which runs `cycles` are: a program of which the symbolic run decides each jump takes
        as long on every input; one that is proved block by block need not."""
        proof = self.result.equivalence
        if self.run is None or (proof.proved and not isinstance(proof, ByBlocks)):
            return EVERY_RUN
        return longest_of(max(1, self.result.verified.instances))

    @property
    def bound_of(self) -> str:
        """Of what the bound is."""
        if self.run is None:
            return "for the operations of this plan"
        run = "one" if self.cycles_of == EVERY_RUN else "that"
        of = "blocks" if self.bound.name == "blocks" else "slots, each on its engine"
        return f"for {run} run of these {of}"

    @property
    def order_of(self) -> str:
        """In which order the bound has it, to be said after `bound_of`; slots are in any."""
        if self.run is None:
            return f", {KEPT_ORDER}"
        return f", {KEPT_IN_BLOCKS}" if self.bound.name == "blocks" else ""

    @property
    def defined(self) -> bool:
        """Whether the kernel has a definition to prove it by."""
        return self.result.job.kernel.definition is not None

    @property
    def why(self) -> str:
        """Why the verdicts are as they are; of the definition only if the kernel has one."""
        proof, definition = self.result.equivalence.why, self.result.definition.why
        return f"program: {proof}; definition: {definition}" if self.defined else proof

    def to_json(self) -> dict[str, Any]:
        """What `compile --json` prints."""
        result, job, run = self.result, self.result.job, self.run
        proof, definition = result.equivalence, result.definition
        rules: Counter[str] = Counter()
        for block in result.blocks:
            rules.update(block.rewritten.counts())
        of_run: dict[str, Any] = {}
        if run is not None:
            of_run["jumps"] = dict(run.jumps)
            of_run["blocks"] = [block.to_json() for block in run.blocks]
            of_run["loops"] = [loop_json(report) for report in run.loops]
        return {
            "kernel": job.kernel.name,
            "params": dict(job.parameters),
            "contract": job.contract,
            "machine": job.machine.name,
            "plan": job.plan.name,
            "seed": job.seed,
            "evaluations": result.evaluations,
            "cycles": self.cycles,
            "cycles_of": self.cycles_of,
            "bundles": len(result.program.bundles),
            "bound": bound_json(self.bound),
            "ladder": [bound_json(bound) for bound in self.ladder],
            "engines": engine_rows(self.engines),
            **({} if self.idle is None else {"idle": _plain(self.idle)}),
            **of_run,
            "scratch": {"peak": result.scratch_peak, "size": job.machine.scratch_words},
            "proved": {
                "program": proof.answer,
                "definition": definition.answer,
                "defined": self.defined,
                "why": self.why,
                "facts": job.contract,
            },
            "promises": [promise.to_json() for promise in result.promises],
            "verified": result.verified.to_json(),
            "rules": dict(rules),
            "seconds": dict(result.seconds),
        }


def compiled_summary(result: Compiled, *, causes: bool = True) -> CompiledSummary:
    """`result` in figures; idle slots are those that `inspect` finds under the same facts.

    Their `causes` take as long as a third of compiling: the program is followed for them.
    """
    return _of_a_run(result, causes) if result.jumps else _of_the_schedule(result, causes)


def _of_the_schedule(result: Compiled, causes: bool) -> CompiledSummary:
    """What is the same for every run of a program without jumps."""
    program, machine = result.program, result.job.machine
    idle = _counted(_idle_slots(_straight(result), result)) if causes else None
    used = utilisation(program, machine)
    return CompiledSummary(result, result.cycles, result.block.bounds, used, idle)


def _of_a_run(result: Compiled, causes: bool) -> CompiledSummary:
    """What the longest run on random inputs of a program that jumps does."""
    machine = result.job.machine
    memory = _longest(result)
    ran = executed(result.program, machine, memory)
    entered = [_entered(block, ran) for block in result.blocks]
    run = _unrolled(result, memory, ran) if causes else None
    idle = None if run is None else _idle_slots(run, result)
    first = [{} if run is None or idle is None else _counted(idle, *_first_time(block, run.path))
             for block in result.blocks]  # fmt: skip
    blocks = tuple([
        BlockSummary(block.start, block.stop - block.start, times, block.bounds, waits)
        for block, times, waits in zip(result.blocks, entered, first, strict=True)
    ])  # fmt: skip
    jumps = {name: count for (_engine, name), count in ran.slots.items() if "jump" in name}
    return CompiledSummary(
        result, ran.cycles, (slots_bound(ran, machine), _blocks_bound(result, entered, ran)),
        ran.engines, None if idle is None else _counted(idle),
        RunOfBlocks(jumps, blocks, result.loops),
    )  # fmt: skip


def _straight(result: Compiled) -> Unrolled:
    """The run of a compiled program without jumps, under the facts of its contract."""
    from slotweave.anatomy.unrolled import unrolled

    job = result.job
    return unrolled(result.program, job.machine, job.facts, apart=True, checked=True)


def run_of(result: Compiled, path: Sequence[int]) -> Unrolled:
    """The run of a compiled program that takes `path`, under the facts of its contract."""
    from slotweave.anatomy.unrolled import unrolled

    job = result.job
    size = max(len(path), 1)
    return unrolled(
        result.program, job.machine, job.facts, size, apart=True, checked=True, path=path
    )


def _unrolled(result: Compiled, memory: Words, ran: Executed) -> Unrolled | None:
    """The same of what was run; None if that is too long to look at bundle by bundle."""
    from slotweave.anatomy.unrolled import MOST_SHOWN

    if sum(ran.bundles.values()) > MOST_SHOWN:
        return None
    return run_of(result, path_of_run(result.program, result.job.machine, memory))


def _counted(idle: Mapping[str, IdleSlots], first: int = 0, end: int | None = None) -> Idle:
    return {engine: slots.by_cause(first, end) for engine, slots in idle.items()}


def _idle_slots(run: Unrolled, result: Compiled) -> Mapping[str, IdleSlots]:
    from slotweave.anatomy.causes.idle_causes import idle_slots
    from slotweave.anatomy.causes.placements import run_placements

    machine = result.job.machine
    return idle_slots(run.program, machine, run_placements(run, machine))


def _entered(block: CompiledBlock, run: Executed) -> int:
    """How often the run goes through the block in its plain form; 0 if it takes no bundle."""
    return max((run.bundles.get(at, 0) for at in range(block.plain, block.stop)), default=0)


def _first_time(block: CompiledBlock, path: Sequence[int]) -> tuple[int, int]:
    """Where the run is in the block for the first time: from there, and up to before there."""
    inside = range(block.start, block.stop)
    first = next((at for at, bundle in enumerate(path) if bundle in inside), 0)
    end = first
    while end < len(path) and path[end] in inside and (end == first or path[end] > path[end - 1]):
        end += 1
    return first, end


def _blocks_bound(result: Compiled, entered: Sequence[int], run: Executed) -> Bound:
    """The fewest cycles of a run that enters each block so often, one after the other.

    Iterations of a pipelined loop overlap: they start no less than the least period apart.
    """
    least = [best_bound(block.bounds).cycles for block in result.blocks]
    cycles = sum(times * cycles for times, cycles in zip(entered, least, strict=True))
    runs = plural(sum(entered), "block")
    why = f"the sum of the bounds of the {runs} that a run goes through"
    overlapped = 0
    for report in result.loops:
        if report.schedule is not None:
            begun, iterations = _iterations(result.blocks[report.block], report.schedule, run)
            cycles += (iterations - begun) * max(value for _name, value, _why in report.bounds)
            overlapped += iterations * report.schedule.rounds
    if overlapped:
        why += f", and {plural(overlapped, 'iteration')} of pipelined loops at their least period"
    return Bound("blocks", cycles, why)


def _iterations(block: CompiledBlock, schedule: LoopSchedule, run: Executed) -> tuple[int, int]:
    """How often the run enters a pipelined loop, and its iterations but for those in plain form."""
    assert block.pipelined is not None
    first = block.start + (block.pipelined.control.short is not None)
    passes = run.bundles.get(first + block.pipelined.kernel[1] - 1, 0)
    begun = run.bundles.get(first, 0) if schedule.ahead else min(passes, 1)
    return begun, begun * schedule.ahead + passes * schedule.unroll


def _longest(result: Compiled) -> Words:
    """The memory on which the program takes longest, of those that it was verified on."""
    job, encoded = result.job, encode(result.program, result.job.machine)

    def random(instance: int) -> Words:
        return instance_memory(
            lambda rng: job.kernel.memory(job.parameters, job.contract, rng), job.seed, instance
        )

    instances = range(max(1, result.verified.instances))
    return random(max(instances, key=lambda one: run_compiled(encoded, random(one)).cycles))


def _plain(idle: Idle) -> dict[str, dict[str, int]]:
    return {engine: dict(causes) for engine, causes in idle.items()}
