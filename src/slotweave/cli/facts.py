"""Facts that users name: what may be assumed of memory before a program runs.

The rule of all commands: the facts given with --facts, else those of the judged runs for a Python
file, else none. What a program says of its origin is only a hint to the user (`diff` asks for it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed
from slotweave.cli import inputs
from slotweave.cli.assignments import given_as

if TYPE_CHECKING:
    from slotweave.base.diagnostics import Diagnostic
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program
    from slotweave.machine import Machine

#: The contract of tree-hash that each name stands for; `none` knows nothing.
CONTRACTS = {
    "challenge": "values",
    "challenge-judged": "judged",
    "challenge-full": "full",
    "challenge-any-start": "any-start",
}
NOTHING = "none"
FORM = "NAME|FILE.json"
#: What is known of the runs that are judged, and therefore of Python files.
JUDGED = "challenge"

_HELP = (
    "What may be assumed of memory: challenge, challenge-judged (the same, but tree and header may "
    "end as they like), challenge-full, challenge-any-start, none (any two addresses may alias, "
    "all of memory is output), or a file (`slotweave facts show` prints one). "
)
FactsOption = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar=FORM,
        help=f"{_HELP}If left out, challenge for a Python file, else none.",
    ),
]
OriginFactsOption = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar=FORM,
        help=f"{_HELP}If left out, those that the first of the two to name its kernel was compiled "
        "under; challenge for a Python file, else none.",
    ),
]


@dataclass(frozen=True, slots=True)
class Assumed:
    """The facts that a command works under: as users call them, and for which shape.

    `notes` are what to say of them on stderr.
    """

    name: str
    facts: Facts
    shape: str | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name == NOTHING:
            return f"{NOTHING}: nothing is known of memory, all of it is output"
        return self.name if self.shape is None else f"{self.name}, for the shape {self.shape}"


def assumed(
    file: str, given: str | None, shape: Mapping[str, int] | None, program: Program
) -> Assumed:
    """The facts for the program in `file`: those `given`, else what `--help` says."""
    name = facts_for(file, given)
    params = program.meta.get("params")
    about = inputs.shape_or_default(shape, params if isinstance(params, Mapping) else None)
    with given_as(f"--facts {FORM}"):
        facts = facts_named(name, about)
    hint = missing_facts(file, given, program)
    notes = [hint] if hint else []
    notes += shape_notes(file, name, shape, program)
    said = inputs.shape_text(about) if name in CONTRACTS else None
    return Assumed(name, facts, said, tuple(notes))


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
    whose = "a Python file's if no --facts are given" if given is None else "as --facts says"
    judged = "--facts challenge-judged lets tree and header end as they like; "
    return (
        f"the facts are {known.name!r} ({whose}); {judged if known.name == JUDGED else ''}if the "
        "program is for something else, give a file of what is known of its memory, or --facts none"
    )


def read_only_notes(
    program: Program, file: str, machine: Machine, known: Assumed, given: str | None
) -> Iterator[str]:
    """A warning where a store goes to what is read-only under these facts."""
    from slotweave.anatomy.read_only_stores import read_only_store

    yield from read_only_note(read_only_store(program, machine, known.facts), file, known, given)


def read_only_note(
    found: Diagnostic | None, file: str, known: Assumed, given: str | None
) -> Iterator[str]:
    """The warning of such a store, if one was found."""
    if found is not None:
        message = f"{found.message}; {cure(known, given)}"
        yield f"warning: {replace(found, message=message, file=inputs.shown(file))}"


def facts_for(file: str, name: str | None) -> str:
    """The name of the facts for the program in `file`, if users give none: as `--help` says."""
    return name or (JUDGED if inputs.is_python_file(file) else NOTHING)


def facts_of_origin(file: str, program: Program) -> str:
    """The name of the facts that the maker of `program` relied on, as far as it says so."""
    contract = program.meta.get("contract") if program.meta.get("kernel") == "tree-hash" else None
    names = (name for name, promised in CONTRACTS.items() if promised == contract)
    return next(names, facts_for(file, None))


def missing_facts(file: str, given: str | None, program: Program) -> str:
    """What to say if no facts are given, and none are assumed; nothing otherwise."""
    if given is not None or facts_for(file, None) != NOTHING:
        return ""
    origin = facts_of_origin(file, program)
    if origin == NOTHING:
        better = f"if more is known of it, give --facts {JUDGED} or FILE.json"
    else:
        promise = f"{program.meta['kernel']} with the contract {program.meta['contract']}"
        better = f"the program says that it is for {promise}: try --facts {origin}"
    return f"no --facts given, so nothing is assumed of memory; {better}"


def own_shape(program: Program) -> Mapping[str, int] | None:
    """The shape that `program` says it is for, if it says so in full."""
    params = program.meta.get("params")
    if not isinstance(params, Mapping) or any(name not in params for name in inputs.SHAPE):
        return None
    return {name: params[name] for name in inputs.SHAPE}


def shape_notes(
    file: str, name: str, given: Mapping[str, int] | None, program: Program
) -> Iterator[str]:
    """What to say of the shape for the facts called `name`, if it is not plain what it must be."""
    if inputs.is_python_file(file):
        return
    if name not in CONTRACTS:
        if given is not None:
            yield inputs.unused_shape(file, f", and the facts {name!r} are about no shape")
        return
    own = own_shape(program)
    if given is None and own is None:
        usual = inputs.shape_text(inputs.shape_or_default(None))
        yield f"{inputs.shown(file)}: names no shape, so --facts {name} is about {usual}"
    elif given is not None and own is not None and given != own:
        said, meant = inputs.shape_text(given), inputs.shape_text(own)
        program_says = f"the program says that it is for the shape {meant}"
        yield f"warning: {inputs.shown(file)}: --shape {said} is given, but {program_says}"


def facts_named(name: str, shape: Mapping[str, int]) -> Facts:
    """The facts called `name`, of tree hash in this shape, or those in the file `name`."""
    from slotweave.ir.facts import nothing_known

    if name == NOTHING:
        return nothing_known()
    if name in CONTRACTS:
        from slotweave.kernels import KERNELS

        return KERNELS["tree-hash"].facts(shape, CONTRACTS[name])
    if name.endswith(".json"):
        from slotweave.ir.text.facts_json import facts_from_json

        return facts_from_json(inputs.read_text(name, "SW215"), name)
    raise inputs.unknown("SW215", "set of facts called", name, [*CONTRACTS, NOTHING])
