"""The verbs that check: runs and proofs of what a program computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from slotweave.arguments import pair_of_texts, seed_of, wanted, whole_number
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError, naming
from slotweave.base.verdict import Verdict
from slotweave.driver.job import INSTANCES, Job, Use
from slotweave.ir.facts import Facts
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    AnyProgram,
    facts_name,
    facts_of,
    is_kernel,
    job_for,
    job_named_by,
    machine_of,
    program_of,
)
from slotweave.results.checked import NOT_ASKED, Verification
from slotweave.simulate.run import MAX_CYCLES

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Refutable
    from slotweave.driver.comparison import Subject
    from slotweave.driver.proof import Proved
    from slotweave.driver.verifying import Trial


def verify(
    program: AnyProgram,
    against: AnyProgram | Job | AnyKernel | None = None,
    facts: AnyFacts = None,
    *,
    prove: bool = False,
    use: Use | Job | None = None,
    machine: AnyMachine | None = None,
    instances: int = INSTANCES,
    seed: int = 0,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
    names: tuple[str, str] = ("the program", "the other program"),
) -> Verification:
    """Compare what `program` computes with a job's kernel, or with another program under `facts`.

    Runs on `instances` random inputs, and on some made to reach each side of each branch; `prove`
    also tries to prove it for all inputs. A kernel in place of a job has the parameters that the
    program names, if the program names that kernel; a file of that name goes first. Without
    `against` it is the kernel of `use`, else the one that the program names; another program
    without `facts` is compared on memories of that kernel. `of` in the result says what the proof
    compares with. `names` is what errors call the two.

    Raises CheckFailed for a difference: SW403, a run shows it; SW409, the proof refutes it. Its
    `report` is what was found before.

    >>> made = sw.compile("saxpy", n=16)
    >>> sw.verify(made.program, made.job).verified.mismatches
    0
    """
    from slotweave.driver.comparison import Subject
    from slotweave.driver.verifying import Trial

    held, called = program_of(program), pair_of_texts("names", names)
    trial = Trial(
        whole_number("instances", instances, 0), seed_of(seed), strict,
        whole_number("max_cycles", max_cycles, 0),
    )  # fmt: skip
    one = Subject(held, machine_of(held, machine), called[0])
    against = _without_kernel(against, one)
    job = against if isinstance(against, Job) else use if isinstance(use, Job) else None
    kernel_of_use = None if use is None else _use_of(use)
    if against is not None and not isinstance(against, Job):
        other = program_of(against)
        two = Subject(other, machine_of(other, machine), called[1])
        if facts is None and (use is not None or _names_kernel(held)):
            kernel = kernel_of_use or _use_of(job_named_by(held, one.machine))
            return _on_memories(_Pair(one, two, trial, prove), kernel)
        known = facts_of(facts, other)
        return _under_facts(_Pair(one, two, trial, prove), known, facts_name(facts))
    if facts is not None:
        reason = "what is known of a kernel's memory its contract says: facts are for two programs"
        raise InputError(Diagnostic("SW212", reason))
    kernel = _use_of(job) if job else kernel_of_use or _use_of(job_named_by(held, one.machine))
    return _against_kernel(one, kernel, trial, prove, job.plan if job else None)


def _without_kernel(
    against: AnyProgram | Job | AnyKernel | None, one: Subject
) -> AnyProgram | Job | None:
    """`against`, or the job of the kernel that it is."""
    if is_kernel(against) and not (isinstance(against, str) and Path(against).is_file()):
        return job_for(against, one.program, one.machine)
    return cast("AnyProgram | Job | None", against)


def _names_kernel(program: Program) -> bool:
    from slotweave.extensions import kernels

    return program.meta.get("kernel") in kernels() and bool(program.meta.get("params"))


def _use_of(given: object) -> Use:
    if isinstance(given, Job):
        return Use(given.kernel, given.parameters, given.contract)
    if not isinstance(given, Use):
        raise wanted("SW212", "use must be a job, or a kernel with parameters and contract", given)
    return given


@dataclass(frozen=True)
class _Pair:
    """Two programs, how much is tried, and whether a proof is asked for."""

    one: Subject
    two: Subject
    trial: Trial
    prove: bool


def _about(use: Use, seed: int) -> dict[str, Any]:
    return {
        "kernel": use.kernel.name, "params": dict(use.parameters), "contract": use.contract,
        "seed": seed,
    }  # fmt: skip


def _against_kernel(
    one: Subject, use: Use, trial: Trial, prove: bool, plan: Plan | None
) -> Verification:
    from slotweave.driver.verifying import run_first_of_kernel, verified_by_kernel

    kernel, about, found = use.kernel, _about(use, trial.seed), None
    verdict, of = NOT_ASKED, ""
    if prove:
        run_first_of_kernel(one, use, trial)  # it is cheap, a proof is not
        found = _proof(one, use, plan)
        about["proved"] = _proved_json(found, use)
        _expect_not_refuted(found, about)
        if kernel.definition is not None:
            verdict, of = Verdict(found.definition, found.definition_why), _DEFINITION
        else:
            given = tuple(map(str, found.promises))
            verdict, of = Verdict(found.program, found.program_why, assumptions=given), _TRACED
    verified = verified_by_kernel(one, use, trial)
    return Verification(kernel.judge, verified, verdict, of, about, found)


_DEFINITION, _TRACED = "the definition of its workload", "the kernel as it was traced"


def _proof(one: Subject, use: Use, plan: Plan | None = None) -> Proved:
    """What is proved of a program, by the plan that it names or holds, else by `plan`."""
    from slotweave.driver.origin import plan_of
    from slotweave.driver.proof import prove

    program, kernel, values, contract = one.program, use.kernel, use.parameters, use.contract
    with naming(one.name):
        named = plan_of(program, kernel, values, contract) or plan
    return prove(program, one.machine, kernel, values, contract, named)


def _on_memories(pair: _Pair, use: Use) -> Verification:
    """Two programs on the memories of a kernel; what is proved is the least of the two."""
    from slotweave.driver.verifying import run_first_of_kernel, verified_by_program
    from slotweave.views.differing_runs import telling_writers

    one, two, trial = pair.one, pair.two, pair.trial
    about, found, verdict = _about(use, trial.seed), None, NOT_ASKED
    if pair.prove:
        run_first_of_kernel(one, use, trial)
        found = min((_proof(each, use) for each in (one, two)), key=_strength)
        about["proved"] = {**_proved_json(found, use), "of": [one.name, two.name]}
        _expect_not_refuted(found, about)
        verdict = Verdict(found.definition, found.definition_why)
    told = telling_writers(one, two, use.facts)
    verified = verified_by_program(one, two, use, trial, told)
    return Verification(two.name, verified, verdict, _DEFINITION, about, found)


def _strength(found: Proved) -> int:
    return min((False, "unknown", True).index(each) for each in (found.program, found.definition))


def _proved_json(found: Proved, use: Use) -> dict[str, Any]:
    from slotweave.views.checked.proofs import proved_json

    return proved_json(found, use.contract)


def _expect_not_refuted(found: Proved, about: dict[str, Any]) -> None:
    from slotweave.driver.proof import refutation

    if refuted := refutation(found):
        raise CheckFailed(refuted.diagnostic, about)


def _shown_by(runs: Callable[[], object]) -> str:
    """What runs on random inputs say of programs that are proved to differ: where, and which stores
    wrote it. Nothing, if they show no difference."""
    try:
        runs()
    except CheckFailed as shown:
        return shown.diagnostic.message
    return ""


def _with_what_runs_show(proved: Refutable, shown: str) -> str:
    """Why two programs are not the same; a word that runs show to differ is told of once."""
    found = proved.evidence
    if found is not None and not found.failure and shown.startswith(f"{found.place} differs: "):
        return shown
    return f"{proved.why}; {shown}" if shown else proved.why


def _under_facts(pair: _Pair, facts: Facts, name: str) -> Verification:
    from slotweave.driver.comparison import prove_same
    from slotweave.driver.verifying import longest_run, run_first_of_facts, verified_under_facts
    from slotweave.views.checked.proofs import compared_json
    from slotweave.views.differing_runs import telling_writers

    one, two, trial, words = pair.one, pair.two, pair.trial, facts.memory_words
    if words is None:
        reason = (
            f"facts {name} do not say how long memory is, so it is unknown which memories to try; "
            'give a file with "memory_words" (`slotweave facts show` prints one to start from)'
        )
        raise InputError(Diagnostic("SW215", reason))
    about: dict[str, Any] = {"facts": name, "seed": trial.seed, "of": [one.name, two.name]}
    verdict, told = NOT_ASKED, telling_writers(one, two, facts)
    runs = partial(verified_under_facts, one, two, facts, words, trial, told)
    if pair.prove:
        for each in (one, two):
            with naming(each.name):
                run_first_of_facts(each, facts, words, trial)
        verdict = prove_same(one, two, facts)
        about["proved"] = compared_json(verdict, facts, name, about["of"])
        if verdict.refuted:
            why = _with_what_runs_show(verdict, _shown_by(runs))
            raise CheckFailed(Diagnostic("SW409", why), about)
    verified = runs()
    theirs = longest_run(two, facts, words, trial)  # it changes nothing that it may not, either
    about |= {"cycles": verified.cycles, "against_cycles": theirs}
    return Verification(two.name, verified, verdict, two.name, about)
