"""What `verify` does with a saved result: derive it again, and say what does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.cli import inputs
from slotweave.cli.output import print_json

if TYPE_CHECKING:
    from slotweave.cli.terminal import Terminal


def verify_result(
    text: str,
    file: str,
    against: str | None,
    machine: str | None,
    terminal: Terminal,
    json: bool,
) -> None:
    """Derive the result again; end in CheckFailed (SW410) that names all that does not hold.

    The machine is the one that goes by the recorded name, unless `machine` names one; what is
    recorded of a machine is believed of one that does not come with Slotweave.
    """
    from slotweave import api

    target = None if machine is None else inputs.machine_named(machine)
    terminal.detail(f"deriving what {inputs.shown(file)} says again")
    found = api.rederive(text + "\n", against, machine=target, called=inputs.shown(file))
    if json:
        print_json(found.to_json())
    found.expect_none(inputs.shown(file))
    if not json:
        print(found)
