"""Values that notebooks and rich show by their text form, or its beginning if it is long."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

#: Lines that are shown of a value, and characters of a line.
_LINES, _LINE = 40, 200


class ShownAsText:
    """A value with a text form, which `print` prints."""

    def _text(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self._text()

    def _beginning(self) -> str:
        lines = self._text().splitlines()
        shown = [line if len(line) <= _LINE else f"{line[:_LINE]} ..." for line in lines[:_LINES]]
        more = len(lines) - len(shown)
        return "\n".join([*shown, *([f"... and {more:,} lines more"] if more else [])])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._beginning())}</pre>"

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(self._beginning())
