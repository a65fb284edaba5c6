"""`slotweave verify --facts`: one program against another, on memories that facts allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli import inputs
from slotweave.cli.facts import Assumed, assumed, named_facts
from slotweave.cli.output import print_json
from slotweave.cli.program_files import built_like, program_in
from slotweave.cli.verifying.programs import expect_one_subject, is_program_file
from slotweave.cli.verifying.proofs import VERDICTS, counterexample_json
from slotweave.cli.verifying.request import Request, naming_compatible
from slotweave.cli.verifying.tried import inputs_tried, unreached_lines

if TYPE_CHECKING:
    from slotweave.check.definition.counterexample import Refutable
    from slotweave.check.runs.execution import Verified
    from slotweave.driver.comparison import Subject


@dataclass(frozen=True)
class _Question:
    """Do two programs, out of `files`, leave the same on memories of `words` words?"""

    first: Subject
    second: Subject
    files: tuple[str, str]
    known: Assumed
    words: int

    @property
    def names(self) -> list[str]:
        return [self.first.name, self.second.name]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Runs of the first program, and the cycles of the longest run of the second."""

    verified: Verified
    against_cycles: int


def verify_under_facts(program: str, facts: str, request: Request) -> None:
    """Compare the program in the file `program` with the one that --against names.

    Raises CheckFailed if they are proved to differ (SW409), a word ends otherwise (SW403), one that
    is read-only is changed (SW404), or a run fails.
    """
    question = _question(program, facts, request)
    report: dict[str, Any] = {
        "facts": question.known.name, "seed": request.seed, "of": question.names
    }  # fmt: skip
    proved = _proved(question, request) if request.prove else None
    if proved is not None:
        report["proved"] = _proved_json(proved, question.known, question.names)
        _refuse_refuted(proved, report, program, request.json)
    compared = _compared(question, request)
    if request.json:
        cycles = {"cycles": compared.verified.cycles, "against_cycles": compared.against_cycles}
        print_json({"verified": compared.verified.to_json(), **cycles, **report})
        return
    for line in _lines(question, compared, proved, request.instances):
        print(line)
    request.terminal.notes(question.known.notes)


def _question(program: str, facts: str, request: Request) -> _Question:
    """What is asked, from the options and from what the files say of themselves."""
    against = _other_program(request)
    first = program_in(program, request.building)
    how = built_like(first, program, against, request.building)
    second = program_in(against, how)
    named = named_facts().get(facts)
    if named and how.values(named[0]) is None:
        expect_one_subject(first, program, second, against)
    known = assumed(program, facts, how, first)
    subjects = request.subject(first, program), request.subject(second, against)
    if known.facts.memory_words is None:
        raise _no_length(known)
    return _Question(*subjects, (program, against), known, known.facts.memory_words)


def _other_program(request: Request) -> str:
    """The file of the program to compare with. Refuses --facts where they are not for two."""
    against = request.against
    if against is None or not is_program_file(against):
        what = "--against names none" if against is None else f"{against} is none"
        reason = f"--facts are for a program --against another, and {what}"
        raise InputError(Diagnostic("SW212", f"{reason}; kernels have -p and --contract"))
    if request.parameters or request.contract:
        reason = "-p and --contract are for kernels; --facts say what is known of memory"
        raise InputError(Diagnostic("SW212", reason))
    return against


def _proved(question: _Question, request: Request) -> Refutable:
    """What is proved of the two, after a run of each: it is cheap, a proof is not."""
    from slotweave.driver.comparison import prove_same
    from slotweave.driver.verifying import run_first_of_facts

    facts = question.known.facts
    for subject, file in zip((question.first, question.second), question.files, strict=True):
        with inputs.with_file(file), naming_compatible():
            run_first_of_facts(subject, facts, question.words, request.trial)
    return prove_same(question.first, question.second, facts)


def _compared(question: _Question, request: Request) -> _Compared:
    from slotweave.driver.verifying import longest_run, verified_under_facts
    from slotweave.views.differing_runs import telling_writers

    first, second, facts = question.first, question.second, question.known.facts
    told = telling_writers(first, second, facts)
    with inputs.with_file(question.files[0]), naming_compatible():
        verified = verified_under_facts(first, second, facts, question.words, request.trial, told)
        return _Compared(verified, longest_run(second, facts, question.words, request.trial))


def _lines(
    question: _Question, compared: _Compared, proved: Refutable | None, instances: int
) -> Iterator[str]:
    """What was found, for a person."""
    verified, (first, second) = compared.verified, question.names
    yield f"{inputs_tried(verified)}, no difference to {second}"
    yield from unreached_lines(verified)
    longest = "the longest run: " if instances > 1 else ""
    mine, theirs = (
        plural(cycles, "cycle") for cycles in (verified.cycles, compared.against_cycles)
    )
    yield f"{longest}{mine} of {first}, {theirs} of {second}"
    if proved is not None:
        yield f"both the same: {VERDICTS[proved.answer]}: {proved.why}"
    yield f"facts: {question.known}"


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
