"""Proofs of programs as lines and as JSON, with the names that all commands share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Counterexample, Refutable
    from slotweave.driver.proof import Proved
    from slotweave.ir.facts import Facts

#: What a verdict is called in sentences.
VERDICTS = {True: "proved", False: "refuted", "unknown": "not proved"}


def proved_json(proved: Proved, contract: str) -> dict[str, Any]:
    """`proved` as the JSON of all commands has it."""
    shown: dict[str, Any] = {
        "program": proved.program,
        "definition": proved.definition,
        "why": proved.why,
        "facts": contract,
        "promises": [promise.to_json() for promise in proved.promises],
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


def compared_json(
    found: Refutable, facts: Facts, name: str, programs: Sequence[str]
) -> dict[str, Any]:
    """What is proved of two programs under facts, which are called `name`."""
    from slotweave.ir.text.facts_json import facts_to_json

    shown: dict[str, Any] = {
        "program": found.answer,
        "definition": "unknown",
        "why": found.why,
        "facts": {"name": name, **json.loads(facts_to_json(facts))},
        "of": list(programs),
    }
    if found.evidence is not None:
        shown["counterexample"] = counterexample_json(found.evidence)
    return shown
