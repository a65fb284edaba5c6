"""Pages that are made from the code whenever the site is built: commands, and the front door."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import slotweave as sw

_DOCTEST = re.compile(r"^>>> ", re.MULTILINE)


def commands_page() -> str:
    """What `slotweave COMMAND --help` says, of each command."""
    from click import Context
    from typer.core import TyperGroup
    from typer.main import get_command

    from slotweave.cli.main import command_line

    def sections(group: TyperGroup, path: str, depth: int) -> Iterator[str]:
        whole = Context(group)
        for name in sorted(group.list_commands(whole)):
            command = group.get_command(whole, name)
            assert command is not None
            words = f"{path} {name}"
            with command.make_context(words, ["--help"], resilient_parsing=True) as context:
                context.info_name = words
                text = command.get_help(context)
            yield f"{'#' * depth} `{words}`\n\n```text\n{text.strip()}\n```"
            if isinstance(command, TyperGroup):
                yield from sections(command, words, depth + 1)

    group = get_command(command_line())
    assert isinstance(group, TyperGroup)
    beginning = (
        "# Commands\n\nstdout carries data, stderr messages; `--json` prints one JSON object. Exit "
        "codes: 0 done; 1 a check failed; 2 the input or the options are wrong; 3 no schedule "
        "within the limits; 130 interrupted."
    )
    return "\n\n".join([beginning, *sections(group, "slotweave", 2)]) + "\n"


def python_page() -> str:
    """The functions of the front door, with their docstrings."""
    names = [name for name in sw.__all__ if inspect.isfunction(getattr(sw, name))]
    beginning = (
        "# Python\n\n`import slotweave as sw` is the front door: one function for each thing that "
        "Slotweave does. Results print as the commands do, give JSON with `to_json()`, and show "
        "in notebooks."
    )
    return "\n\n".join([beginning, *(_function(name) for name in names)]) + "\n"


def _function(name: str) -> str:
    function = getattr(sw, name)
    signature = _wrapped(inspect.signature(function))
    told = inspect.getdoc(function) or ""
    parts = [f"## `sw.{name}`", f"```python\n{name}{signature}\n```"]
    for paragraph in told.split("\n\n"):
        parts.append(f"```python\n{paragraph}\n```" if _DOCTEST.search(paragraph) else paragraph)
    return "\n\n".join(parts)


def _wrapped(signature: inspect.Signature) -> str:
    """In one line if it fits, or else a line for each parameter."""
    whole = str(signature).replace("'", "")
    if len(whole) < 70:
        return whole
    lines, star = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            lines.append("    *,")
            star = True
        lines.append(f"    {parameter},".replace("'", ""))
    returned = signature.return_annotation
    returns = "" if returned is signature.empty else f" -> {returned}".replace("'", "")
    return "\n".join(["(", *lines, f"){returns}"])
