"""Lower bounds, and the check of their certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from slotweave.arguments import held_program, path_of
from slotweave.base.diagnostics import Diagnostic, InputError, naming
from slotweave.base.files import read_text
from slotweave.driver.job import Job
from slotweave.extensions.lookup import expect_shipped
from slotweave.ir.program import Program
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    AnyPath,
    HasProgram,
    facts_name,
    facts_of,
    job,
    job_of,
    machine_of,
)
from slotweave.results.bounded import Bounds, CheckedBounds

if TYPE_CHECKING:
    from slotweave.bounds.plans import PlansBound
    from slotweave.ir.facts import Facts
    from slotweave.ir.problem import Problem
    from slotweave.ir.text.certificate_json import CertifiedBounds
    from slotweave.machine import Machine

_BY_ITSELF = "each block is bounded by itself, because how the program runs is not known"

_NEEDS_ORTOOLS = "the bound over all plans needs ortools: `pip install 'slotweave[exact]'`"


def bound(
    what: Job | Program | HasProgram | AnyKernel,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    **options: Any,
) -> Bounds:
    """Lower bounds on the cycles: of a job by its plan, or of what a program computes.

    A text names a kernel; `load` a program that is in a file. Of a kernel that says what its plans
    may choose from, `plans` in the result bounds all of them (extra `exact`). A kernel that jumps
    is compiled, and its bounds are what `compile` says of one run and of each block. Of a program
    whose jumps depend on data each block is bounded by itself, and counts once.

    >>> sw.bound("saxpy", n=64).cycles
    12
    """
    held = held_program(what)
    if held is not None:
        if options:
            reason = f"a program takes no {', '.join(options)}: it is bounded as it is"
            raise InputError(Diagnostic("SW212", reason))
        return _of_program(held, facts, machine)
    if facts is not None:
        reason = "what is known of a kernel's memory its contract says: facts are for programs"
        raise InputError(Diagnostic("SW212", reason))
    if machine is not None:
        options = {**options, "machine": machine}
    wanted = job_of(cast(Job | AnyKernel, what), options)
    about = {
        "kernel": wanted.kernel.name, "params": dict(wanted.parameters),
        "contract": wanted.contract, "plan": wanted.plan.name, "machine": wanted.machine.name,
    }  # fmt: skip
    found = _of_job(wanted, about)
    over_all, notes = _over_all_plans(wanted)
    return replace(found, plans=over_all, notes=notes)


def _of_job(wanted: Job, about: Mapping[str, Any]) -> Bounds:
    from slotweave.backend.lower import Lowered
    from slotweave.driver.compile import lowered_or_compiled

    made = lowered_or_compiled(wanted)
    if isinstance(made, Lowered):
        return Bounds(made.ladder, about, problem=made.problem)
    from slotweave.anatomy.summaries.compiled import compiled_summary
    from slotweave.anatomy.timing.block_bounds import BoundedBlock

    said = compiled_summary(made, causes=False)
    assert said.run is not None  # there are several blocks
    blocks = [BoundedBlock(block.start, block.bundles, block.entered, block.ladder)
              for block in said.run.blocks]  # fmt: skip
    return Bounds(
        said.ladder, about, cycles_of=said.cycles_of, of=f"{said.bound_of}{said.order_of}",
        blocks=tuple(blocks), loops=said.run.loops,
    )  # fmt: skip


def _of_program(program: Program, facts: AnyFacts, machine: AnyMachine | None) -> Bounds:
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timing.program_bounds import program_bounds
    from slotweave.anatomy.words.live_scratch import is_straight

    target, known = machine_of(program, machine), facts_of(facts, program)
    refuse_faults(program, target)
    about = {"machine": target.name, "facts": facts_name(facts)}
    try:
        return Bounds(program_bounds(program, target, known), about)
    except InputError as refusal:
        if refusal.diagnostic.code != "SW219" or is_straight(program):
            raise
        return _of_blocks(program, target, known, refusal, about)


def _of_blocks(
    program: Program, target: Machine, known: Facts, refusal: InputError, about: Mapping[str, Any]
) -> Bounds:
    """The bounds of a program whose run is not known, because of `refusal`."""
    from slotweave.anatomy.timing.block_bounds import bounded_blocks, once_because, sum_of_blocks

    blocks, why = bounded_blocks(program, target, known), refusal.diagnostic
    return Bounds(
        (sum_of_blocks(blocks),), about, notes=(f"{_BY_ITSELF}: {why}",),
        cycles_of=once_because(refusal), blocks=blocks, refusal=why,
    )  # fmt: skip


def _over_all_plans(wanted: Job) -> tuple[PlansBound | None, tuple[str, ...]]:
    """The bound over all plans, if there is one; and what to say if it could not be found."""
    kernel, machine = wanted.kernel, wanted.machine
    if kernel.alternatives is None:
        return None, ()
    choice = kernel.alternatives(wanted.parameters, wanted.contract, machine)
    if choice is None:
        return None, ()
    from slotweave.bounds.plans import plans_bound

    try:
        return plans_bound(choice, machine.slots), ()
    except ImportError:
        return None, (_NEEDS_ORTOOLS,)


def check_bounds(
    certificates: AnyPath, kernel: AnyKernel | None = None, *, machine: AnyMachine | None = None
) -> CheckedBounds:
    """Check the certificates in a file, or in a text: rebuild the problem, and test each claim.

    The kernel and the machine are those that it names, unless others are given. A kernel that does
    not come with Slotweave must be given (SW212), for it is code. The checker knows nothing of how
    bounds are made. `faults` in the result are the claims that do not hold. Raises InputError
    (SW220) for what holds no certificates.

    >>> sw.check_bounds(sw.bound("saxpy", n=64).certificates())
    <6 certificates: all hold>
    """
    from slotweave.driver.compile import lowered_of
    from slotweave.ir.text.certificate_json import certified_from_json

    given = path_of(certificates, "a file of certificates")
    text, name = (given, "") if "\n" in given else (read_text(given, "SW220"), given)
    certified = certified_from_json(text, name)
    options: dict[str, Any] = dict(certified.params)
    if kernel is None:
        with naming(name):
            expect_shipped(certified.kernel, "file", "slotweave bound KERNEL --check FILE")
    wanted = job(
        certified.kernel if kernel is None else kernel, contract=certified.contract,
        plan=certified.plan, machine=machine or certified.machine, **options,
    )  # fmt: skip
    about = {key: getattr(certified, key) for key in ("kernel", "params", "contract", "plan")}
    about |= {"machine": certified.machine if machine is None else wanted.machine.name}
    faults = tuple(_faults(certified, lowered_of(wanted).problem))
    return CheckedBounds(about, [(each.name, each.cycles) for each in certified.bounds], faults)


def _faults(certified: CertifiedBounds, problem: Problem) -> Iterator[str]:
    from slotweave.check.legality.bound_certificates import certificate_faults
    from slotweave.ir.text.certificate_json import problem_hash

    if problem_hash(problem) != certified.problem:
        yield "the problem is not the one that the certificates were written for (key 'problem')"
        return
    for bound in certified.bounds:
        for fault in certificate_faults(bound.certificate, bound.cycles, problem):
            yield f"{bound.name}: {fault.message}"
