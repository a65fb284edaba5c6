"""The JSON form of a result of `compile`: what scripts rely on, and what the table is made from.

Cycles, engines, jumps, idle slots and bound of a program that jumps are those of one run: on the
random input, of those that it was verified on, that takes longest. Its `blocks` have bounds, idle
slots and the number of times that this run enters them; the bound named `blocks` is what the blocks
cannot do without, each as often as it was entered.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from slotweave.analysis.idle import CAUSES, idle_slots
from slotweave.analysis.utilisation import utilisation
from slotweave.anatomy.executed import Executed, executed, slots_bound
from slotweave.anatomy.inspection import bound_json, engine_rows
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.check.runs.execution import instance_memory
from slotweave.driver.compiled import Compiled, CompiledBlock
from slotweave.ir.loop_problem import LoopSchedule
from slotweave.ir.text.loop_json import loop_json
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.run import Words


def summary_of(result: Compiled) -> dict[str, Any]:
    """`result` as plain values, with the names that the JSON of all commands shares."""
    job, proof, definition = result.job, result.equivalence, result.definition
    rules: Counter[str] = Counter()
    for block in result.blocks:
        rules.update(block.rewritten.counts())
    return {
        "kernel": job.kernel.name,
        "params": dict(job.parameters),
        "contract": job.contract,
        "machine": job.machine.name,
        "plan": job.plan.name,
        "seed": job.seed,
        "evaluations": result.evaluations,
        "cycles": result.cycles,
        "bundles": len(result.program.bundles),
        **(_of_a_run(result) if result.jumps else _of_the_schedule(result)),
        "scratch": {"peak": result.scratch_peak, "size": job.machine.scratch_words},
        "proved": {
            "program": proof.answer,
            "definition": definition.answer,
            "defined": job.kernel.definition is not None,
            "why": _why(result),
            "facts": job.contract,
        },
        "promises": [promise.to_json() for promise in result.promises],
        "verified": result.verified.to_json(),
        "rules": dict(rules),
        "seconds": dict(result.seconds),
    }


def _why(result: Compiled) -> str:
    """Why the verdicts are as they are; of the definition only if the kernel has one."""
    proof, definition = result.equivalence.why, result.definition.why
    if result.job.kernel.definition is None:
        return proof
    return f"program: {proof}; definition: {definition}"


def _of_the_schedule(result: Compiled) -> dict[str, Any]:
    """What is the same for every run of a program without jumps."""
    block = result.block
    return {
        "bound": bound_json(best_bound(block.bounds)),
        "ladder": [bound_json(bound) for bound in block.bounds],
        "engines": engine_rows(utilisation(result.program, result.job.machine)),
        "idle": idle_slots(block.fitted.problem, block.fitted.schedule),
    }


def _of_a_run(result: Compiled) -> dict[str, Any]:
    """What the longest verified run of a program that jumps does."""
    machine = result.job.machine
    run = executed(result.program, machine, _longest(result))
    jumps = {name: count for (_engine, name), count in run.slots.items() if "jump" in name}
    entered = [_entered(block, run) for block in result.blocks]
    ladder = (slots_bound(run, machine), _blocks_bound(result, entered, run))
    return {
        "cycles": run.cycles,
        "bound": bound_json(best_bound(ladder)),
        "ladder": [bound_json(bound) for bound in ladder],
        "engines": engine_rows(dict(run.engines)),
        "idle": _idle_in_run(result, run, entered),
        "jumps": jumps,
        "blocks": [
            _block_json(block, times) for block, times in zip(result.blocks, entered, strict=True)
        ],
        "loops": [loop_json(report) for report in result.loops],
    }


def _entered(block: CompiledBlock, run: Executed) -> int:
    """How often the run goes through the block in its plain form; 0 if it takes no bundle."""
    return max((run.bundles.get(at, 0) for at in range(block.plain, block.stop)), default=0)


def _blocks_bound(result: Compiled, entered: list[int], run: Executed) -> Bound:
    """The fewest cycles of a run that enters each block so often, one after the other.

    Iterations of a pipelined loop overlap: they start no less than the least period apart.
    """
    least = [best_bound(block.bounds).cycles for block in result.blocks]
    cycles = sum(times * cycles for times, cycles in zip(entered, least, strict=True))
    runs = plural(sum(entered), "block")
    why = f"a run goes through {runs}, none of which can be shorter"
    overlapped = 0
    for report in result.loops:
        if report.schedule is not None:
            begun, iterations = _iterations(result.blocks[report.block], report.schedule, run)
            cycles += (iterations - begun) * max(value for _name, value, _why in report.bounds)
            overlapped += iterations
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


def _block_json(block: CompiledBlock, entered: int) -> dict[str, Any]:
    fitted = block.fitted
    return {
        "bundle": block.start,
        "bundles": block.stop - block.start,
        "entered": entered,
        "bound": bound_json(best_bound(block.bounds)),
        "ladder": [bound_json(bound) for bound in block.bounds],
        "idle": idle_slots(fitted.problem, fitted.schedule),
    }


def _idle_in_run(result: Compiled, run: Executed, entered: list[int]) -> dict[str, dict[str, int]]:
    """Idle slots of a run by engine and cause (see `analysis.idle`).

    While a block only waits for what it wrote to land, nothing is left to be issued. What a
    pipelined loop has still to issue is not ready in the cycles of its schedule before.
    """
    held: Counter[tuple[str, str]] = Counter()
    for block, times in zip(result.blocks, entered, strict=True):
        for engine, causes in idle_slots(block.fitted.problem, block.fitted.schedule).items():
            for cause, slots in causes.items():
                held[engine, cause] += times * slots
        for at in range(block.start, block.plain):
            for engine, slots in result.job.machine.slots.items():
                used = len(result.program.bundles[at].get(engine, ()))
                held[engine, "dependence"] += run.bundles.get(at, 0) * (slots - used)
    found: dict[str, dict[str, int]] = {}
    for engine, use in run.engines.items():
        waits = {cause: held[engine, cause] for cause in CAUSES if cause != "nothing"}
        counts = {**waits, "nothing": use.slots - use.used - sum(waits.values())}
        found[engine] = {cause: slots for cause, slots in counts.items() if slots}
    return found


def _longest(result: Compiled) -> Words:
    """The memory on which the program takes longest, of those that it was verified on."""
    job, encoded = result.job, encode(result.program, result.job.machine)

    def random(instance: int) -> Words:
        return instance_memory(
            lambda rng: job.kernel.memory(job.parameters, job.contract, rng), job.seed, instance
        )

    instances = range(max(1, result.verified.instances))
    return random(max(instances, key=lambda one: run_compiled(encoded, random(one)).cycles))
