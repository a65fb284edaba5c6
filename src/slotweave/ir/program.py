"""A program: bundles of slots for one machine, as the challenge writes them.

A slot is `(mnemonic, operand, ...)`; a bundle maps engines to slots in listing order (which decides
between two writes to one word). Operands of debug slots may be anything JSON can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from slotweave.base.wording import plural
from slotweave.ir.shown import ShownAsText
from slotweave.machine import DEBUG_ENGINE

Slot = tuple[Any, ...]
Bundle = Mapping[str, tuple[Slot, ...]]

SCHEMA_VERSION = 1

#: The name of scratch words that hold 0 throughout.
ZEROS = "=0"


@dataclass(frozen=True)
class SourceLines:
    """Where slots come from: `slots` has for each, in listing order, its place in `texts` or -1.

    A text is a file and a line of the kernel, "walk.py:31"; `sources` has what stands there for
    each of them ("" where that is not known), or nothing.
    """

    texts: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()


NO_LINES = SourceLines()


@dataclass(frozen=True, repr=False)
class Program(ShownAsText):
    """Bundles for the machine called `machine`.

    `names` maps a scratch address to (name, words) for readers; `meta` is whatever the maker wants
    to say of it; `lines` are the kernel's, if they are known. None of it changes what it does. But
    a program that reads words before it writes them means to do so if they are called `=0`.
    """

    machine: str
    bundles: tuple[Bundle, ...]
    names: Mapping[int, tuple[str, int]] = field(default_factory=lambda: MappingProxyType({}))
    meta: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    lines: SourceLines = NO_LINES

    def __repr__(self) -> str:
        sizes = f"{plural(len(self.bundles), 'bundle')}, {plural(self.slots, 'slot')}"
        return f"<Program for {self.machine}: {sizes}>"

    @property
    def slots(self) -> int:
        """How many slots there are in all bundles."""
        return sum(len(slots) for bundle in self.bundles for slots in bundle.values())

    @cached_property
    def zeros(self) -> frozenset[int]:
        """The scratch words that hold 0 from the start, as their names say."""
        return frozenset(
            word
            for first, (name, words) in self.names.items()
            if name == ZEROS
            for word in range(first, first + words)
        )

    @cached_property
    def mnemonics(self) -> frozenset[str]:
        """Those of all slots but debug ones, which must not be empty."""
        return frozenset(
            [
                slot[0]
                for bundle in self.bundles
                for engine, slots in bundle.items()
                if engine != DEBUG_ENGINE
                for slot in slots
            ]
        )

    def _text(self) -> str:
        from slotweave.ir.text.program_text import program_to_text

        return program_to_text(self)
