"""hexagon-v67 as data: what is known of each instruction, by its template.

`v67.json` holds what an assembler shows (`derive`): slots, operands written, which of these can be
read as `.new` beside it, registers written without a name, and what bars other stores.
`latencies.json` holds the cycles of LLVM's itineraries (`derive_latencies`). Both name their
origin.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from slotweave.hexagon.assembly.grammar import EXTENDED, Instruction
from slotweave.machine.packets import PacketMachine, PacketNeeds, SlotSet

#: Limits of a packet. A store takes one of the two, and what bars other stores takes both.
WORDS, STORES = "words", "stores"
MACHINE = PacketMachine("hexagon-v67", frozenset(range(4)), {WORDS: 4, STORES: 2})
#: The version that the table is of; from v62 to v68 an assembler shows the same.
VERSION = 67
NEWEST_SHOWN = 68
#: Before this version branches took the slots 2 and 3 alone, as an assembler shows.
_WIDE_BRANCHES, _BRANCH_SLOTS = 62, frozenset({2, 3})
_BRANCH = re.compile(r"(^|; |\) )(jump|call)\b")
#: Cycles in which an operand is written and read where LLVM's tables have no other.
_WRITTEN, _READ = 3, 2


@dataclass(frozen=True, slots=True)
class Opcode:
    """What is known of the instructions of one template. Places count its operands."""

    template: str
    slots: SlotSet
    writes: tuple[int, ...]
    news: tuple[int, ...]
    also: tuple[str, ...]
    bars_stores: bool
    cycles: tuple[tuple[int, int], ...]

    def needs(self, version: int = VERSION, *, is_far: bool = False) -> PacketNeeds:
        """What it takes of a packet of that version: branches had fewer slots before v62. One with
        a target that may be too far takes the word that an assembler may have to add."""
        units = [(WORDS, 1 + self.template.count(EXTENDED) + is_far)]
        stores = 2 if self.bars_stores else int(self.is_store)
        slots = self.slots
        if version < _WIDE_BRANCHES and slots > _BRANCH_SLOTS and _BRANCH.search(self.template):
            slots = _BRANCH_SLOTS
        return PacketNeeds(slots, (*units, *([(STORES, stores)] if stores else [])))

    @property
    def is_store(self) -> bool:
        head = self.template.split(" = ")[0]
        return "mem" in head or self.template.startswith("allocframe")

    def written(self, place: int) -> int:
        """The cycle in which the operand at `place` is there (modelled)."""
        cycle = self.cycles[place][0] if 0 <= place < len(self.cycles) else -1
        return _WRITTEN if cycle < 0 else cycle

    def read(self, place: int) -> int:
        """The cycle in which the operand at `place` is read (modelled)."""
        cycle = self.cycles[place][1] if 0 <= place < len(self.cycles) else -1
        return _READ if cycle < 0 else cycle


@cache
def opcodes() -> Mapping[str, Opcode]:
    """All opcodes that are known, by template."""
    folder = files("slotweave.hexagon.machine")
    table: dict[str, dict[str, Any]] = _load(folder, "v67.json")["templates"]
    cycles: dict[str, list[list[int]]] = _load(folder, "latencies.json")["cycles"]
    found = {}
    for template, row in table.items():
        given = cycles.get(template) or cycles.get(_short(template), [])
        found[template] = Opcode(
            template,
            frozenset(row["slots"]),
            tuple(row["writes"]),
            tuple(row.get("news", ())),
            tuple(row.get("also", ())),
            bool(row.get("bars_stores")),
            tuple((write, read) for write, read in given),
        )
    return found


def opcode(instruction: Instruction) -> Opcode | None:
    """The opcode of `instruction`, None where its template is not known."""
    return opcodes().get(instruction.template)


def _short(template: str) -> str:
    """The form of `template` without extended operands, of which the cycles are the same."""
    return template.replace(EXTENDED, "I")


def _load(folder: Any, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / name).read_text())
    return loaded
