"""Results that are texts: a program in another form, what a pass makes, a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import plural
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType


def _size(content: str | bytes) -> int:
    return len(content.encode() if isinstance(content, str) else content)


@dataclass(frozen=True, repr=False)
class Exported(Shown):
    """A program of `machine` in another form: `content` is text, or bytes of a binary form."""

    form: str
    machine: str
    bundles: int
    content: str | bytes

    def __repr__(self) -> str:
        return f"<{self.form} of {plural(self.bundles, 'bundle')}: {_size(self.content):,} bytes>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave export --json` prints, but for `output`, the file that was written."""
        text = self.content if isinstance(self.content, str) else None
        return {
            "format": self.form, "machine": self.machine, "bundles": self.bundles,
            "bytes": _size(self.content), "text": text,
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(self.content if isinstance(self.content, str) else repr(self))


@dataclass(frozen=True, repr=False)
class PassText(Shown):
    """What the pass `name` makes of a text, for `machine`, as text."""

    name: str
    machine: str
    text: str

    def __repr__(self) -> str:
        return f"<{self.name} for {self.machine}: {plural(self.text.count(chr(10)), 'line')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave pass --json` prints, but for `output`, the file that was written."""
        return {"pass": self.name, "machine": self.machine, "text": self.text}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(self.text)


@dataclass(frozen=True)
class OnPage:
    """A program that is shown on a page."""

    name: str
    machine: str
    bundles: int
    facts: str


@dataclass(frozen=True, repr=False)
class Page(Shown):
    """Programs drawn: `form` is `page`, one page of HTML, or `svg`, its pictures; `text` is it."""

    form: str
    programs: tuple[OnPage, ...]
    text: str

    def __repr__(self) -> str:
        names = " and ".join(one.name for one in self.programs)
        return f"<{self.form} of {names}: {_size(self.text):,} bytes>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave report --json` prints, but for `output`, the file that was written."""
        return {
            "form": self.form, "programs": [vars(one) for one in self.programs],
            "bytes": _size(self.text),
        }  # fmt: skip

    def _picture(self) -> str:
        return self.text if self.form == "svg" else ""

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(repr(self))
