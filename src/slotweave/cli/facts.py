"""Facts that users name: what may be assumed of memory before a program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program

#: The contract of tree-hash that each name stands for; `none` knows nothing.
CONTRACTS = {"challenge": "values", "challenge-full": "full", "challenge-any-start": "any-start"}
NOTHING = "none"

FactsOption = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar="NAME|FILE.json",
        help="What may be assumed of memory: challenge, challenge-full, challenge-any-start, none "
        "(any two addresses may meet, all of memory is output), or a file.",
    ),
]
ShapeOption = Annotated[
    str | None,
    typer.Option(
        "--shape",
        metavar="HEIGHT,ROUNDS,BATCH",
        help="The shape that --facts challenge is about: the program's own, else 10,16,256.",
    ),
]


def facts_named(name: str | None, shape: str | None, program: Program) -> Facts:
    """The facts called `name`, or those in the file `name`; none for a bare program."""
    from slotweave.ir.facts import nothing_known

    if name is None or name == NOTHING:
        return nothing_known()
    if name in CONTRACTS:
        from slotweave.kernels import KERNELS

        kernel = KERNELS["tree-hash"]
        given = [] if shape is None else _shape(shape)
        defaults = program.meta.get("params") if shape is None else None
        known = defaults if isinstance(defaults, dict) else None
        return kernel.facts(inputs.parameters_of(kernel, given, known), CONTRACTS[name])
    if name.endswith(".json"):
        from slotweave.ir.facts_json import facts_from_json

        return facts_from_json(inputs.read_text(name, "SW215"), name)
    raise inputs.unknown("SW215", "set of facts called", name, [*CONTRACTS, NOTHING])


def _shape(text: str) -> list[str]:
    """`10,16,256` as parameters are given."""
    numbers = text.split(",")
    if len(numbers) != 3:
        reason = f"a shape is HEIGHT,ROUNDS,BATCH, such as 10,16,256, not {text!r}"
        raise InputError(Diagnostic("SW212", reason))
    names = ("height", "rounds", "batch")
    return [f"{name}={number}" for name, number in zip(names, numbers, strict=True)]
