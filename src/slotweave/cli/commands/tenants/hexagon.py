"""`slotweave hexagon`: a compiler's assembly for Hexagon, and the packets it could have been in."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.commands.tenants import hexagon_verify
from slotweave.cli.options import Json, Output, Seed, TimeLimit
from slotweave.cli.output import (
    expect_other_file,
    expect_outputs,
    expect_writable,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.terminal import Terminal
from slotweave.hexagon.defaults import WORK
from slotweave.hexagon.no_worse import NoWorse

if TYPE_CHECKING:
    from slotweave.hexagon.results import Inspected, Repacked

app = typer.Typer(
    help="Pack a compiler's assembly for Hexagon again, with bounds.",
    no_args_is_help=True,
)

_File = Annotated[
    str,
    typer.Argument(metavar="FILE.s", help="Assembly as clang and llvm-mc print it; - is stdin."),
]
_Counts = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.json",
        help="How often each block runs, as a JSON object by block name; weights the totals.",
    ),
]
_Least = Annotated[
    int, typer.Option("--least", metavar="N", min=1, help="List only blocks of N packets or more.")
]
_Work = Annotated[
    float,
    typer.Option(
        metavar="N",
        min=0,
        help="Stop the solver after N units of its deterministic time (roughly seconds) for each "
        "block; the same N gives the same packets on any machine.",
    ),
]
_Assume = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FACT",
        help="Assume a fact about memory: private-spills, separate-bases; repeatable.",
    ),
]
_NoWorse = Annotated[
    NoWorse,
    typer.Option(
        "--no-worse",
        help="Replace a block by fewer packets if what you name gets no worse: its stalls; its "
        "cycles, which are packets and stalls; or packets, whatever the stalls. Packets are "
        "counted, stalls are modelled.",
    ),
]


def _tell_successor(given: bool) -> None:
    """--allow-stalls has gone: say what took its place."""
    if given:
        raise typer.BadParameter("the option is gone; --no-worse packets does what it did")


_AllowStalls = Annotated[
    bool, typer.Option("--allow-stalls", hidden=True, callback=_tell_successor)
]
_Rename = Annotated[
    bool,
    typer.Option(
        "--rename",
        help="Also use other registers for values that are made and last used within a block.",
    ),
]
_Pipeline = Annotated[
    bool,
    typer.Option(
        "--pipeline",
        help="Also overlap the passes of hardware loops of one block.",
    ),
]
_Workers = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        max=64,
        help="Use N threads in the exact solver; with more than one, runs may give "
        "different packets.",
    ),
]
_Mutants = Annotated[
    int,
    typer.Option(
        "--self-test",
        metavar="N",
        min=0,
        help="Also make N faulty variants of the output, and count which checker notices each.",
    ),
]


@command(app, "inspect")
def inspect(
    file: _File,
    counts: _Counts = None,
    least: _Least = 2,
    json: Json = False,
) -> None:
    """Show packets, bounds and empty slots of each block.

    Nothing is searched: only bounds that need no schedule are shown. Stalls are modelled after
    LLVM's itineraries, not measured.
    """
    from slotweave import hexagon

    inputs.expect_one_from_stdin({"FILE.s": file, "--counts": counts})
    found = hexagon.inspect(_text(file), file=inputs.shown(file), counts=_read_counts(counts))
    _show(found, least, json)


@command(app, "bound")
def bound(file: _File, least: _Least = 2, json: Json = False) -> None:
    """Show lower bounds on the packets of each block, with reasons.

    They are of packings that keep the rules of the version that the file names; a block whose own
    packets break one may have fewer. For a hardware loop of one block, also show those of a pass if
    passes overlapped.
    """
    from slotweave import hexagon

    found = hexagon.bound(_text(file), file=inputs.shown(file), least=least)
    if json:
        print_json(found.to_json())
        return
    for line in found.lines():
        print(line)


@command(app, "repack")
def repack(
    terminal: Terminal,
    file: _File,
    counts: _Counts = None,
    assume: _Assume = None,
    no_worse: _NoWorse = NoWorse.STALLS,
    rename: _Rename = False,
    pipeline: _Pipeline = False,
    work: _Work = WORK,
    time_limit: TimeLimit = None,
    workers: _Workers = 1,
    self_test: _Mutants = 0,
    least: _Least = 2,
    seed: Seed = 0,
    output: Output = None,
    json: Json = False,
    allow_stalls: _AllowStalls = False,
) -> None:
    """Pack each block again, and write the shorter assembly.

    A block is replaced only if it has fewer packets and does not stall longer, as modelled;
    --no-worse takes other rules. Registers stay as they are unless --rename is given. Memory
    accesses keep their order, unless a common base register and their offsets show that they cannot
    overlap. Before a block is written, its packets are run symbolically against those of the input
    and, if an assembler is installed, assembled.
    """
    del allow_stalls  # its callback has answered
    expect_outputs({"-o": output}, json)
    inputs.expect_one_from_stdin({"FILE.s": file, "--counts": counts})
    if output is not None and file != inputs.STDIN:
        expect_other_file(output, file)

    from slotweave import hexagon

    with terminal.stages() as stage:
        found = hexagon.repack(
            _text(file),
            file=inputs.shown(file),
            counts=_read_counts(counts),
            assume=assume or (),
            no_worse=no_worse,
            rename=rename,
            pipeline=pipeline,
            work=work,
            time_limit=time_limit,
            workers=workers,
            seed=seed,
            self_test=self_test,
            watch=_told(terminal, stage),
        )
    _say_who_judged(found, terminal)
    if output is not None:
        write_output(output, found.text)
    if output != "-" and (json or output is None or not terminal.quiet):
        _show(found, least, json)
    if output not in (None, "-"):
        terminal.note(f"wrote {output}")


command(app, "verify")(hexagon_verify.verify)
command(app, "count")(hexagon_verify.count)


@command(app, "report")
def report(
    terminal: Terminal,
    file: _File,
    counts: _Counts = None,
    assume: _Assume = None,
    no_worse: _NoWorse = NoWorse.STALLS,
    rename: _Rename = False,
    pipeline: _Pipeline = False,
    work: _Work = WORK,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    output: Output = None,
) -> None:
    """Write a page about the blocks of a file.

    It shows packets before and after, bounds, and empty slots; with --pipeline also the packets of
    each loop before its kernel, of the kernel, and after it.

    The page works offline.
    """
    destination = "report.html" if output is None else output
    expect_writable(destination)
    inputs.expect_one_from_stdin({"FILE.s": file, "--counts": counts})

    from slotweave import hexagon

    with terminal.stages() as stage:
        found = hexagon.repack(
            _text(file),
            file=inputs.shown(file),
            counts=_read_counts(counts),
            assume=assume or (),
            no_worse=no_worse,
            rename=rename,
            pipeline=pipeline,
            work=work,
            time_limit=time_limit,
            seed=seed,
            assemble=False,
            watch=_told(terminal, stage),
        )
    write_output(destination, found.page())
    say_written(destination, terminal)


def _told(terminal: Terminal, stage: Callable[[str], None]) -> Callable[[int, str], None]:
    """Show on a terminal how many blocks are packed; name each of them with --verbose."""

    def tell(packed: int, name: str) -> None:
        stage(f"{plural(packed, 'block')} packed, the last one {name}")
        terminal.detail(name)

    return tell


def _text(file: str) -> str:
    return inputs.read_text(file, "SW203")


def _read_counts(file: str | None) -> dict[str, int] | None:
    """The counts in a JSON object. Raises InputError (SW203, SW212)."""
    if file is None:
        return None
    try:
        read: Any = json_module.loads(inputs.read_text(file, "SW203"))
    except json_module.JSONDecodeError as error:
        raise InputError(Diagnostic("SW212", f"--counts is no JSON: {error}", file=file)) from None
    fine = isinstance(read, dict) and all(
        isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in read.values()
    )
    if not fine:
        reason = "--counts must be a JSON object of numbers from 0 on, by the names of blocks"
        raise InputError(Diagnostic("SW212", reason, file=file))
    return dict(read)


def _say_who_judged(found: Repacked, terminal: Terminal) -> None:
    if found.assembler:
        terminal.detail(f"{found.assembler} takes all packets")
    else:
        terminal.note(f"not judged by an assembler: {found.unjudged}")


def _show(found: Inspected | Repacked, least: int, json: bool) -> None:
    if json:
        print_json(found.to_json())
    else:
        for line in found.lines(least):
            print(line)
