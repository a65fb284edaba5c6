"""What an assembler shows of each instruction: a script that writes `v67.json` again.

    python -m slotweave.hexagon.machine.derive FILE.s ... -o v67.json

Its input is assembly of any programs; the templates in it, and their other forms (`variants`), are
put into packets, and what the assembler says of those is all that is used:

* slots: two instructions that both need slot 3 make a packet illegal, and of an illegal packet the
  assembler notes which slots each instruction can use. Where it says nothing (compounds), a slot is
  one in which the packet stays legal while others fill the rest;
* writes: a second write of a register makes a packet illegal, and `.new` needs a producer;
* rules: what else a packet must not hold (`Instruction does not allow a store in slot 1`).
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from slotweave.hexagon.assembly.grammar import parse_instruction
from slotweave.hexagon.judges.assembler import (
    MISSING,
    Assembler,
    find_assembler,
    messages_of,
    refused,
)
from slotweave.hexagon.machine.samples import Sample, sample
from slotweave.hexagon.machine.variants import variants

_ONLY_SLOT_3 = ("m0 = r24", "m1 = r25")
MOST_WORDS = 4
_LOADS = ("r24 = memw(r25+#0)", "r27 = memw(r25+#4)")
_MULTIPLIES = ("r22 = mpyi(r25,r25)", "r23 = mpyi(r25,r25)")
_SLOTS = re.compile(r"Instruction can utilize slots: ([0-3, ]+)")
#: Registers that an instruction may write without naming them, each with what else writes it.
_HIDDEN = {
    "r29": "r29 = #0", "r30": "r30 = #0", "r31": "r31 = #0",
    "lc0": "lc0 = r27", "sa0": "sa0 = r27", "lc1": "lc1 = r27", "sa1": "sa1 = r27",
    "p3": "p3:0 = r27",
}  # fmt: skip


def corpus_templates(files: Iterable[Path]) -> set[str]:
    """The templates of all instructions in packets of these files."""
    found = set()
    for file in files:
        inside = False
        for line in file.read_text().splitlines():
            text = line.split("//")[0].strip()
            if text == "{":
                inside = True
            elif text.startswith("}"):
                inside = False
            elif inside and text:
                found.add(parse_instruction(text).template)
    return found


def derive(assembler: Assembler, templates: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The table: for each template that the assembler takes, what it shows of it."""
    known = _accepted(assembler, templates)
    slots = _slots(assembler, known)
    known = {name: one for name, one in known.items() if slots[name]}
    writes, hidden = _writes(assembler, known)
    # What writes a predicate that cannot be read as `.new` beside it is not modelled.
    known = {name: one for name, one in known.items() if "p3" not in hidden[name]}
    alone = _alone(assembler, known)
    strict = _no_store_beside(assembler, known)
    fresh = _fresh(assembler, known, writes)
    return {
        name: {
            "slots": slots[name],
            "writes": writes[name],
            **({"news": fresh[name]} if fresh[name] else {}),
            **({"also": hidden[name]} if hidden[name] else {}),
            **({"alone": True} if name in alone else {}),
            **({"bars_stores": True} if name in strict else {}),
        }
        for name in sorted(known)
    }


def _accepted(assembler: Assembler, templates: Iterable[str]) -> dict[str, Sample]:
    rows = [(name, sample(name, 0)) for name in templates]
    rows = [row for row in rows if parse_instruction(row[1].text).template == row[0]]
    said = refused(assembler, [one.packet for _, one in rows])
    return {name: one for (name, one), error in zip(rows, said, strict=True) if not error}


def _slots(assembler: Assembler, known: dict[str, Sample]) -> dict[str, list[int]]:
    found = _slots_by_notes(assembler, known)
    compounds = {name: one for name, one in known.items() if ";" in name}
    found.update(_slots_by_filling(assembler, compounds))
    memory = {name: one for name, one in known.items() if found[name] in ([0], [1], [0, 1])}
    found.update(_slots_of_two(assembler, memory))
    for name in known:
        simpler = name
        while not found.get(simpler) and (less := _simpler(simpler)) != simpler:
            simpler = less
        if name not in compounds:
            found[name] = found.get(simpler, [])
    return found


def _simpler(template: str) -> str:
    """`template` without its first producer or extended operand, as one fits into its place."""
    if "if (P.new)" in template or "if (!P.new)" in template:
        return template.replace("P.new", "P", 1)
    address = re.search(r"\((R=)?X\)", template)
    if address is not None:
        return template.replace(address[0], "(R+I)", 1)
    return re.sub(
        r"(?<![A-Za-z_0-9])X(?![A-Za-z_0-9])", _plain_operand(template), template, count=1
    )


def _plain_operand(template: str) -> str:
    return "L" if re.search(r"(jump(:n?t)?|call) X$|loop[01]\(X", template) else "I"


def _slots_by_notes(assembler: Assembler, known: dict[str, Sample]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    said = messages_of(assembler, [(*one.packet, *_ONLY_SLOT_3) for one in known.values()])
    for name, messages in zip(known, said, strict=True):
        notes = [_SLOTS.match(m.text) for m in messages if m.kind == "note" and m.line == 0]
        first = next((note for note in notes if note), None)
        found[name] = [] if first is None else sorted(int(k) for k in first[1].split(","))
    return found


def _slots_by_filling(assembler: Assembler, known: dict[str, Sample]) -> dict[str, list[int]]:
    """Of compounds, beside three others, so that they stay one: the slots that those leave."""
    low, high = (*_MULTIPLIES, _LOADS[0]), (*_LOADS, _MULTIPLIES[0])
    rows = [(name, others) for name in known for others in (low, high)]
    said = refused(assembler, [(*known[name].packet, *others) for name, others in rows])
    fits = {row for row, error in zip(rows, said, strict=True) if not error}
    return {
        name: [*([0, 1] if (name, low) in fits else []), *([2, 3] if (name, high) in fits else [])]
        for name in known
    }


def _slots_of_two(assembler: Assembler, known: dict[str, Sample]) -> dict[str, list[int]]:
    """Of accesses of memory, whose notes count what stands beside them: slots 0 and 1 if two of a
    kind fit into a packet, else slot 0."""
    pairs = [(*one.packet, *sample(name, 1).packet) for name, one in known.items()]
    said = refused(assembler, pairs)
    return {name: [0] if error else [0, 1] for name, error in zip(known, said, strict=True)}


def _writes(
    assembler: Assembler, known: dict[str, Sample]
) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """By template: the places of operands that it writes, and registers that it does not name."""
    asked: list[tuple[str, int | str, bool]] = []
    packets: list[tuple[str, ...]] = []
    for name, one in known.items():
        for place, text in enumerate(one.operands):
            if text.startswith("p") and (";" in name or f"{text}.new" not in one.text):
                asked.append((name, place, False))
                packets.append((*one.packet, f"if ({text}.new) r27 = r26"))
                asked.append((name, place, True))  # one that is there too late for `.new`
                packets.append((*one.packet, f"{text} = r27"))
            elif text.startswith("r"):
                asked.append((name, place, True))
                low = text[1:].split(":")[-1]
                packets.append((*one.packet, f"r{low} = #0"))
        for register, other in _HIDDEN.items():
            asked.append((name, register, True))
            packets.append((*one.packet, other))
    said = refused(assembler, packets)
    places: dict[str, list[int]] = {name: [] for name in known}
    hidden: dict[str, list[str]] = {name: [] for name in known}
    for (name, what, by_conflict), error in zip(asked, said, strict=True):
        if ("more than once" in error) if by_conflict else not error:
            if isinstance(what, int):
                if what not in places[name]:
                    places[name].append(what)
            elif what not in known[name].text and not (what == "p3" and _writes_one(name)):
                hidden[name].append(what)
    for name, one in known.items():
        _without_producers(one, places[name])
    return places, hidden


def _writes_one(template: str) -> bool:
    """Whether a predicate is written by name, which a write of all four would disturb."""
    return re.match(r"P = |[RD],P = ", template) is not None


def _fresh(
    assembler: Assembler, known: dict[str, Sample], writes: dict[str, list[int]]
) -> dict[str, list[int]]:
    """By template: the places of what it writes that can be read as `.new` beside it."""
    asked = [
        (name, place)
        for name, one in known.items()
        for place in writes[name]
        if ":" not in one.operands[place]
    ]
    packets = []
    for name, place in asked:
        text = known[name].operands[place]
        reader = f"if ({text}.new) r27 = r26" if text[0] == "p" else f"memw(r27+#0) = {text}.new"
        packets.append((*known[name].packet, reader))
    found: dict[str, list[int]] = {name: [] for name in known}
    for (name, place), error in zip(asked, refused(assembler, packets), strict=True):
        if not error:
            found[name].append(place)
    return found


def _without_producers(one: Sample, places: list[int]) -> None:
    """Forget the places that the producers beside a sample write."""
    written = {text.split(" = ")[0] for text in one.producers}
    places[:] = [place for place in places if one.operands[place] not in written]


def _alone(assembler: Assembler, known: dict[str, Sample]) -> set[str]:
    """The templates beside which no other instruction may stand."""
    few = {name: one for name, one in known.items() if _words(one) < MOST_WORDS}
    said = refused(assembler, [(*one.packet, "r25 = add(r24,#1)") for one in few.values()])
    return {name for name, error in zip(few, said, strict=True) if error}


def _words(one: Sample) -> int:
    return sum(1 + text.count("##") for text in one.packet)


def _no_store_beside(assembler: Assembler, known: dict[str, Sample]) -> set[str]:
    """The templates beside which a store is refused where a load is taken.

    One of which that cannot be told, for want of words, is as its simpler form.
    """
    pairs = {
        what: refused(assembler, [(*one.packet, what) for one in known.values()])
        for what in ("memw(r25+#0) = r24", "r24 = memw(r25+#0)")
    }
    stores, loads = pairs.values()
    bars = dict(zip(known, map(bool, stores), strict=True))
    told = {name for name, load in zip(known, loads, strict=True) if not load}
    found = set()
    for name in known:
        simpler = name
        while simpler not in told and (less := _simpler(simpler)) != simpler:
            simpler = less
        if simpler in told and bars[simpler]:
            found.add(name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.s")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.json")
    given = parser.parse_args()
    assembler = find_assembler()
    if assembler is None:
        parser.exit(2, MISSING + "\n")
    table = derive(assembler, variants(corpus_templates(given.files)))
    origin = f"derived by slotweave.hexagon.machine.derive with {assembler.name}, -mcpu=hexagonv67"
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table.items()]
    text = ",\n".join(lines)
    head = f'{{"origin": {json.dumps(origin)},\n "templates": {{\n'
    given.output.write_text(f"{head}{text}\n }}}}\n")
    print(f"{len(table)} templates")


if __name__ == "__main__":
    main()
