"""Verbs that make something: a program, a shorter one, the end of a run."""

from __future__ import annotations

from typing import Any

from slotweave.arguments import evaluations_of, seconds, whole_number, words_of
from slotweave.base.budget import Budget, budget
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    AnyProgram,
    effort_named,
    facts_of,
    job_of,
    machine_of,
    program_of,
)
from slotweave.results import Compiled, Ended, Repacked, shown_as
from slotweave.simulate.run import MAX_CYCLES, Memory


def compile(
    what: Job | AnyKernel,
    *,
    time_limit: float | None = None,
    evaluations: int | None = None,
    **options: Any,
) -> Compiled:
    """Compile a job, or a kernel with the options of `job`, to a checked program.

    The search for a shorter schedule ends after `time_limit` seconds or after `evaluations`
    schedules, but not before there is one. The program has been run on random inputs and compared
    with its graph.

    Raises InputError, NoSchedule (it does not fit the machine), CheckFailed (a check objects).

    >>> def double(k, n=8):
    ...     x = k.region("x", 0, n, output=True)
    ...     for at in range(0, n, k.vector_length):
    ...         x.vstore(at, 2 * x.vload(at))
    >>> sw.compile(double, n=16)
    <double compiled for challenge: 5 cycles>
    """
    from slotweave.driver.compile import compile_job

    limit = _budget(evaluations, time_limit)
    return shown_as(Compiled, compile_job(job_of(what, options), limit))


def run(
    program: AnyProgram,
    memory: Memory = (),
    *,
    machine: AnyMachine | None = None,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Ended:
    """Simulate `program` from `memory`, a sequence of words from 0 to 2^32 - 1.

    Raises InputError (SW210) for what is no memory, CheckFailed for the first fault; in strict mode
    also for what is only suspicious (two writes to one word, reads of scratch that nothing has
    written).

    >>> double = sw.compile("saxpy", n=8).program
    >>> sw.run(double, [3, *[0] * 7, *[1] * 8, *[5] * 8]).memory[-8:].tolist()
    [8, 8, 8, 8, 8, 8, 8, 8]
    """
    from slotweave.simulate.compiled import encode, run_compiled

    held = program_of(program)
    most = whole_number("max_cycles", max_cycles, 0)
    encoded, given = encode(held, machine_of(held, machine)), words_of(memory)
    end = run_compiled(encoded, given, strict=strict, max_cycles=most)
    return Ended(end.cycles, end.memory, end.scratch, end.trace, end.state, end.pc, given)


def repack(
    program: AnyProgram,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    vectorize: bool | None = None,
    rewrite: bool = True,
    effort: str = "default",
    seed: int = 0,
    time_limit: float | None = None,
    evaluations: int | None = None,
) -> Repacked:
    """Turn `program` into a shorter one that is proved to do the same under `facts`.

    It is never longer than what was given. What it claims of its origin is what the facts of the
    proof support. `vectorize` None tries both; without `rewrite` operations are only placed again.

    Raises InputError (SW219) for a program that cannot be lifted, CheckFailed (SW404) where the
    facts are not those of the program.

    >>> slow = sw.compile("dot", n=16, plan="unrolled").program
    >>> sw.repack(slow, evaluations=2).cycles <= len(slow.bundles)
    True
    """
    from slotweave.repacking import RepackOptions, origin_of
    from slotweave.repacking import repack as repacked

    held, seed = program_of(program), whole_number("seed", seed, 0)
    options = RepackOptions(rewrite=rewrite, vectorize=vectorize, effort=effort_named(effort),
                            seed=seed)  # fmt: skip
    made = repacked(
        held, machine_of(held, machine), facts_of(facts, held), options,
        budget=_budget(evaluations, time_limit), origin=origin_of(held, kernels()),
    )  # fmt: skip
    return shown_as(Repacked, made, seed=seed)


def _budget(evaluations: int | None, time_limit: float | None) -> Budget:
    return budget(evaluations_of(evaluations), seconds(time_limit))
