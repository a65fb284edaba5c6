"""`slotweave rules`: the rewrite rules and their equations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json

if TYPE_CHECKING:
    from slotweave.rules import Rule

app = typer.Typer(help="List and show rewrite rules.", no_args_is_help=True)


@command(app, "list")
def list_rules(json: Json = False) -> None:
    """List the rewrite rules with their equations, in the order in which they are tried."""
    from slotweave.rules.registry import RULES

    if json:
        print_json({"rules": [{"name": rule.name, "equation": rule.equation} for rule in RULES]})
        return
    width = max(len(rule.name) for rule in RULES)
    for rule in RULES:
        print(f"{rule.name:<{width}}  {rule.equation}")


@command(app, "show")
def show_rule(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which rule.")], json: Json = False
) -> None:
    """Show a rule: its equation, and the terms that are matched and put in their place."""
    rule = _rule_named(name)
    condition = None if rule.condition is None else str(rule.condition)
    if json:
        print_json(
            {
                "name": rule.name,
                "equation": rule.equation,
                "pattern": str(rule.pattern),
                "replacement": str(rule.replacement),
                "condition": condition,
            }
        )
        return
    print(f"{rule.name}: {rule.equation}\n")
    print(f"pattern      {rule.pattern}\nreplacement  {rule.replacement}")
    if condition is not None:
        print(f"condition    {condition}")


def _rule_named(name: str) -> Rule:
    from slotweave.cli.inputs import unknown
    from slotweave.rules.registry import RULES

    by_name = {rule.name: rule for rule in RULES}
    if name not in by_name:
        raise unknown("SW212", "rule", name, by_name)
    return by_name[name]
