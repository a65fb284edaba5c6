"""Facts that users name: what may be assumed of memory before a program runs."""

from __future__ import annotations

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


def facts_named(name: str | None, shape: str | None, program: Program) -> Facts:
    """The facts called `name`, or those in the file `name`; none for a bare program."""
    from slotweave.ir.facts import nothing_known

    if name is None or name == NOTHING:
        return nothing_known()
    if name in CONTRACTS:
        from slotweave.kernels import KERNELS

        kernel = KERNELS["tree-hash"]
        defaults = program.meta.get("params") if shape is None else None
        known = defaults if isinstance(defaults, dict) else None
        return kernel.facts(inputs.shape_parameters(shape, known), CONTRACTS[name])
    if name.endswith(".json"):
        from slotweave.ir.facts_json import facts_from_json

        return facts_from_json(inputs.read_text(name, "SW215"), name)
    with given_as(f"--facts {FORM}"):
        raise inputs.unknown("SW215", "set of facts called", name, [*CONTRACTS, NOTHING])
