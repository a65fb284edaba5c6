"""What a command says to a person: notes, complaints and tables, coloured or not.

stdout is data, stderr is everything else. Colour follows --color, then NO_COLOR, then whether the
stream is a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO, TypeVar

from slotweave.base.diagnostics import SlotweaveError
from slotweave.cli.streams import discard

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Step = TypeVar("Step")

#: Seconds between two lines that say how a search goes.
PATIENCE = 10.0


class ColorMode(StrEnum):
    """When to use colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Terminal:
    """How talkative a command is, and whether it uses colour."""

    quiet: bool = False
    verbose: bool = False
    color: ColorMode = ColorMode.AUTO

    def note(self, text: str) -> None:
        """Say something that a person may want to know; not with --quiet."""
        if not self.quiet:
            _say(text)

    def notes(self, texts: Iterable[str]) -> None:
        """Say each of these."""
        for text in texts:
            self.note(text)

    def going_on(self, text: str) -> None:
        """Say how long work goes; only a person at a terminal wants to know, or --verbose."""
        if self.verbose or sys.stderr.isatty():
            self.note(text)

    def detail(self, text: str) -> None:
        """Say something that only --verbose asks for."""
        if self.verbose and not self.quiet:
            _say(text)

    def complain(self, error: SlotweaveError) -> None:
        """Print an error, its code set off if there is colour."""
        text = str(error)
        if self.has_color(sys.stderr):
            code, _, rest = text.partition(" ")
            text = f"\x1b[1;31m{code}\x1b[0m {rest}"
        _say(text)

    def show(self, view: RenderableType, stream: TextIO | None = None) -> None:
        """Print a rich view on `stream` (stdout); trailing blanks only if that is a terminal."""
        target = stream or sys.stdout
        console = self.console(target)
        if target.isatty():
            console.print(view, crop=False)
            return
        with console.capture() as captured:
            console.print(view)
        target.write("\n".join(line.rstrip() for line in captured.get().split("\n")))

    def progress(self, steps: Iterable[Step], total: int, what: str) -> Iterator[Step]:
        """`steps` as they come, with a bar on stderr if that is a terminal; not with --quiet."""
        if self.quiet or not sys.stderr.isatty():
            yield from steps
            return
        from rich.progress import track

        console = self.console(sys.stderr)
        yield from track(steps, what, total, console=console, transient=True)

    @contextmanager
    def stages(self) -> Iterator[Callable[[str], None]]:
        """What to call with the name of each stage of long work, which a terminal shows.

        On stderr if that is a terminal, and not with --quiet; nothing stays there in the end.
        """
        if self.quiet or not sys.stderr.isatty():
            yield lambda _stage: None
            return
        with self.console(sys.stderr).status("") as status:
            yield status.update

    def has_color(self, stream: TextIO) -> bool:
        """Is colour wanted on `stream`?"""
        if self.color is not ColorMode.AUTO:
            return self.color is ColorMode.ALWAYS
        return stream.isatty() and not os.environ.get("NO_COLOR")

    def console(self, stream: TextIO) -> Console:
        """A rich console on `stream`, coloured if that is wanted."""
        from rich.console import Console

        color = self.has_color(stream)
        return Console(
            file=stream,
            force_terminal=color,
            no_color=not color,
            highlight=False,
            soft_wrap=not stream.isatty(),
        )


def _say(text: str) -> None:
    """Print on stderr. If nothing can be said there, the work goes on, and its exit code tells."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr)
