"""Verbs that check what checks: saved results derived again, and checks that are tested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from slotweave.arguments import (
    function_of,
    held_program,
    path_of,
    seed_of,
    text_of,
    wanted,
    whole_number,
)
from slotweave.base.diagnostics import Diagnostic, InputError, naming
from slotweave.base.files import read_text
from slotweave.driver.job import Job, are_numbers
from slotweave.extensions import kernels, machines
from slotweave.extensions.lookup import contract_called, expect_shipped
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.names import (
    AnyKernel,
    AnyMachine,
    AnyPath,
    HasProgram,
    job_of,
    kernel_of,
    machine_named,
    machine_of,
    parameters_of,
)
from slotweave.results.checked import Rederived, SelfTested

if TYPE_CHECKING:
    from slotweave.driver.compiled import Compiled
    from slotweave.evidence.record import Record
    from slotweave.frontend.kernel import Kernel
    from slotweave.selftest.outcome import Outcome
    from slotweave.selftest.trial import Numbers

#: By which plan a kernel is compiled whose checks are tested.
PLAN = "default"


def rederive(
    record: AnyPath,
    against: AnyKernel | None = None,
    *,
    machine: AnyMachine | None = None,
    called: str = "",
) -> Rederived:
    """Derive a saved result again: hashes, runs on the recorded seed and on fresh ones, cycles.

    `record` is the file that `compile --result` wrote, or its text, which errors name as it is
    `called`. The kernel and the machine are those that it names, unless others are given. A kernel
    that does not come with Slotweave must be given (SW212), for it is code; what is recorded of a
    machine is believed of one that does not come with Slotweave. `discrepancies` in the result are
    what does not hold.

    >>> sw.rederive(sw.compile("saxpy", n=8).record())
    <saxpy in 5 cycles: all holds>
    """
    from slotweave.evidence.record import record_from_json
    from slotweave.evidence.rederive import discrepancies

    given = path_of(record, "a result to derive again")
    name_of_text = text_of("called", called) if called != "" else ""
    text, name = (given, name_of_text) if "\n" in given else (read_text(given, "SW218"), given)
    held = record_from_json(text, name)
    if against is None:
        with naming(name):
            expect_shipped(held.kernel, "result", "slotweave verify RESULT --against KERNEL")
    target = _machine(held, machine)
    kernel = kernel_of(held.kernel if against is None else against, target)
    with naming(name):
        _expect_fitting(held, kernel)
        found = tuple(discrepancies(held, kernel, target))
    return Rederived(
        kernel.name, held.parameters, held.contract, held.seed, held.cycles, held.instances,
        held.hashes, tuple((each.entry, each.reason) for each in found), tuple(map(str, found)),
    )  # fmt: skip


def _machine(record: Record, given: AnyMachine | None) -> Machine:
    if given is not None:
        return machine_named(given)
    return machines().get(record.machine.name, record.machine)


def _expect_fitting(record: Record, kernel: Kernel) -> None:
    """Complain about parameters and a contract that the kernel does not have."""
    values = parameters_of(kernel, record.parameters)
    contract_called(kernel, record.contract)
    if values != dict(record.parameters):
        reason = f"'params' are not those of {kernel.name}: {', '.join(kernel.parameters)}"
        raise InputError(Diagnostic("SW218", reason))


#: Passes on outcomes as they come; how many there will be is said, too.
Through = Callable[["Iterator[Outcome]", int], "Iterator[Outcome]"]


def self_test(
    what: Job | Program | HasProgram | AnyKernel,
    *,
    mutants: int = 1000,
    seed: int = 0,
    machine: AnyMachine | None = None,
    through: Through = lambda outcomes, _count: outcomes,
) -> SelfTested:
    """Test the checks: break a program in `mutants` ways, and see which check notices each of them.

    A program must name the kernel that it comes from; a kernel is compiled by its plan `default`,
    if it has one. The outcomes pass `through` a function, which may show how far the work is.
    `missed` in the result counts the mutants that differ and that no check noticed.

    >>> sw.self_test("saxpy", mutants=20).missed
    0
    """
    from slotweave.selftest.outcome import summary
    from slotweave.selftest.trial import Numbers

    numbers, first = Numbers.of(whole_number("mutants", mutants, 10)), seed_of(seed)
    held, tell = held_program(what), function_of("through", through)
    if held is not None and not isinstance(what, Job):
        job = _job_with_plan_of(held, machine_of(held, machine))
        steps = _of_program(job, held, numbers, first)
    else:
        from slotweave.driver.compile import compile_job

        if isinstance(what, Job):
            job = job_of(what, {} if machine is None else {"machine": machine})
        else:
            job = job_to_test(job_of(cast(AnyKernel, what), {"machine": machine or "challenge"}))
        steps = _of_compiled(compile_job(job), numbers, first)
    outcomes = tell(steps, numbers.all)
    if not isinstance(outcomes, Iterable):
        raise wanted("SW212", "through must give the outcomes back that it is given", outcomes)
    return SelfTested(summary(outcomes), job, first)


def _job_with_plan_of(program: Program, machine: Machine) -> Job:
    """The job that a program says it was compiled from, its plan included.

    Raises InputError (SW212) if it does not say so, or if that does not come with Slotweave.
    """
    from slotweave.driver.origin import plan_in

    meta = program.meta
    kernel, params = kernels().get(str(meta.get("kernel"))), meta.get("params")
    if kernel is not None and are_numbers(params):
        values = parameters_of(kernel, params or {})
        promise = contract_called(kernel, meta.get("contract"))
        if (plan := plan_in(meta, kernel, values, promise)) is not None:
            return Job(kernel, values, promise, plan, machine)
    reason = (
        "the program file does not name a kernel that comes with Slotweave, its parameters and a "
        "plan, so there is no graph to hold its mutants against; test a kernel instead"
    )
    raise InputError(Diagnostic("SW212", reason))


def job_to_test(job: Job) -> Job:
    """`job` by the kernel's plan `default`, which has all that can be broken; if it has none of
    that name, by its own."""
    kernel = job.kernel
    if PLAN not in kernel.plan_names:
        return job
    return replace(job, plan=kernel.plan(PLAN, job.parameters, job.contract))


def _of_program(job: Job, program: Program, numbers: Numbers, seed: int) -> Iterator[Outcome]:
    """Trials of a program whose kernel is known.

    One that jumps is broken block by block, so it is compiled again, and must be the same.
    """
    from slotweave.anatomy.words.live_scratch import is_straight
    from slotweave.driver.compile import compile_job, draft_after
    from slotweave.selftest.trial import trials

    if is_straight(program):
        first, *others = draft_after(job, "trace").traced.blocks
        if not others:
            return trials(job, first.graph, program, numbers, seed)
    compiled = compile_job(job)
    if compiled.program.bundles != program.bundles:
        reason = (
            "the program jumps, and compiling its kernel by its plan gives another one, so there "
            "are no blocks to break; test the kernel instead"
        )
        raise InputError(Diagnostic("SW212", reason))
    return _of_compiled(compiled, numbers, seed)


def _of_compiled(compiled: Compiled, numbers: Numbers, seed: int) -> Iterator[Outcome]:
    """Trials of a program and of all that it was made from."""
    from slotweave.selftest.flow_trial import flow_trials
    from slotweave.selftest.trial import trials

    if compiled.jumps:
        return flow_trials(compiled, numbers, seed)
    block, program = compiled.block, compiled.program
    return trials(compiled.job, block.traced, program, numbers, seed, block.fitted)
