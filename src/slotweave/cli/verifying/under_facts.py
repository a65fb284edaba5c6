"""`slotweave verify --facts`: one program against another, on memories that facts allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import longest_of, plural
from slotweave.cli import inputs
from slotweave.cli.facts import Assumed, assumed
from slotweave.cli.output import print_json
from slotweave.cli.program_files import built_like, program_in
from slotweave.cli.verifying.programs import expect_one_subject, is_program_file
from slotweave.cli.verifying.request import Request, naming_compatible, reported
from slotweave.extensions.lookup import named_facts
from slotweave.views.checked.inputs_tried import inputs_tried, unreached_lines
from slotweave.views.checked.proofs import VERDICTS

if TYPE_CHECKING:
    from slotweave.results.checked import Verification


def verify_under_facts(program: str, facts: str, request: Request) -> None:
    """Compare the program in the file `program` with the one that --against names.

    Raises CheckFailed if they are proved to differ (SW409), a word ends otherwise (SW403), one that
    is read-only is changed (SW404), or a run fails.
    """
    from slotweave import api

    against = _other_program(request)
    first = program_in(program, request.building)
    how = built_like(first, program, against, request.building)
    second = program_in(against, how)
    named = named_facts().get(facts)
    if named and how.values(named[0]) is None:
        expect_one_subject(first, program, second, against, named=True)
    known = assumed(program, facts, how, first)
    for each in (first, second):
        inputs.machine_of(each, request.machine)
    names = (inputs.shown(program), inputs.shown(against))
    if known.facts.memory_words is None:
        raise _no_length(known)
    with reported(request.json), inputs.with_file(program), naming_compatible():
        found = api.verify(first, second, known, names=names, **request.options(first))
    if request.json:
        print_json(found.to_json())
    else:
        print("\n".join(_lines(found, names, known, request)))
        request.terminal.notes(known.notes)
    if request.require_proof:
        found.expect_proved(names[0])


def _other_program(request: Request) -> str:
    """The file of the program to compare with. Refuses --facts where they are not for two."""
    against = request.against
    named = against is not None and (is_program_file(against) or against.endswith(".json"))
    if against is None or not named:
        what = "--against names none" if against is None else f"{inputs.shown(against)} is none"
        reason = f"--facts are for a program --against another, and {what}"
        raise InputError(Diagnostic("SW212", f"{reason}; kernels have -p and --contract"))
    if request.parameters or request.contract is not None:
        reason = "-p and --contract are for kernels; --facts say what is known of memory"
        raise InputError(Diagnostic("SW212", reason))
    return against


def _lines(
    found: Verification, names: tuple[str, str], known: Assumed, request: Request
) -> Iterator[str]:
    """What was found, for a person."""
    yield f"{inputs_tried(found.verified)}, no difference to {names[1]}"
    yield from unreached_lines(found.verified)
    mine, theirs = (plural(found.about[key], "cycle") for key in ("cycles", "against_cycles"))
    yield f"{longest_of(request.instances)}: {mine} of {names[0]}, {theirs} of {names[1]}"
    if request.prove or request.require_proof:
        yield f"both the same: {VERDICTS[found.proved.answer]}: {found.proved.why}"
    yield f"facts: {known}"


def _no_length(known: Assumed) -> InputError:
    reason = (
        f"--facts {known.name} does not say how long memory is, so it is unknown which "
        'memories to try; give a file with "memory_words" (`slotweave facts show` prints one to '
        "start from)"
    )
    return InputError(Diagnostic("SW215", reason))
