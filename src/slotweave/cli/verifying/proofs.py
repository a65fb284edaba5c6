"""What `verify --prove` does and says: proofs of programs, shown and refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Counterexample
    from slotweave.driver.proof import Proved
    from slotweave.frontend.kernel import Kernel
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
    from slotweave.driver.proof import plan_named_by, prove

    found = [
        prove(program, machine, kernel, parameters, contract,
              plan_named_by(program, kernel, parameters, contract))
        for program, machine in programs
    ]  # fmt: skip
    return min(found, key=lambda proved: min(map(_strength, (proved.program, proved.definition))))


def _strength(verdict: bool | str) -> int:
    return (False, "unknown", True).index(verdict)


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


def proved_lines(proved: Proved, defined: bool) -> Iterator[str]:
    """`proved` for a reader; of the definition only if the kernel has one (`defined`)."""
    one, other = (proved.program, proved.program_why), (proved.definition, proved.definition_why)
    if one == other:
        yield f"program and definition: {VERDICTS[proved.program]}: {proved.program_why}"
        return
    yield f"program: {VERDICTS[proved.program]}: {proved.program_why}"
    if defined:
        yield f"definition: {VERDICTS[proved.definition]}: {proved.definition_why}"
