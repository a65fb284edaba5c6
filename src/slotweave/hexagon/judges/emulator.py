"""An emulator that is not ours: two files of assembly run on the same random inputs by QEMU.

Guarantees: what is compared is what QEMU printed of each; nothing here knows what was changed. A
difference, a crash of one or an endless run of one is told; where nothing ran, the reason is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from signal import Signals

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.hexagon.judges.harness import Argument, harness_source

#: What to install where something is missing.
NO_COMPILER = "no compiler for Hexagon: `pip install 'slotweave[hexagon]'`"
NO_EMULATOR = "no emulator: qemu-hexagon of the system's package manager (Debian: qemu-user)"
#: The newest version that QEMU runs.
NEWEST = 67

#: The first version seen that does not forget a store beside a load: findings/ has what 7.2 does.
_SEES_STORES = 10
_FORGETS = (
    "QEMU before version 10 may miss a store that stands beside a later load in its packet "
    "(:mem_noshuf), if the last conditional store was not made: the packets may be right, so try a "
    "newer one"
)

_BUILD_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Trial:
    """What two files did: whether they ran, instances that agree, the first difference (its number
    and what it is), and the packets that each executed."""

    ran: bool
    why: str = ""
    instances: int = 0
    mismatch: int | None = None
    what: str = ""
    packets: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Run:
    """The lines that a program printed, and how it ended."""

    lines: tuple[str, ...]
    ending: str


#: How a program ends that was not stopped.
_WELL = "it ended"

_KEPT = ["memory", "r0", "r1", *(f"r{number}" for number in range(16, 28))]


def missing() -> str:
    """What a trial needs and is not there, in one line; "" if nothing."""
    lacking = []
    if find_spec("ziglang") is None:
        lacking.append(NO_COMPILER)
    if shutil.which("qemu-hexagon") is None:
        lacking.append(NO_EMULATOR)
    return "; ".join(lacking)


def compare(
    files: tuple[Path, Path],
    function: str,
    arguments: tuple[Argument, ...],
    instances: int,
    seed: int,
    cpu: str,
    others: Sequence[Path] = (),
    seconds: float = 60.0,
) -> Trial:
    """Both files with the harness around `function`, run and compared.

    Raises InputError (SW229) where one cannot be built.
    """
    version = cpu.removeprefix("hexagonv").rstrip("t")
    if version.isdigit() and int(version) > NEWEST:
        return Trial(False, f"QEMU runs versions up to v{NEWEST}, and this is v{version}")
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "harness.c")
        source.write_text(harness_source(function, arguments, instances, seed))
        runs = []
        for number, file in enumerate(files):
            program = Path(directory, f"program{number}")
            build(source, file, others, program, cpu)
            runs.append(_run(program, seconds))
    trial = _judged(runs[0], runs[1], instances)
    if trial.mismatch is not None and _may_forget(files):
        return replace(trial, what=f"{trial.what}; {_FORGETS}")
    return trial


def _may_forget(files: tuple[Path, Path]) -> bool:
    """Whether the emulator is one that may forget a store of these files."""
    if not any(":mem_noshuf" in file.read_text() for file in files):
        return False
    told = subprocess.run(["qemu-hexagon", "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"version (\d+)", told.stdout)
    return version is not None and int(version[1]) < _SEES_STORES


def build(source: Path, file: Path, others: Sequence[Path], program: Path, cpu: str) -> None:
    """Compile and link a harness and a file. Raises InputError (SW229) with the first error."""
    words = [
        sys.executable, "-m", "ziglang", "cc", "-target", "hexagon-linux-musl", f"-mcpu={cpu}",
        "-O1", "-g0", "-ffreestanding", "-fno-builtin", "-fno-sanitize=all", "-nostdlib", "-static",
        "-w", str(source), str(file), *map(str, others), "-o", str(program),
    ]  # fmt: skip
    ran = subprocess.run(words, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False)
    if ran.returncode:
        errors = [line for line in ran.stderr.splitlines() if "error" in line]
        said = (errors or ran.stderr.strip().splitlines() or ["no message"])[0].strip()
        if "undefined symbol" in said:
            said += "; no library is linked, and --with FILE gives a definition"
        raise InputError(Diagnostic("SW229", f"it cannot be built: {said}", file=file.name))


def _run(program: Path, seconds: float) -> _Run:
    try:
        ran = subprocess.run(
            ["qemu-hexagon", str(program)],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        printed = expired.stdout or b""
        text = printed.decode() if isinstance(printed, bytes) else printed
        return _Run(tuple(text.splitlines()), f"it ran for more than {seconds:g} s")
    return _Run(tuple(ran.stdout.splitlines()), _ending(ran.returncode))


def _ending(code: int) -> str:
    """How a program ended that gives `code`, "" if well; a negative one is that of a signal."""
    if code >= 0:
        return f"it ended with {code}" if code else ""
    return f"it was ended by {Signals(-code).name}"


def _judged(one: _Run, other: _Run, instances: int) -> Trial:
    packets = [0, 0]
    for number, rows in enumerate(zip(one.lines, other.lines, strict=False)):
        words = [row.split() for row in rows]
        for place, row in enumerate(words):
            packets[place] += int(row[-1], 16)
        for name, first, second in zip(_KEPT, words[0], words[1], strict=False):
            if first != second:
                what = f"{name} is {first} and {second}"
                return Trial(True, "", number, number, what, (packets[0], packets[1]))
    agreed = min(len(one.lines), len(other.lines))
    if one.ending != other.ending or len(one.lines) != len(other.lines):
        endings = f"the first: {one.ending or _WELL}; the second: {other.ending or _WELL}"
        return Trial(True, "", agreed, agreed, endings, (packets[0], packets[1]))
    why = one.ending if agreed < instances else ""
    return Trial(True, why, agreed, None, "", (packets[0], packets[1]))
