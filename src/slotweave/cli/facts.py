"""Facts that users name: what may be assumed of memory before a program runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.assignments import given_as

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program

#: The contract of tree-hash that each name stands for; `none` knows nothing.
CONTRACTS = {"challenge": "values", "challenge-full": "full", "challenge-any-start": "any-start"}
NOTHING = "none"
FORM = "NAME|FILE.json"
#: What is known of the runs that are judged, and therefore of Python files.
JUDGED = "challenge"

FactsOption = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar=FORM,
        help="What may be assumed of memory: challenge, challenge-full, challenge-any-start, none "
        "(any two addresses may meet, all of memory is output), or a file. If left out, challenge "
        "for a Python file, else none.",
    ),
]


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


def facts_row(name: str, program: Program, shape: Mapping[str, int] | None) -> tuple[str, str]:
    """The facts called `name`, for a table."""
    if name == NOTHING:
        return "facts", f"{NOTHING}: any two addresses may meet, all of memory is output"
    if name in CONTRACTS:
        numbers = ",".join(map(str, _shape(program, shape).values()))
        return "facts", f"{name}, for the shape {numbers}"
    return "facts", name


def facts_named(name: str | None, shape: Mapping[str, int] | None, program: Program) -> Facts:
    """The facts called `name`, or those in the file `name`; none for a bare program."""
    from slotweave.ir.facts import nothing_known

    if name is None or name == NOTHING:
        return nothing_known()
    if name in CONTRACTS:
        from slotweave.kernels import KERNELS

        return KERNELS["tree-hash"].facts(_shape(program, shape), CONTRACTS[name])
    if name.endswith(".json"):
        from slotweave.ir.facts_json import facts_from_json

        return facts_from_json(inputs.read_text(name, "SW215"), name)
    with given_as(f"--facts {FORM}"):
        raise inputs.unknown("SW215", "set of facts called", name, [*CONTRACTS, NOTHING])


def _shape(program: Program, given: Mapping[str, int] | None) -> Mapping[str, int]:
    """The shape that facts are about: what is given, else that of the program, else the usual."""
    params = program.meta.get("params")
    return inputs.shape_or_default(given, params if isinstance(params, Mapping) else None)
