"""How often each block of a file runs, by QEMU's own trace of what it executes.

Guarantees: a count is the number of times that QEMU began the first packet of the block, in the
harness's runs on random inputs. A label is put before each block; nothing else of the file changes.
QEMU translates packet by packet (`-singlestep`), so that a block that another one falls into begins
a translation of its own, and traces the addresses of those labels alone (`-dfilter`).
"""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.hexagon.assembly.listing import Listing
from slotweave.hexagon.judges.emulator import build
from slotweave.hexagon.judges.harness import Argument, harness_source

_MARK = "slotweave_block_"
_TRACED = re.compile(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/")
_SYMBOLS = 2  # the type of a section of symbols
_SECTION, _SYMBOL = struct.Struct("<10I"), struct.Struct("<3I2BH")


def marked(listing: Listing) -> str:
    """The text of `listing` with a label before each block."""
    lines = list(listing.lines)
    for number, block in enumerate(listing.blocks):
        first = block.packets[0].first
        lines[first] = f"{_MARK}{number}:\n{lines[first]}"
    return "".join(lines)


def count_blocks(
    listing: Listing,
    function: str,
    arguments: tuple[Argument, ...],
    instances: int,
    seed: int,
    cpu: str,
    others: Sequence[Path] = (),
    seconds: float = 60.0,
) -> dict[str, int]:
    """How often each block runs while `function` is called `instances` times, by the block's name.

    Raises InputError (SW229) where it cannot be built, or does not end as it should.
    """
    with tempfile.TemporaryDirectory() as directory:
        source, file = Path(directory, "harness.c"), Path(directory, "marked.s")
        program, log = Path(directory, "program"), Path(directory, "log")
        source.write_text(harness_source(function, arguments, instances, seed))
        file.write_text(marked(listing))
        build(source, file, others, program, cpu)
        number_at = {at: number for number, at in _labels(program.read_bytes()).items()}
        ranges = ",".join(f"{at:#x}+1" for at in sorted(number_at))
        words = ["qemu-hexagon", "-singlestep", "-d", "nochain,exec", "-dfilter", ranges]
        try:
            ran = subprocess.run(
                [*words, "-D", str(log), str(program)],
                capture_output=True, text=True, timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _ended(f"it ran for more than {seconds:g} s", listing) from None
        if ran.returncode:
            raise _ended(f"it ended with {ran.returncode}", listing)
        times = _times(log)
    return _by_name(
        listing, {number_at[at]: count for at, count in times.items() if at in number_at}
    )


def _ended(how: str, listing: Listing) -> InputError:
    reason = f"its blocks cannot be counted: {how}"
    return InputError(Diagnostic("SW229", reason, file=listing.file))


def _by_name(listing: Listing, counts: Mapping[int, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, block in enumerate(listing.blocks):
        found[block.name] = found.get(block.name, 0) + counts.get(number, 0)
    return found


def _times(log: Path) -> Counter[int]:
    """How often each address was traced."""
    with log.open() as lines:
        matches = map(_TRACED.match, lines)
        return Counter(int(match[1], 16) for match in matches if match)


def _labels(program: bytes) -> dict[int, int]:
    """The address of each block's label, from the symbols of a 32-bit little-endian ELF file."""
    (sections_at,) = struct.unpack_from("<I", program, 32)
    size, count = struct.unpack_from("<2H", program, 46)
    sections = [_SECTION.unpack_from(program, sections_at + k * size) for k in range(count)]
    found = {}
    for section in sections:
        if section[1] != _SYMBOLS:
            continue
        names = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], _SYMBOL.size):
            name_at, value = _SYMBOL.unpack_from(program, at)[:2]
            begin = names + name_at
            name = program[begin : program.index(b"\0", begin)].decode(errors="replace")
            if name.startswith(_MARK):
                found[int(name.removeprefix(_MARK))] = value
    return found
