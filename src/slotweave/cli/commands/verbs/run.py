"""`slotweave run`: simulate a program."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli.command import command
from slotweave.cli.options import (
    MAX_CYCLES,
    NO_FILES,
    Compatible,
    Files,
    Json,
    MachineOfProgram,
    MaxCycles,
    Output,
    ProgramArgument,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    write_output,
)
from slotweave.cli.program_files import building, note_unused, program_in
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.program import Program
    from slotweave.simulate.stepping import Stepper


def add_to(app: typer.Typer) -> None:
    command(app, "run")(run)


def run(
    terminal: Terminal,
    program: ProgramArgument,
    mem: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Initial memory, as a JSON list of words (default: empty). `slotweave "
            "kernels memory` "
            "writes one.",
        ),
    ] = None,
    machine: MachineOfProgram = None,
    compatible: Compatible = False,
    max_cycles: MaxCycles = MAX_CYCLES,
    files: Files = NO_FILES,
    output: Output = None,
    json: Json = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help="Step through the program, forward and back (needs the extra `tui`).",
        ),
    ] = False,
) -> None:
    """Simulate a program.

    With -o FILE, write the final memory to FILE as a JSON list of words.
    """
    from slotweave import api
    from slotweave.api.making import stepper
    from slotweave.cli import inputs

    if debug and (json or output is not None):
        reason = "--debug shows the program and gives no result: leave out --json and -o"
        raise InputError(Diagnostic("SW212", reason))
    expect_outputs({"-o": output}, json)
    inputs.expect_one_from_stdin({"PROGRAM": program, "--mem": mem, "--machine": machine})
    parsed = program_in(program, building(files, terminal))
    note_unused(files, terminal, program)
    target = inputs.machine_of(parsed, machine)
    memory = inputs.memory_in(mem)
    if debug:
        held = stepper(parsed, memory, target, strict=not compatible, max_cycles=max_cycles)
        _debug(parsed, held, program)
        return
    with inputs.with_file(program), _missing_memory_named(mem, parsed):
        end = api.run(parsed, memory, machine=target, strict=not compatible, max_cycles=max_cycles)
    if output is not None:
        write_output(output, f"{end.memory.tolist()}\n")
    if json:
        print_json(end.to_json())
    elif output != STDOUT:
        print("\n".join(end.lines()))
    terminal.detail(
        f"{plural(end.executed_bundles, 'bundle')} ran, those that cost no cycle included"
    )


def _debug(program: Program, held: Stepper, title: str) -> None:
    """Step through the program on the terminal."""
    try:
        from slotweave.cli.debugger import Debugger
    except ModuleNotFoundError as error:
        reason = "stepping needs Textual: install it with `pip install 'slotweave[tui]'`"
        raise InputError(Diagnostic("SW212", reason)) from error
    if not sys.stdout.isatty():
        raise InputError(Diagnostic("SW212", "--debug needs a terminal to show the program on"))
    Debugger(program, held, title).run()


@contextmanager
def _missing_memory_named(mem: str | None, program: Program) -> Iterator[None]:
    """An access past the end of memory is said to be one where no memory was given."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if mem is not None or found.code not in ("SW106", "SW107"):
            raise
        hint = f"give some with --mem FILE; `{_making_memory(program)}` makes one"
        raise CheckFailed(replace(found, message=f"{found.message}; {hint}")) from None


def _making_memory(program: Program) -> str:
    """The command that makes a memory for `program`, as far as the program says what it is for."""
    from slotweave.extensions import kernels

    kernel, params, contract = map(program.meta.get, ("kernel", "params", "contract"))
    if kernel not in kernels() or not isinstance(params, Mapping):
        return "slotweave kernels memory KERNEL -o FILE"
    shape = "".join(f" -p {name}={value}" for name, value in params.items())
    return f"slotweave kernels memory {kernel}{shape} --contract {contract} -o FILE"
