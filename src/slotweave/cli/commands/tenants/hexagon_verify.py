"""`slotweave hexagon verify` and `count`: files of assembly on random inputs, run by QEMU."""

from __future__ import annotations

import json as json_module
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.options import Instances, Json, Output, Seed
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.hexagon.judges.emulator import Trial


_Function = Annotated[str, typer.Option(metavar="NAME", help="Function to call.")]
_Arguments = Annotated[
    str,
    typer.Option(
        metavar="KIND,...",
        help="Contents of r0, r1, ...: pointer (to 4096 random bytes), integer, or LOW..HIGH.",
    ),
]
_POINTERS = "pointer,pointer,pointer"
_Seconds = Annotated[
    float,
    typer.Option("--time-limit", metavar="SECONDS", min=1, help="Stop each run after SECONDS."),
]


def verify(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(metavar="A.s", help="Assembly.")],
    against: Annotated[str, typer.Argument(metavar="B.s", help="Assembly to compare with.")],
    function: _Function,
    arguments: _Arguments = _POINTERS,
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="FILE", help="Link FILE (.c or .s) with both; repeatable."),
    ] = None,
    instances: Instances = 100,
    seed: Seed = 0,
    time_limit: _Seconds = 60.0,
    json: Json = False,
) -> None:
    """Run a function from two files in QEMU, and compare.

    Both run on the same random inputs.

    Compare the memory behind the pointers, r0, r1 and the callee-saved registers, and count the
    packets executed. If QEMU cannot run this version of Hexagon, say so and run nothing.
    """
    from slotweave.hexagon.assembly.read import read_listing
    from slotweave.hexagon.judges.emulator import compare, missing
    from slotweave.hexagon.judges.harness import arguments_of

    given = arguments_of(arguments)
    texts = [_text_with(function, name) for name in (file, against)]
    lacking = missing()
    if lacking:
        raise InputError(Diagnostic("SW217", lacking))
    cpu = read_listing(texts[0]).cpu or "hexagonv67"
    others = [Path(name) for name in also or ()]
    files = Path(file), Path(against)
    trial = compare(files, function, given, instances, seed, cpu, others, time_limit)
    if json:
        print_json({"file": file, "against": against, **_value(trial, function, seed)})
    elif not terminal.quiet:
        print(_line(trial, function))
    if trial.mismatch is not None:
        reason = f"run {trial.mismatch} of {function} with --seed {seed}: {trial.what}"
        raise CheckFailed(Diagnostic("SW403", reason, file=against))


def _text_with(function: str, file: str) -> str:
    """The text of a file with that function. Raises InputError (SW203, SW212, SW229)."""
    if not re.fullmatch(r"[A-Za-z_]\w*", function):
        raise InputError(Diagnostic("SW212", f"{function!r} is no name of a C function"))
    text = inputs.read_text(file, "SW203")
    if not re.search(rf"^{function}:", text, re.MULTILINE):
        raise InputError(Diagnostic("SW229", f"there is no function {function!r}", file=file))
    return text


def count(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(metavar="FILE.s", help="Assembly.")],
    function: _Function,
    arguments: _Arguments = _POINTERS,
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="FILE", help="Link FILE (.c or .s) with it; repeatable."),
    ] = None,
    instances: Instances = 10,
    seed: Seed = 0,
    time_limit: _Seconds = 60.0,
    output: Output = None,
) -> None:
    """Count how often each block runs, with QEMU, for --counts of the other commands.

    Calls a function on random inputs, and writes a JSON object of numbers by the names of blocks.
    """
    from slotweave.hexagon.assembly.read import read_listing
    from slotweave.hexagon.judges.counting import count_blocks
    from slotweave.hexagon.judges.emulator import NEWEST, missing
    from slotweave.hexagon.judges.harness import arguments_of

    expect_writable(output)
    given = arguments_of(arguments)
    listing = read_listing(_text_with(function, file), inputs.shown(file))
    lacking = missing()
    if lacking:
        raise InputError(Diagnostic("SW217", lacking))
    if listing.version > NEWEST:
        reason = f"QEMU runs versions up to v{NEWEST}, and this is v{listing.version}"
        raise InputError(Diagnostic("SW229", reason, file=file))
    others = [Path(name) for name in also or ()]
    cpu = listing.cpu or "hexagonv67"
    counts = count_blocks(listing, function, given, instances, seed, cpu, others, time_limit)
    write_output("-" if output is None else output, json_module.dumps(counts, indent=1) + "\n")
    if output not in (None, "-"):
        terminal.note(f"wrote {output}")


def _value(trial: Trial, function: str, seed: int) -> dict[str, object]:
    return {
        "function": function,
        "seed": seed,
        "ran": trial.ran,
        "why": trial.why,
        "instances": trial.instances,
        "mismatches": int(trial.mismatch is not None),
        "first": trial.what,
        "packets": list(trial.packets),
    }


def _line(trial: Trial, function: str) -> str:
    if not trial.ran:
        return f"{function} was not run: {trial.why}"
    first, second = trial.packets
    same = "the same" if trial.mismatch is None else "different"
    ended = f" ({trial.why} after that)" if trial.why else ""
    return (
        f"{function}: {trial.instances} runs{ended}, {same}; {first:,} packets executed, and "
        f"{second:,} of the second file"
    )
