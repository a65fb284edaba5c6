"""The verb that checks: runs and proofs of what a program computes."""

from __future__ import annotations

from typing import Any

from slotweave.arguments import whole_number
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.verdict import Verdict
from slotweave.driver.job import INSTANCES, Job
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.names import (
    AnyFacts,
    AnyMachine,
    AnyProgram,
    facts_of,
    job_named_by,
    machine_of,
    program_of,
)
from slotweave.results import Verification

#: The verdict where no proof was asked for.
_NOT_ASKED: Verdict[Any] = Verdict("unknown", "not asked for")


def verify(
    program: AnyProgram,
    against: AnyProgram | Job | None = None,
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

    >>> made = sw.compile("saxpy", n=16)
    >>> sw.verify(made.program, made.job).verified.mismatches
    0
    """
    held = program_of(program)
    instances, seed = whole_number("instances", instances, 0), whole_number("seed", seed, 0)
    target = machine_of(held, machine)
    if against is not None and not isinstance(against, Job):
        other = program_of(against)
        known = facts_of(facts, other)
        return _compared(held, other, known, target, prove, instances, seed)
    from slotweave.driver.comparison import Subject
    from slotweave.driver.proof import plan_named_by, refutation
    from slotweave.driver.proof import prove as proof_of
    from slotweave.driver.verifying import Trial, Use, verified_by_kernel

    if facts is not None:
        reason = "what is known of a kernel's memory its contract says: facts are for two programs"
        raise InputError(Diagnostic("SW212", reason))
    wanted = against or job_named_by(held, target)
    kernel, values, contract = wanted.kernel, wanted.parameters, wanted.contract
    use, trial = Use(kernel, values, contract), Trial(instances, seed)
    verified = verified_by_kernel(Subject(held, target, "the program"), use, trial)
    if not prove:
        return Verification(kernel.judge, verified, _NOT_ASKED)
    plan = wanted.plan if against else plan_named_by(held, kernel, values, contract)
    found = proof_of(held, target, kernel, values, contract, plan)
    if refuted := refutation(found):
        raise refuted
    if kernel.definition is not None:
        verdict: Verdict[Any] = Verdict(found.definition, found.definition_why)
        return Verification(kernel.judge, verified, verdict, "the definition of its workload")
    given = tuple(map(str, found.promises))
    verdict = Verdict(found.program, found.program_why, assumptions=given)
    return Verification(kernel.judge, verified, verdict, "the kernel as it was traced")


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
