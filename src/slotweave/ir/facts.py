"""Facts: what may be assumed of memory before a program runs, and what of it is output.

A proof or a verification holds under its facts and repeats them. With `nothing_known` all of memory
is output and any two addresses may alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from slotweave.base.wording import plural
from slotweave.ir.graph import Region


@dataclass(frozen=True, repr=False)
class Facts:
    """`words` are known memory words by address; `ranges` bounds (lowest, highest) of the words of
    a region by its name; `memory_words` the length of memory (None: unknown). Regions are disjoint;
    those marked `output` are what a run is judged by. Without any region all of memory is output.
    """

    memory_words: int | None = None
    words: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    regions: tuple[Region, ...] = ()
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        length = "any number of" if self.memory_words is None else f"{self.memory_words:,}"
        known = f"{length} words of memory, {len(self.words):,} of them known"
        return f"<Facts: {known}, {plural(len(self.regions), 'region')}>"

    def __str__(self) -> str:
        from slotweave.ir.text.facts_json import facts_to_json

        return facts_to_json(self)


#: The facts called `none`.
NOTHING_KNOWN = Facts()


def nothing_known() -> Facts:
    """The facts called `none`."""
    return NOTHING_KNOWN
