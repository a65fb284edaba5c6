"""The cycles in which operands are read and written, as LLVM's itineraries state them.

    python -m slotweave.hexagon.machine.derive_latencies LLVM/lib/Target/Hexagon -o latencies.json

LLVM gives each instruction an itinerary class, and each class, in the order of the instruction's
outputs and inputs, the cycle in which the operand is written or read. The names that
`HexagonItinerariesV67` takes in LLVM 14 are those of `DepScalarItinV66`; the table of V67 is the
same but for its name. Source: LLVM, Apache License 2.0 with LLVM exceptions.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

_INSTRUCTION = re.compile(
    r'^def (\w+) : HInst<\n\(outs ?(.*?)\),\n\(ins ?(.*?)\),\n"(.*?)",\n(tc_\w+), (\w+)>',
    re.MULTILINE | re.DOTALL,
)
_CLASS = re.compile(r"InstrItinData <(tc_\w+),.*?\n\s+\[InstrStage<.*?\]>\], \[(.*?)\]", re.DOTALL)
Row = list[list[int]]  # by operand: cycle of its write, cycle of its read; -1 for none

_LETTERS = {"IntRegs": "R", "DoubleRegs": "D", "PredRegs": "P", "ModRegs": "M"}
_PLACE = re.compile(r"\$(\w+)")


def latencies(directory: Path, templates: list[str]) -> dict[str, Row]:
    """By template and operand, in the order of the text, the cycles of its write and its read."""
    classes = _classes((directory / "HexagonDepIICScalar.td").read_text())
    found: dict[str, Row] = {}
    wanted = set(templates)
    for match in _INSTRUCTION.finditer((directory / "HexagonDepInstrInfo.td").read_text()):
        cycles = classes.get(match[5])
        if cycles is None:
            continue
        template, row = _row(match[2], match[3], match[4], cycles)
        if template in wanted and template not in found:
            found[template] = row
    return found


def _classes(text: str) -> dict[str, list[int]]:
    begin = text.index("class DepScalarItinV66 ")
    end = text.index("class ", begin + 10)
    return {
        match[1]: [int(each) for each in match[2].split(",") if each.strip()]
        for match in _CLASS.finditer(text[begin:end])
    }


def _row(outs: str, ins: str, text: str, cycles: list[int]) -> tuple[str, Row]:
    """The template of an instruction, and the cycles of each operand in it; -1 where none is."""
    kinds: dict[str, str] = {}
    written: dict[str, int] = {}
    read: dict[str, int] = {}
    number_of_outs = len(_split(outs))
    for number, (kind, name) in enumerate([*_split(outs), *_split(ins)]):
        given = cycles[number] if number < len(cycles) else -1
        kinds[name.removesuffix("in")] = kind
        into = written if number < number_of_outs else read
        into[name.removesuffix("in")] = given
    row: list[list[int]] = []

    def letter(match: re.Match[str]) -> str:
        name = match[1].removesuffix("in")
        kind = _LETTERS.get(kinds.get(name, ""), "")
        row.append([written.get(name, -1), read.get(name, -1)] if kind else [-1, -1])
        return kind or ("L" if _is_target(text, match.start()) else "I")

    return _PLACE.sub(letter, text.replace("#$", "$")), row


def _split(operands: str) -> list[list[str]]:
    return [part.strip().split(":$") for part in operands.split(",") if part.strip()]


def _is_target(text: str, place: int) -> bool:
    return re.search(r"(jump(:n?t)?|call) $|loop[01]\($", text[:place]) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=Path, metavar="LLVM/lib/Target/Hexagon")
    parser.add_argument("--table", type=Path, default=Path(__file__).with_name("v67.json"))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.json")
    given = parser.parse_args()
    templates = list(json.loads(given.table.read_text())["templates"])
    found = latencies(given.directory, templates)
    origin = (
        "LLVM 14.0.6, HexagonDepIICScalar.td (DepScalarItinV66) and HexagonDepInstrInfo.td; "
        "Apache License 2.0 with LLVM exceptions"
    )
    rows = ",\n".join(f"  {json.dumps(name)}: {row}" for name, row in sorted(found.items()))
    head = f'{{"origin": {json.dumps(origin)},\n "cycles": {{\n'
    given.output.write_text(f"{head}{rows}\n }}}}\n")
    print(f"{len(found)} of {len(templates)} templates")


if __name__ == "__main__":
    main()
