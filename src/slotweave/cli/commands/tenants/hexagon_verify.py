"""`slotweave hexagon verify`: two files of assembly on random inputs, run by QEMU."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.options import Instances, Json, Seed
from slotweave.cli.output import print_json
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.hexagon.judges.emulator import Trial


def verify(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(metavar="A.s", help="Assembly.")],
    against: Annotated[str, typer.Argument(metavar="B.s", help="Assembly to compare with.")],
    function: Annotated[str, typer.Option(metavar="NAME", help="Function to call.")],
    arguments: Annotated[
        str,
        typer.Option(
            metavar="KIND,...",
            help="Contents of r0, r1, ...: pointer (to 4096 random bytes), integer, or LOW..HIGH.",
        ),
    ] = "pointer,pointer,pointer",
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="FILE", help="Link FILE (.c or .s) with both; repeatable."),
    ] = None,
    instances: Instances = 100,
    seed: Seed = 0,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", metavar="SECONDS", min=1, help="Stop each run after SECONDS."),
    ] = 60.0,
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

    if not re.fullmatch(r"[A-Za-z_]\w*", function):
        raise InputError(Diagnostic("SW212", f"{function!r} is no name of a C function"))
    given = arguments_of(arguments)
    texts = [inputs.read_text(name, "SW203") for name in (file, against)]
    for name, text in zip((file, against), texts, strict=True):
        if not re.search(rf"^{function}:", text, re.MULTILINE):
            raise InputError(Diagnostic("SW229", f"there is no function {function!r}", file=name))
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
