"""An operation where it stands in a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """An operation where it stands.

    `bundle` is that of the text; `cycle` is that of the run, where a program jumps, and None where
    bundles and cycles are one. `text` is the slot as it is written, `named` the same with the names
    that the program brings for words of scratch. `line` is that of the kernel, "walk.py:31", if the
    program says so.
    """

    bundle: int
    engine: str
    slot: int
    text: str
    named: str
    cycle: int | None = None
    line: str | None = None

    @property
    def at(self) -> int:
        """What it goes by: its cycle in a run, else its bundle."""
        return self.bundle if self.cycle is None else self.cycle

    @property
    def mnemonic(self) -> str:
        return self.text.split()[0]

    def to_json(self) -> dict[str, Any]:
        """Cycle (of a run), bundle, engine, slot, text; the text with names and the line, if there
        are some."""
        return {
            **({} if self.cycle is None else {"cycle": self.cycle}),
            "bundle": self.bundle,
            "engine": self.engine,
            "slot": self.slot,
            "text": self.text,
            **({} if self.named == self.text else {"named": self.named}),
            **({} if self.line is None else {"line": self.line}),
        }
