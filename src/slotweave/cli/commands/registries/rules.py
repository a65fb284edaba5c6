"""`slotweave rules`: the rewrite rules, their equations and their proofs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json, write_output
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from slotweave.rules import Rule
    from slotweave.rules.proof import Proof

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
    from slotweave.results.registered import proof_json, proof_line

    rules = _rules_named(names)
    prove = _prover(terminal, rules)
    proofs: dict[str, Proof] = {}
    for rule in rules:
        try:
            proofs[rule.name] = prove(rule)
        except CheckFailed as error:
            terminal.complain(error)
            continue
        if not json:
            print(f"{rule.name:<32} {proof_line(proofs[rule.name])}", flush=True)
    if json:
        print_json({"proved": [proof_json(name, proof) for name, proof in proofs.items()]})
    if len(proofs) < len(rules):
        reason = f"{len(rules) - len(proofs)} of {len(rules)} rules are not proved"
        raise CheckFailed(Diagnostic("SW408", reason))
    seconds = sum(proof.seconds for proof in proofs.values())
    terminal.note(f"{plural(len(proofs), 'rule')} proved in {seconds:.1f} s")
    if record:
        _write_record(terminal, proofs)
    else:
        _compare_with_record(terminal, rules)


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
    from slotweave.cli.shorter_forms import print_searches

    print_searches(terminal, names, operations, json)


def _rules_named(names: list[str] | None) -> list[Rule]:
    """The rules of these names; all if none are given."""
    from slotweave.rules.catalog import EQUATIONS

    by_name = {rule.name: rule for rule in EQUATIONS}
    for name in names or ():
        if name not in by_name:
            raise unknown("SW212", "rule", name, by_name)
    return [by_name[name] for name in names or by_name]


def _prover(terminal: Terminal, rules: list[Rule]) -> Callable[[Rule], Proof]:
    """What proves a rule. Without Z3 the record is all that can be looked at."""
    try:
        from slotweave.rules.prove import prove
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        _compare_with_record(terminal, rules)
        reason = "proving rules again needs Z3: install it with `pip install 'slotweave[prove]'`"
        raise InputError(Diagnostic("SW217", reason)) from None
    return prove


def _compare_with_record(terminal: Terminal, rules: list[Rule]) -> None:
    """Say that the recorded proofs fit `rules`. Raises CheckFailed (SW407) if one does not."""
    from slotweave.rules.proof import recorded_proofs, register

    register(rules, recorded_proofs())
    fit = "proof of 1 rule fits it" if len(rules) == 1 else f"proofs of {len(rules)} rules fit them"
    terminal.note(f"the recorded {fit}")


def _write_record(terminal: Terminal, proofs: dict[str, Proof]) -> None:
    """Put `proofs` into the record; it keeps those of other rules that there still are."""
    from slotweave.rules.catalog import EQUATIONS
    from slotweave.rules.proof import PROOFS_FILE, proofs_to_json, recorded_proofs

    known = {**recorded_proofs(), **proofs}
    kept = {rule.name: known[rule.name] for rule in EQUATIONS if rule.name in known}
    write_output(str(PROOFS_FILE), proofs_to_json(kept))
    terminal.note(f"wrote {PROOFS_FILE}")
