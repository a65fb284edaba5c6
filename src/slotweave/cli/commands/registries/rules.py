"""`slotweave rules`: the rewrite rules, their equations and their proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json, write_output
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.results.proved import FormSearch

app = typer.Typer(help="List, show and prove rewrite rules.", no_args_is_help=True)


@command(app, "list")
def list_rules(json: Json = False) -> None:
    """List the rewrite rules in the order of trial, then the laws of sums."""
    from slotweave.api.registered import list_rules as listed

    found = listed()
    if json:
        print_json(found.to_json())
        return
    print(found)


@command(app, "show")
def show_rule(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Rule to show.")], json: Json = False
) -> None:
    """Show a rule: its equation, its terms and its proof."""
    from slotweave.api.registered import show_rule as shown

    found = shown(name)
    if json:
        print_json(found.to_json())
        return
    print(found)


@command(app, "prove")
def prove_rules(
    terminal: Terminal,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Rules to prove (default: all).")
    ] = None,
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Record the proofs; a rule is used only with a recorded proof."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Prove rewrite rules again, for all words.

    Needs the extra `prove` (Z3). Slotweave uses a rule only if a recorded proof fits it.
    """
    from slotweave import api

    def tell(found: str | CheckFailed) -> None:
        if isinstance(found, CheckFailed):
            terminal.complain(found)
        elif not json:
            print(found, flush=True)

    try:
        found = api.prove_rules(names or None, watch=tell)
    except InputError as error:
        if error.diagnostic.code == "SW217":  # the record has been compared
            _note_that_the_record_fits(terminal, len(names or api.list_rules().rules))
        raise
    if json:
        print_json(found.to_json())
    rules = len(found.proofs) + len(found.refused)
    if found.refused:
        reason = f"{len(found.refused)} of {rules} rules are not proved"
        raise CheckFailed(Diagnostic("SW408", reason))
    terminal.note(f"{plural(rules, 'rule')} proved in {found.seconds:.1f} s")
    if record:
        file, text = found.record()
        write_output(str(file), text)
        terminal.note(f"wrote {file}")
    elif found.stale is not None:
        raise CheckFailed(found.stale)
    else:
        _note_that_the_record_fits(terminal, rules)


@command(app, "search")
def search_forms(
    terminal: Terminal,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Parts to search (default: the quick ones)."),
    ] = None,
    operations: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=3,
            help="Allow at most N operations (default: one fewer than the current form).",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Search for shorter forms of parts of a kernel.

    A form is a straight-line program of vector operations with arbitrary constants. The search
    tries every form that is short enough, so it either finds a shorter form or proves that
    there is none. Needs the extra `prove` (Z3).
    """
    from slotweave import api
    from slotweave.results.proved import FORMS_HEAD

    done: list[FormSearch] = []

    def tell(each: FormSearch) -> None:
        if not json:
            print(each if done else f"{FORMS_HEAD}\n{each}", flush=True)
        done.append(each)
        terminal.note(f"{each.name}: {each.search.seconds:.1f} s")

    def counted(name: str, structures: Sequence[Any]) -> Iterable[Any]:
        return terminal.progress(structures, len(structures), name)

    found = api.search_forms(names or None, operations, watch=tell, progress=counted)
    if json:
        print_json(found.to_json())


def _note_that_the_record_fits(terminal: Terminal, rules: int) -> None:
    fit = "proof of 1 rule fits it" if rules == 1 else f"proofs of {rules} rules fit them"
    terminal.note(f"the recorded {fit}")
