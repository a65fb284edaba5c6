"""`slotweave diff`: two programs operation by operation, or two results side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import (
    Assumed,
    FactsOption,
    assumed,
    facts_for,
    own_values,
)
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.program_files import (
    Building,
    building,
    is_built,
    program_from,
    program_in,
    program_text,
)
from slotweave.cli.terminal import Terminal
from slotweave.extensions import extensions
from slotweave.extensions.lookup import NOTHING

if TYPE_CHECKING:
    from slotweave.ir.program import Program

_SIDE = (
    "A program file, as for `inspect`, or a result: the --json output of another command (except "
    "`explain`), or a file that `compile --result` wrote; - is stdin."
)


def add_to(app: typer.Typer) -> None:
    command(app, "diff")(diff)


def diff(
    terminal: Terminal,
    a: Annotated[str, typer.Argument(metavar="A", help=_SIDE)],
    b: Annotated[
        str, typer.Argument(metavar="B", help="What to compare A with; a file of the same kind.")
    ],
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Compare two programs, or two results.

    Operations are matched by the values that they compute on a few random memories. Their
    order, allocation and engines do not matter, and neither does the way in which a value is
    computed. Programs that jump are compared as they run, which works only if their jumps do
    not depend on unknown data.
    """
    inputs.expect_one_from_stdin({"A": a, "B": b, "--machine": machine})
    expect_outputs({"--svg": svg}, json)
    how = building(files, terminal)
    sides = {"a": _loaded(a, how), "b": _loaded(b, how)}
    names = {"a": inputs.shown(a), "b": inputs.shown(b)}
    if len({isinstance(side, dict) for side in sides.values()}) > 1:
        sides = {key: _program_of(side, names[key], terminal) for key, side in sides.items()}
    kinds = [isinstance(side, dict) for side in sides.values()]
    if kinds[0] != kinds[1]:
        reason = "one of the two is a program and the other a result; compare like with like"
        raise InputError(Diagnostic("SW212", reason))
    if kinds[0]:
        if svg is not None:
            raise InputError(Diagnostic("SW212", "--svg draws programs; A and B are results"))
        _show_results(sides, names, json)
    else:
        usual = (facts_for(names[key], None) for key in sides)
        if facts is None:
            facts = next((name for name in usual if name != NOTHING), None)
        _show_programs(sides, names, machine, facts, how, terminal, svg, json)


def _loaded(file: str, building: Building) -> Any:
    """The program in `file`, or the entries of a result."""
    if is_built(file):
        return program_in(file, building)
    text = program_text(file)
    return _result(text) or program_from(text, file, building.terminal)


def _result(text: str) -> dict[str, Any] | None:
    """What a result says, if `text` is one."""
    from slotweave.ir.text.file_kind import RESULT, kind_of
    from slotweave.ir.text.program_values import FormError, load_json

    if not text.lstrip().startswith("{"):
        return None
    try:
        value = load_json(text)
    except FormError:
        return None
    return value if isinstance(value, dict) and kind_of(value) == RESULT else None


def _program_of(side: Any, file: str, terminal: Terminal) -> Any:
    """`side`, or the program in it if it is a result with one."""
    from slotweave.names import is_record

    text = dumps(side) if isinstance(side, dict) else ""
    return program_from(text, file, terminal) if is_record(text) else side


def _show_results(sides: dict[str, Any], names: dict[str, str], json: bool) -> None:
    from slotweave.views.result_diff import result_diff, result_lines

    answer = result_diff(sides["a"], sides["b"])
    if json:
        print_json({"files": names, **answer})
        return
    print(f"A  {names['a']}\nB  {names['b']}\n")
    print("\n".join(result_lines(answer)))


def _show_programs(
    sides: dict[str, Any],
    names: dict[str, str],
    machine: str | None,
    facts: str | None,
    how: Building,
    terminal: Terminal,
    svg: str | None,
    json: bool,
) -> None:
    from slotweave import api
    from slotweave.views.diff_text import diff_lines

    known = {
        key: assumed(names[key], facts, _borrowing(side, sides, how), side)
        for key, side in sides.items()
    }
    target = None if machine is None else inputs.machine_named(machine)
    for key, program in sides.items():
        with inputs.with_file(names[key]):
            inputs.machine_of(program, machine)
    titles = (names["a"], names["b"])
    with _within_memory(known):
        both = (known["a"], known["b"])
        found = api.diff(sides["a"], sides["b"], both, machine=target, names=titles)
    if svg is not None:
        write_output(svg, found.svg(titles))
        say_written(svg, terminal)
    if json:
        print_json({"files": names, **found.to_json()})
    elif svg != STDOUT:
        print("\n".join(diff_lines(found, titles)))
        print("\n".join(_facts_lines(known)))
    terminal.notes(dict.fromkeys(note for of_side in known.values() for note in of_side.notes))


@contextmanager
def _within_memory(known: Mapping[str, Assumed]) -> Iterator[None]:
    """An address beyond memory may say as much of the facts as of the program."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code != "SW107" or all(each.name == NOTHING for each in known.values()):
            raise
        names = " and ".join(dict.fromkeys(str(each) for each in known.values()))
        reason = f"memory is that of the facts {names}; if they are not about this program, compare"
        message = f"{found.message} ({reason} with --facts none)"
        raise CheckFailed(replace(found, message=message)) from None


def _borrowing(side: Program, sides: Mapping[str, Program], how: Building) -> Building:
    """How facts are meant for a program that does not say what it is for: as for the other one."""
    borrowed = {}
    for extension in extensions():
        subject = extension.subject
        if subject and how.values(extension) is None and own_values(subject, side) is None:
            others = (own_values(subject, other) for other in sides.values())
            if values := next(filter(None, others), None):
                borrowed[extension.name] = values
    return replace(how, given={**how.given, **borrowed})


def _facts_lines(known: Mapping[str, Assumed]) -> Iterator[str]:
    """The facts of both sides; where they are about different things, those of each."""
    if known["a"].about == known["b"].about:
        yield f"facts: {known['a']}"
    else:
        yield from (f"facts of {key.upper()}: {of_side}" for key, of_side in known.items())
