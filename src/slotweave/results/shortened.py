"""The result of making a program shorter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from slotweave import repacking as _repacking
from slotweave.base.diagnostics import Diagnostic
from slotweave.base.wording import plural
from slotweave.results.shown import Shown
from slotweave.results.warned import warnings_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.anatomy.given_words import GivenWords
    from slotweave.repacking.summary import RepackedSummary


@dataclass(frozen=True, repr=False)
class Repacked(Shown, _repacking.Repacked):
    """A shorter program, proved to do what the given one does; or that one, if none was found.

    `seed` is that of the search, `facts_name` what the facts are called, `words` what there is to
    say of the scratch of the program that was given; `rewrote` is false if operations were only
    placed again.
    """

    seed: int = 0
    facts_name: str = "given"
    rewrote: bool = True
    words: GivenWords | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<repacked: {self.before:,} to {plural(self.cycles, 'cycle')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave repack --json` prints."""
        return self.summary.to_json()

    def _picture(self) -> str:
        from slotweave.views.svg.notebook import notebook_picture

        return notebook_picture(self.program, self.machine, self.facts)

    def _view(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        from slotweave.views.repack_lines import search_lines
        from slotweave.views.result_table import repacked_view

        summary = self.summary
        before = f"{plural(self.before, 'cycle')} before, {self.cycles:,} now"
        lines = [before, self.why, *search_lines(summary)]
        return Group(repacked_view(summary), "", Text("\n".join(lines)))

    def warnings(self, file: str) -> Iterator[Diagnostic]:
        """What is suspicious about the program that was given, which is in `file`."""
        words = self._words
        return warnings_of(words.unwritten, words.doubled, file)

    @cached_property
    def summary(self) -> RepackedSummary:
        """The same in figures."""
        from slotweave.repacking.summary import repacked_summary

        return repacked_summary(self, self.facts_name, self.seed, self._words)

    @property
    def _words(self) -> GivenWords:
        assert self.words is not None  # `repack` gives them
        return self.words
