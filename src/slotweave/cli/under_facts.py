"""What `verify --facts` does: one program against another, on memories that facts allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli import inputs
from slotweave.cli.facts import Assumed
from slotweave.cli.output import print_json
from slotweave.cli.proofs import VERDICTS, counterexample_json
from slotweave.cli.terminal import Terminal
from slotweave.cli.tried import inputs_tried, unreached_lines

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Refutable
    from slotweave.driver.comparison import Subject

#: Faults of strict mode alone.
STRICT_ALONE = frozenset({"SW104", "SW109"})


@dataclass(frozen=True, slots=True)
class Trial:
    """How two programs are compared."""

    instances: int
    seed: int
    strict: bool
    max_cycles: int
    prove: bool


def verify_under_facts(
    subjects: tuple[Subject, Subject],
    files: tuple[str, str],
    known: Assumed,
    trial: Trial,
    terminal: Terminal,
    as_json: bool,
) -> None:
    """Compare the first of `subjects`, out of `files`, with the second.

    Raises CheckFailed if they are proved to differ (SW409), a word ends otherwise (SW403), one that
    is read-only is changed (SW404), or a run fails.
    """
    from slotweave.check.runs.execution import instance_memory
    from slotweave.check.symbolic.witness import memories
    from slotweave.driver.comparison import (
        end_after,
        inputs_for,
        longest_run,
        prove_same,
        run_like,
    )

    facts, words = known.facts, known.facts.memory_words
    if words is None:
        raise _no_length(known)
    names = [inputs.shown(file) for file in files]
    report: dict[str, Any] = {"facts": known.name, "seed": trial.seed, "of": names}
    limits: dict[str, Any] = {"strict": trial.strict, "max_cycles": trial.max_cycles}
    if trial.prove:  # a run is cheap, a proof is not
        begin = instance_memory(memories(facts, words), trial.seed, 0)
        for subject, file in zip(subjects, files, strict=True):
            with inputs.with_file(file), naming_compatible():
                end_after(subject, **limits)(begin)
    proved = prove_same(*subjects, facts) if trial.prove else None
    if proved is not None:
        report["proved"] = _proved_json(proved, known, names)
        _refuse_refuted(proved, report, files[0], as_json)
    first, second = subjects
    runs: dict[str, Any] = {"instances": trial.instances, "seed": trial.seed, **limits}
    with inputs.with_file(files[1]), naming_compatible():
        after = inputs.blamed(end_after(second, **limits), files[1])
        its_cycles = longest_run(second, facts, words, **runs)
        directed = inputs_for(second, facts, words, instances=trial.instances, seed=trial.seed)
    with inputs.with_file(files[0]), naming_compatible():
        verified = run_like(first, after, facts, words, **runs, directed=directed)
    if as_json:
        cycles = {"cycles": verified.cycles, "against_cycles": its_cycles}
        print_json({"verified": verified.to_json(), **cycles, **report})
        return
    print(f"{inputs_tried(verified)}, no difference to {names[1]}")
    for line in unreached_lines(verified):
        print(line)
    longest = "the longest run: " if trial.instances > 1 else ""
    mine, theirs = plural(verified.cycles, "cycle"), plural(its_cycles, "cycle")
    print(f"{longest}{mine} of {names[0]}, {theirs} of {names[1]}")
    if proved is not None:
        print(f"both the same: {VERDICTS[proved.answer]}: {proved.why}")
    print(f"facts: {known}")
    terminal.notes(known.notes)


@contextmanager
def naming_compatible() -> Iterator[None]:
    """Where only strict mode refuses a program, the error names the option that allows it."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code not in STRICT_ALONE:
            raise
        message = f"{found.message}; the machine allows it, and so does --compatible"
        raise CheckFailed(replace(found, message=message)) from None


def _proved_json(proved: Refutable, known: Assumed, names: list[str]) -> dict[str, Any]:
    """`proved` with the names that the JSON of all commands shares."""
    from slotweave.ir.text.facts_json import facts_to_json

    shown: dict[str, Any] = {
        "program": proved.answer,
        "definition": "unknown",
        "why": proved.why,
        "facts": {"name": known.name, **json.loads(facts_to_json(known.facts))},
        "of": names,
    }
    if proved.evidence is not None:
        shown["counterexample"] = counterexample_json(proved.evidence)
    return shown


def _refuse_refuted(proved: Refutable, report: dict[str, Any], file: str, as_json: bool) -> None:
    """Raise CheckFailed (SW409) if the programs differ; as JSON the whole report comes first."""
    if not proved.refuted:
        return
    if as_json:
        print_json(report)
    raise CheckFailed(Diagnostic("SW409", proved.why, file=inputs.shown(file)))


def _no_length(known: Assumed) -> InputError:
    reason = (
        f"--facts {known.name} does not say how long memory is, so it is unknown which "
        'memories to try; give a file with "memory_words" (`slotweave facts show` prints one to '
        "start from)"
    )
    return InputError(Diagnostic("SW215", reason))
