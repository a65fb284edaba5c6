"""What `verify --prove` does and says: proofs of programs, shown and refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Counterexample
    from slotweave.driver.proof import Proved
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.plan import Plan
    from slotweave.ir.program import Program
    from slotweave.machine import Machine

#: What a verdict is called in sentences.
VERDICTS = {True: "proved", False: "refuted", "unknown": "not proved"}


def prove_programs(
    programs: Sequence[tuple[Program, Machine]],
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
) -> Proved:
    """What is proved of all of `programs`: the first for which it is the least."""
    from slotweave.driver.proof import prove

    found = [
        prove(program, machine, kernel, parameters, contract,
              _plan_of(program, kernel, parameters, contract))
        for program, machine in programs
    ]  # fmt: skip
    return min(found, key=lambda proved: min(map(_strength, (proved.program, proved.definition))))


def _strength(verdict: bool | str) -> int:
    return (False, "unknown", True).index(verdict)


def _plan_of(
    program: Program, kernel: Kernel, parameters: Mapping[str, int], contract: str
) -> Plan | None:
    """The plan by which `program` says that it was compiled, if it says so of this very kernel."""
    meta = program.meta
    named = meta.get("kernel"), meta.get("params"), meta.get("contract")
    if named == (kernel.name, dict(parameters), contract) and meta.get("plan") in kernel.plan_names:
        return kernel.plan(meta["plan"], parameters, contract)
    return None


def proved_json(proved: Proved, contract: str) -> dict[str, Any]:
    """`proved` as the JSON of all commands has it."""
    shown: dict[str, Any] = {
        "program": proved.program,
        "definition": proved.definition,
        "why": proved.why,
        "facts": contract,
    }
    if proved.counterexample is not None:
        shown["counterexample"] = counterexample_json(proved.counterexample)
    return shown


def counterexample_json(found: Counterexample) -> dict[str, Any]:
    """The memory that refutes, and what is wrong after it."""
    return {
        "seed": found.seed,
        "words": {str(address): word for address, word in sorted(found.words.items())},
        "place": found.place,
        "expected": found.expected,
        "got": found.got,
        "failure": found.failure,
        "other_fails": found.other_fails,
    }


def refutation(proved: Proved) -> CheckFailed | None:
    """The error to end with (SW409), if something is refuted."""
    for verdict, why in (
        (proved.definition, proved.definition_why),
        (proved.program, proved.program_why),
    ):
        if verdict is False:
            return CheckFailed(Diagnostic("SW409", why))
    return None


def proved_lines(proved: Proved) -> Iterator[str]:
    """`proved` for a reader."""
    one, other = (proved.program, proved.program_why), (proved.definition, proved.definition_why)
    if one == other:
        yield f"program and definition: {VERDICTS[proved.program]}: {proved.program_why}"
        return
    yield f"program: {VERDICTS[proved.program]}: {proved.program_why}"
    yield f"definition: {VERDICTS[proved.definition]}: {proved.definition_why}"
