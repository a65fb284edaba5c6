"""The front door: one function for each thing that Slotweave does, as `import slotweave as sw`.

Programs, facts and machines go in as values or by the names that the commands take; results come
out as values that can be printed. Every function raises InputError for what is wrong with what it
was given, CheckFailed for a program that is wrong, and NoSchedule where there is none within the
limits; their messages begin with a code (`slotweave explain SW301`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.backend.fit import Effort
from slotweave.base.budget import budget
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.verdict import Verdict
from slotweave.driver.job import INSTANCES, Job
from slotweave.extensions import kernels
from slotweave.frontend.kernel_function import kernel
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    AnyPath,
    facts,
    facts_of,
    job,
    job_named_by,
    load,
    machine_of,
    save,
    write_text,
)
from slotweave.results import (
    Bounds,
    Compiled,
    Difference,
    Ended,
    Explanation,
    Inspection,
    Repacked,
    Tuned,
    Verification,
    WhatIf,
    shown_as,
)
from slotweave.simulate.run import MAX_CYCLES, Memory

__all__ = [
    "bound",
    "compile",
    "diff",
    "explain",
    "facts",
    "inspect",
    "job",
    "kernel",
    "load",
    "repack",
    "report",
    "run",
    "save",
    "tune",
    "verify",
    "what_if",
]


#: Of a proof that nobody wanted.
_NOT_ASKED: Verdict[Any] = Verdict("unknown", "not asked for")


def compile(
    what: Job | AnyKernel,
    *,
    time_limit: float | None = None,
    evaluations: int | None = None,
    **options: Any,
) -> Compiled:
    """Compile a job, or a kernel with the options of `job`, to a checked program.

    The search for a shorter schedule ends after `time_limit` seconds or so many `evaluations`, once
    there is one. The program has been run on random inputs and compared with its graph.

    Raises InputError, NoSchedule (it does not fit the machine), CheckFailed (a check objects).

    >>> def double(k, n=8):
    ...     x = k.region("x", 0, n, output=True)
    ...     for at in range(0, n, k.vector_length):
    ...         x.vstore(at, 2 * x.vload(at))
    >>> compile(double, n=16)
    <double compiled for challenge: 5 cycles>
    """
    from slotweave.driver.compile import compile_job

    wanted = what if isinstance(what, Job) else job(what, **options)
    return shown_as(Compiled, compile_job(wanted, budget(evaluations, time_limit)))


def run(
    program: Program,
    memory: Memory = (),
    *,
    machine: AnyMachine | None = None,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Ended:
    """Simulate `program` from `memory`, a sequence of words from 0 to 2^32 - 1.

    Raises CheckFailed for the first fault; in strict mode also for what is only suspicious (two
    writes to one word, reads of scratch that nothing has written).

    >>> double = compile("saxpy", n=8).program
    >>> run(double, [3, *[0] * 7, *[1] * 8, *[5] * 8]).memory[-8:].tolist()
    [8, 8, 8, 8, 8, 8, 8, 8]
    """
    from slotweave.simulate.compiled import encode, run_compiled

    encoded = encode(program, machine_of(program, machine))
    end = run_compiled(encoded, memory, strict=strict, max_cycles=max_cycles)
    return Ended(end.cycles, end.memory, end.scratch, end.trace, end.state, end.pc)


def inspect(
    program: Program, facts: AnyFacts = None, *, machine: AnyMachine | None = None
) -> Inspection:
    """Where the cycles of `program` go: engines, idle slots by cause, bounds, groups of items.

    Raises CheckFailed for a program that the machine cannot run.

    >>> inspect(compile("saxpy", n=16).program)
    <Inspection of saxpy on challenge: 6 cycles, at least 6>
    """
    from slotweave.anatomy.inspect import inspect_program

    target = machine_of(program, machine)
    return shown_as(Inspection, inspect_program(program, target, facts_of(facts, program)))


def explain(
    program: Program,
    cycle: int,
    engine: str | None = None,
    slot: int | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
) -> Explanation:
    """Why each operation of `cycle` is not earlier, and why its other slots are empty.

    Only of one engine, or one slot of it, if given. Raises InputError (SW212) for a place that
    there is not, SW219 where the run is not known.

    >>> explain(compile("saxpy", n=16).program, 2)
    <Explanation of cycle 2: 5 operations, 18 empty slots>
    """
    from slotweave.anatomy.causes.why_here import explain_cycle
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled

    target = machine_of(program, machine)
    refuse_faults(program, target)
    ran = unrolled(program, target, facts_of(facts, program), MOST_SHOWN)
    if not 0 <= cycle < ran.cycles[-1]:
        reason = f"the run has {ran.cycles[-1]:,} cycles, from 0 on"
        raise InputError(Diagnostic("SW212", reason))
    if engine is not None and not 0 <= (slot or 0) < target.slots.get(engine, 0):
        reason = f"{target.name} has no slot {engine}[{slot or 0}]"
        raise InputError(Diagnostic("SW212", reason))
    return shown_as(Explanation, explain_cycle(ran, target, cycle, engine, slot))


def repack(
    program: Program,
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

    >>> slow = compile("dot", n=16, plan="unrolled").program
    >>> repack(slow, evaluations=2).cycles <= len(slow.bundles)
    True
    """
    from slotweave.repacking import RepackOptions, origin_of
    from slotweave.repacking import repack as repacked

    options = RepackOptions(rewrite=rewrite, vectorize=vectorize, effort=Effort[effort.upper()],
                            seed=seed)  # fmt: skip
    made = repacked(
        program, machine_of(program, machine), facts_of(facts, program), options,
        budget=budget(evaluations, time_limit), origin=origin_of(program, kernels()),
    )  # fmt: skip
    return shown_as(Repacked, made, seed=seed)


def verify(
    program: Program,
    against: Program | Job | None = None,
    facts: AnyFacts = None,
    *,
    prove: bool = False,
    machine: AnyMachine | None = None,
    instances: int = INSTANCES,
    seed: int = 0,
) -> Verification:
    """Compare what `program` computes with a job's kernel, or with another program under `facts`.

    Runs on `instances` random inputs, and on some made to reach each side of each branch; `prove`
    also tries to prove it for all inputs. Without `against` it is the kernel that the program
    names. `of` in the result says what the proof compares with.

    Raises CheckFailed for a difference: SW403, a run shows it; SW409, the proof refutes it.

    >>> made = compile("saxpy", n=16)
    >>> verify(made.program, made.job).verified.mismatches
    0
    """
    target = machine_of(program, machine)
    if isinstance(against, Program):
        known = facts_of(facts, against)
        return _compared(program, against, known, target, prove, instances, seed)
    from slotweave.driver.comparison import Subject
    from slotweave.driver.proof import plan_named_by, refutation
    from slotweave.driver.proof import prove as proof_of
    from slotweave.driver.verifying import Trial, Use, verified_by_kernel

    wanted = against or job_named_by(program, target)
    kernel, values, contract = wanted.kernel, wanted.parameters, wanted.contract
    use, trial = Use(kernel, values, contract), Trial(instances, seed)
    verified = verified_by_kernel(Subject(program, target, "the program"), use, trial)
    if not prove:
        return Verification(kernel.judge, verified, _NOT_ASKED)
    plan = wanted.plan if against else plan_named_by(program, kernel, values, contract)
    found = proof_of(program, target, kernel, values, contract, plan)
    if refuted := refutation(found):
        raise refuted
    if kernel.definition is not None:
        verdict: Verdict[Any] = Verdict(found.definition, found.definition_why)
        return Verification(kernel.judge, verified, verdict, "the definition of its workload")
    given = tuple(map(str, found.promises))
    verdict = Verdict(found.program, found.program_why, assumptions=given)
    return Verification(kernel.judge, verified, verdict, "the kernel as it was traced")


def bound(
    what: Job | Program | AnyKernel,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    **options: Any,
) -> Bounds:
    """Lower bounds on the cycles: of a job by its plan, or of what a program computes.

    >>> bound("saxpy", n=64).cycles
    12
    """
    from slotweave.bounds import bound_ladder

    if isinstance(what, Program):
        from slotweave.anatomy.timing.program_bounds import program_bounds

        target = machine_of(what, machine)
        return Bounds(program_bounds(what, target, facts_of(facts, what)))
    from slotweave.driver.compile import lowered_of

    if machine is not None:
        options = {**options, "machine": machine}
    wanted = what if isinstance(what, Job) else job(what, **options)
    return Bounds(bound_ladder(lowered_of(wanted).problem))


def what_if(
    program: Program,
    slots: Mapping[str, int] | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
) -> WhatIf:
    """The cycles of the same operations with other `slots` of engines, and what one more saves.

    >>> what_if(compile("saxpy", n=64).program, {"load": 4, "alu": 24}).cycles
    12
    """
    from slotweave.anatomy.timing.what_if import what_if as timed

    target = machine_of(program, machine)
    return shown_as(WhatIf, timed(program, target, slots or {}, facts_of(facts, program)))


def diff(
    a: Program, b: Program, facts: AnyFacts = None, *, machine: AnyMachine | None = None
) -> Difference:
    """Two programs, operation by operation, matched by what they compute.

    >>> same = compile("saxpy", n=16).program
    >>> diff(same, same).unmoved > 0
    True
    """
    from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of

    numbering = Numbering()
    sides = [side_of(each, machine_of(each, machine), facts_of(facts, each), numbering)
             for each in (a, b)]  # fmt: skip
    return shown_as(Difference, diff_sides(sides[0], sides[1]))


def tune(
    what: Job | AnyKernel,
    *,
    time_limit: float | None = 60.0,
    evaluations: int | None = None,
    seed: int = 0,
    **options: Any,
) -> Tuned:
    """Search for a plan that takes fewer cycles; `compile` takes it as its `plan`.

    The same seed and `evaluations` give the same plan.

    >>> tune("tree-hash", height=3, batch=16, rounds=2, evaluations=1, time_limit=None).evaluations
    1
    """
    from slotweave.tuning.search import Task, search, start

    wanted = what if isinstance(what, Job) else job(what, **options)
    task = Task(wanted.kernel, wanted.machine, wanted.parameters, wanted.contract)
    states = [start(task, wanted.plan, seed)]
    states += budget(evaluations, time_limit).limit(search(task, states[0], seed))
    state, history = states[-1], [each.best_score.cycles for each in states]
    best = state.best_score
    return Tuned(state.best, best.cycles, best.bound, state.evaluations, tuple(history))


def report(
    program: Program,
    other: Program | None = None,
    facts: AnyFacts = None,
    *,
    path: AnyPath | None = None,
    machine: AnyMachine | None = None,
) -> str:
    """The page with the picture of a program, or of two; written to `path` if it is given.

    >>> report(compile("saxpy", n=16).program).startswith("<!doctype html>")
    True
    """
    from slotweave.views.page import Reported
    from slotweave.views.page import report as page_of

    named = [str(each.meta.get("kernel", "program")) for each in (program, other) if each]
    told = [Reported(name, each, machine_of(each, machine), facts_of(facts, each))
            for name, each in zip(named, [each for each in (program, other) if each],
                                  strict=True)]  # fmt: skip
    text = page_of(told[0], told[1] if other is not None else None)
    if path is not None:
        write_text(path, text)
    return text


def _compared(
    program: Program, other: Program, facts: Facts, machine: Machine, prove: bool,
    instances: int, seed: int,
) -> Verification:  # fmt: skip
    from slotweave.driver.comparison import Subject, prove_same
    from slotweave.driver.verifying import Trial, longest_run, verified_under_facts
    from slotweave.views.differing_runs import telling_writers

    one = Subject(program, machine, "the program")
    two = Subject(other, machine_of(other, None), "the other program")
    words = facts.memory_words
    if words is None:
        reason = "the facts do not say how long memory is, so there are no memories to try"
        raise InputError(Diagnostic("SW215", reason))
    trial, told = Trial(instances, seed), telling_writers(one, two, facts)
    verified = verified_under_facts(one, two, facts, words, trial, told)
    longest_run(two, facts, words, trial)  # what the other one may not change it does not change
    if not prove:
        return Verification("the other program", verified, _NOT_ASKED)
    verdict = prove_same(one, two, facts)
    if verdict.refuted:
        raise CheckFailed(Diagnostic("SW409", verdict.why))
    return Verification("the other program", verified, verdict, "the other program")
