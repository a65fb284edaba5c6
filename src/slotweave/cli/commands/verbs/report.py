"""`slotweave report`: the picture of one program, or of two, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed
from slotweave.cli.options import NO_FILES, Files, Json, MachineOfProgram, Svg
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    stdout_by_any_name,
    write_output,
)
from slotweave.cli.program_files import building, flags_given, program_in
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown

#: The pictures of views.svg.program_svg, which is loaded when one is drawn.
PICTURES = ("ladder", "slots", "use", "live", "groups", "scratch", "what-if", "match")
#: Where the page is written if nothing is said.
_REPORT = "report.html"


_Other = Annotated[
    str | None,
    typer.Argument(metavar="[B]", help="A second program, to draw on the same time axis."),
]
_Page = Annotated[
    str | None,
    typer.Option(
        "-o", "--output", metavar="FILE.html", callback=stdout_by_any_name,
        help=f"Write the page to FILE.html; - is stdout (default: {_REPORT}, or no page with "
        "--svg).",
    ),
]  # fmt: skip
_Cycles = Annotated[
    str | None,
    typer.Option("--cycles", metavar="A..B", help="Show only these cycles of a long program."),
]
_Picture = Annotated[
    list[str] | None,
    typer.Option(
        metavar="|".join(PICTURES), help="Picture that --svg draws (default: all); repeatable."
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "report")(report)


def report(
    terminal: Terminal,
    a: Annotated[str, typer.Argument(metavar="A", help="A program file, as for `inspect`.")],
    b: _Other = None,
    output: _Page = None,
    cycles: _Cycles = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    picture: _Picture = None,
    json: Json = False,
) -> None:
    """Draw where the cycles go, as a page for a browser.

    The page works offline. It shows each slot of each bundle, what each operation waited for,
    the use of engines and scratch over time, and the program itself. Given two programs, it
    shows both and matches their operations by what they compute. With --svg, write the pictures to
    a file, and the page only if -o names it. With --json, also print `form`, `programs`, `bytes`
    and `output`.
    """
    from slotweave.api.writing import page_of, pictures_of
    from slotweave.views.page import Reported

    wanted = _pictures(picture, svg, b)
    page = _REPORT if output is None and svg is None else output
    expect_outputs({"-o": page, "--svg": svg}, json)
    inputs.expect_one_from_stdin({"A": a, "B": b, "--machine": machine})
    how = building(files, terminal)
    span = None if cycles is None else inputs.span_named(cycles)
    reported, names = [], []
    notes: list[str] = []
    for file in (a, b) if b is not None else (a,):
        program = program_in(file, how)
        known = assumed(file, facts, how, program)
        notes += known.notes
        target = inputs.machine_of(program, machine)
        options = {"--machine": machine, "--facts": facts, **flags_given(files)}
        name = inputs.shown(file)
        reported.append(Reported(name, program, target, known.facts, file, options, str(known)))
        names.append(known.name)
    with inputs.with_file(a):
        if svg is not None:
            drawn = pictures_of(reported, names, span, wanted)
            write_output(svg, drawn.text)
            say_written(svg, terminal)
        if page is not None:
            drawn = page_of(reported, names, span)
            write_output(page, drawn.text)
    if json:
        print_json({**drawn.to_json(), "output": page if page is not None else svg})
    terminal.notes(dict.fromkeys(notes))
    if page not in (None, STDOUT):
        terminal.note(f"wrote {page}; open it in a browser")


def _pictures(named: Sequence[str] | None, svg: str | None, other: str | None) -> Sequence[str]:
    """What is to be drawn. Raises InputError (SW212) for a picture that there is not."""
    for name in named or ():
        if name not in PICTURES:
            raise unknown("SW212", "picture", name, PICTURES)
    if named and svg is None:
        raise InputError(Diagnostic("SW212", "--picture says what --svg FILE.svg draws"))
    if named and "match" in named and other is None:
        raise InputError(Diagnostic("SW212", "the picture 'match' is one of two programs, A and B"))
    return named or PICTURES
