"""Facts that users name: what may be assumed of memory before a program runs.

The rule of all commands: the facts given with --facts, else those that an extension assumes of a
file that it reads, else none. What a program says of its origin is only a hint to the user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed
from slotweave.cli.assignments import given_as
from slotweave.cli.inputs import shown
from slotweave.cli.program_files import Building, Values, reader_of, unused, usual_values
from slotweave.extensions import Subject, extensions
from slotweave.extensions.fitting_facts import facts_of_kernel, facts_of_origin, other_kernel
from slotweave.extensions.lookup import NOTHING, named_facts

if TYPE_CHECKING:
    from slotweave.base.diagnostics import Diagnostic
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program
    from slotweave.machine import Machine

FORM = "NAME|FILE.json"


def _usual() -> str:
    """Which facts are assumed where none are given, for help texts."""
    readers = [extension.reader for extension in extensions() if extension.reader]
    built = [f"{reader.facts} for a {reader.noun}, else " for reader in readers]
    return f"{''.join(built)}{NOTHING}"


_HELP = (
    f"What to assume about memory: {', '.join([*named_facts(), NOTHING])}, or a file. With `none`, "
    "any two addresses may alias and all of memory is output; `slotweave facts list` describes "
    "the others. "
)
FactsOption = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar=FORM,
        help=f"{_HELP}Default: {_usual()}, whatever kernel a program names.",
    ),
]


@dataclass(frozen=True, slots=True)
class Assumed:
    """The facts that a command works under: as users call them, and what they are about.

    `about` is "the shape 10,16,256"; `notes` are what to say of them on stderr; `hint` is what to
    say besides if it costs cycles that nothing is known of memory.
    """

    name: str
    facts: Facts
    about: str | None = None
    notes: tuple[str, ...] = ()
    hint: str = ""

    def __str__(self) -> str:
        if self.name == NOTHING:
            return f"{NOTHING}: nothing is known of memory, all of it is output"
        return self.name if self.about is None else f"{self.name}, for {self.about}"


def assumed(file: str, given: str | None, how: Building, program: Program) -> Assumed:
    """The facts for the program in `file`: those `given`, else what `--help` says."""
    from slotweave import names

    name = facts_for(file, given)
    found = named_facts().get(name)
    subject = found[0].subject if found else None
    values: Values | None = None
    if found and subject:
        values = how.values(found[0]) or usual_values(subject, program.meta.get("params"))
    with given_as(f"--facts {FORM}"):
        facts = names.facts(name, **(values or {}))
    missing = missing_facts(file, given, program)
    own = facts_of_kernel(program.meta) if missing else None
    notes = [missing] if missing and own is None else []
    notes += subject_notes(file, name, how, program)
    if facts.regions and not any(region.output for region in facts.regions):
        notes.append(f"the facts {name!r} call no region output: what is in memory counts nowhere")
    about = f"the {subject.noun} {subject.text(values)}" if subject and values else None
    return Assumed(name, facts, about, tuple(notes), missing if own else "")


@contextmanager
def with_facts(known: Assumed, given: str | None) -> Iterator[None]:
    """Where a word that is read-only is changed, errors say that other facts may be the cure."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code != "SW404":
            raise
        raise CheckFailed(
            replace(found, message=f"{found.message}; {cure(known, given)}")
        ) from None


def cure(known: Assumed, given: str | None) -> str:
    """What to do where a program changes what is read-only under these facts."""
    found = named_facts().get(known.name)
    reader = found[0].reader if found else None
    assumed_of = f"a {reader.noun}'s" if reader else "those assumed"
    whose = f"{assumed_of} if no --facts are given" if given is None else "as --facts says"
    instead = f"{found[1].cure}; " if found and found[1].cure else ""
    return (
        f"the facts are {known.name!r} ({whose}); {instead}if the "
        "program is for something else, give a file of what is known of its memory, or --facts none"
    )


def read_only_notes(
    program: Program, file: str, machine: Machine, known: Assumed, given: str | None
) -> Iterator[str]:
    """A warning where a store goes to what is read-only under these facts."""
    from slotweave.api.looking import read_only_store

    yield from read_only_note(read_only_store(program, known, machine), file, known, given)


def read_only_note(
    found: Diagnostic | None, file: str, known: Assumed, given: str | None
) -> Iterator[str]:
    """The warning of such a store, if one was found."""
    if found is not None:
        message = f"{found.message}; {cure(known, given)}"
        yield f"warning: {replace(found, message=message, file=shown(file))}"


def facts_for(file: str, name: str | None) -> str:
    """The name of the facts for the program in `file`, if users give none: as `--help` says."""
    if name is not None:
        return name
    found = reader_of(file)
    return found[1].facts if found else NOTHING


def missing_facts(file: str, given: str | None, program: Program) -> str:
    """What to say if no facts are given, and none are assumed; nothing otherwise."""
    if given is not None or facts_for(file, None) != NOTHING:
        return ""
    origin, own = facts_of_origin(program.meta), facts_of_kernel(program.meta)
    if own is not None:
        better = f"`{own} -o facts.json` writes what is known of it, for --facts facts.json"
    elif origin is None:
        better = f"if more is known, pass --facts {FORM} (`slotweave facts list`)"
    else:
        promise = f"{program.meta['kernel']} with the contract {program.meta['contract']}"
        better = f"the program names {promise}; --facts {origin} may apply"
    return f"no --facts given, so nothing is assumed about memory; {better}"


def own_values(subject: Subject, program: Program) -> Values | None:
    """The values of the subject that `program` says it is for, if it says so in full."""
    params = program.meta.get("params")
    if not isinstance(params, Mapping) or any(name not in params for name in subject.names):
        return None
    return {name: params[name] for name in subject.names}


def subject_notes(file: str, name: str, how: Building, program: Program) -> Iterator[str]:
    """What to say of the values for the facts called `name`, if they are not plain."""
    if reader_of(file):
        return
    found = named_facts().get(name)
    for extension in extensions():
        given, subject = how.values(extension), extension.subject
        if given is not None and (found is None or found[0] is not extension) and subject:
            yield unused(extension, file, f", and the facts {name!r} are about no {subject.noun}")
    if found is None or found[0].subject is None:
        return
    subject = found[0].subject
    given, own = how.values(found[0]), own_values(subject, program)
    if other := other_kernel(name, program.meta):
        yield (
            f"warning: {shown(file)}: the program names {other[0]}, and --facts {name} describes "
            f"memory of {other[1]}"
        )
    elif given is None and own is None:
        usual = subject.text(usual_values(subject))
        yield f"{shown(file)}: names no {subject.noun}, so --facts {name} assumes {usual}"
    elif given is not None and own is not None and given != own:
        said, meant = subject.text(given), subject.text(own)
        program_says = f"the program names the {subject.noun} {meant}"
        yield f"warning: {shown(file)}: {subject.flag} {said} is given, but {program_says}"
