"""What each result can do: JSON, one line, a text and an HTML form.

`repr` is a line, `print` the text that the command prints, `to_json()` what it prints with --json,
and notebooks show the text as HTML that fetches nothing.
"""

from __future__ import annotations

import html
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.console import RenderableType


Kind = TypeVar("Kind")

_WIDTH = 100


class Shown:
    """A result that can be printed, turned into JSON, and shown in a notebook."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the names that `--json` uses."""
        raise NotImplementedError

    def _view(self) -> RenderableType:
        """What `print` shows, as a rich view."""
        raise NotImplementedError

    def __str__(self) -> str:
        from rich.console import Console
        from rich.text import Text

        view = self._view()
        if isinstance(view, Text):  # lines are not broken
            return view.plain.rstrip()
        console = Console(width=_WIDTH, color_system=None, force_terminal=False)
        with console.capture() as captured:
            console.print(view)
        lines = (line.rstrip() for line in captured.get().rstrip().splitlines())
        return "\n".join(lines)

    def _picture(self) -> str:
        """What a notebook shows above the text, as SVG; "" if there is no picture."""
        return ""

    def _repr_html_(self) -> str:
        return f"{self._picture()}<pre>{html.escape(str(self))}</pre>"

    def __rich__(self) -> RenderableType:
        return self._view()


def shown_as(kind: type[Kind], value: object, **more: object) -> Kind:
    """`value`, a dataclass, as the result that extends its class by `more`."""
    entries = fields(value)  # type: ignore[arg-type]
    return kind(**{each.name: getattr(value, each.name) for each in entries}, **more)
