"""An assembler that is not ours: which packets it refuses, and what it says of them.

Guarantees: what is returned is what the assembler said; nothing here knows a rule of packets. An
assembler is `llvm-mc` on the path, or the clang of the package `ziglang` (`slotweave[hexagon]`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from slotweave.hexagon.assembly.listing import Packet

#: What to install where no assembler is found.
MISSING = "no assembler for Hexagon: `pip install 'slotweave[hexagon]'`, or llvm-mc on the path"
#: The version that is assembled for, unless the input names another.
CPU = "hexagonv67"

_SECONDS = 600
_MESSAGE = re.compile(r"^(?:.*?):(\d+):\d+: (error|note|warning): (.*)$")


@dataclass(frozen=True, slots=True)
class Message:
    """One line of what the assembler says."""

    line: int
    kind: str  # error, note, warning
    text: str


@dataclass(frozen=True, slots=True)
class Assembler:
    """How an assembler is run: the words of its command before the files, and its name."""

    name: str
    words: tuple[str, ...]
    is_clang: bool

    def messages(self, text: str, cpu: str = CPU) -> list[Message]:
        """What it says of the assembly `text`; no errors means that it assembled all of it."""
        with tempfile.TemporaryDirectory() as directory:
            source, target = Path(directory, "a.s"), Path(directory, "a.o")
            source.write_text(text)
            return self.assemble(source, target, cpu)

    def assemble(self, source: Path, target: Path, cpu: str = CPU) -> list[Message]:
        """Assemble `source` to the object file `target`; what it says."""
        if self.is_clang:
            how = ["-target", "hexagon-linux-musl", f"-mcpu={cpu}", "-c"]
        else:
            how = ["-triple=hexagon", f"-mcpu={cpu}", "-filetype=obj"]
        words = [*self.words, *how, str(source), "-o", str(target)]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False)
        found = [
            Message(int(match[1]), match[2], match[3])
            for match in map(_MESSAGE.match, ran.stderr.splitlines())
            if match
        ]
        if ran.returncode and not any(one.kind == "error" for one in found):
            last = ran.stderr.strip().splitlines() or ["no message"]
            signal = -ran.returncode
            said = f"{self.name} was ended by signal {signal}" if signal > 0 else last[-1]
            found.append(Message(0, "error", said))
        return found


def find_assembler() -> Assembler | None:
    """llvm-mc if there is one that knows Hexagon, else the clang of ziglang, else None."""
    path = shutil.which("llvm-mc")
    if path is not None and _knows_hexagon(path):
        return Assembler("llvm-mc", (path,), False)
    if find_spec("ziglang") is not None:
        return Assembler("zig cc", (sys.executable, "-m", "ziglang", "cc"), True)
    return None


def _knows_hexagon(path: str) -> bool:
    ran = subprocess.run(
        [path, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    return "hexagon" in ran.stdout


def new_errors(assembler: Assembler, before: str, after: str, cpu: str = CPU) -> list[Message]:
    """What the assembler has against the text `after` and had not against `before`.

    An assembler may be older than the compiler and refuse some of its directives, in both.
    """
    known = Counter(one.text for one in assembler.messages(before, cpu) if one.kind == "error")
    found = []
    for message in assembler.messages(after, cpu):
        if message.kind == "error":
            known[message.text] -= 1
            if known[message.text] < 0:
                found.append(message)
    return found


def refused(assembler: Assembler, packets: Sequence[Sequence[str]], cpu: str = CPU) -> list[str]:
    """For each packet, given as its instructions, the first error of the assembler, or ``""``."""
    return [
        next((one.text for one in row if one.kind == "error"), "")
        for row in messages_of(assembler, packets, cpu)
    ]


def messages_of_packets(
    assembler: Assembler, packets: Sequence[Packet], cpu: str = CPU
) -> list[list[str]]:
    """For each packet the errors of the assembler."""
    rows = [[one.text for one in packet.instructions] for packet in packets]
    flags = ["".join(f" :{flag}" for flag in packet.flags) for packet in packets]
    said = messages_of(assembler, rows, cpu, flags)
    return [[one.text for one in each if one.kind == "error"] for each in said]


def messages_of(
    assembler: Assembler,
    packets: Sequence[Sequence[str]],
    cpu: str = CPU,
    flags: Sequence[str] | None = None,
) -> list[list[Message]]:
    """For each packet what the assembler says of it; `line` counts within it, from 0.

    `flags` are what stands after the closing braces.
    """
    lines: list[str] = []
    begins: list[int] = []
    for number, packet in enumerate(packets):
        begins.append(len(lines))
        lines += ["{", *packet, f"}}{flags[number] if flags else ''}"]
    said: list[list[Message]] = [[] for _ in packets]
    owner = [k for k, packet in enumerate(packets) for _ in range(len(packet) + 2)]
    for message in assembler.messages("\n".join(lines) + "\n", cpu):
        if not 1 <= message.line <= len(owner):
            raise RuntimeError(f"{assembler.name}: {message.text}")
        k = owner[message.line - 1]
        said[k].append(Message(message.line - 1 - begins[k] - 1, message.kind, message.text))
    return said
