"""What an instruction reads and writes, told from its text alone."""

from __future__ import annotations

import re

REGISTER = re.compile(r"(?<![\w.$@#])(r\d+(?::\d+)?|p[0-3]|m[01])(\.new)?(?![\w@])")
CONDITION = re.compile(r"^if \((!?)(p[0-3])(\.new)?\) (.*)$")
ASSIGNED = re.compile(r"^((?:r\d+(?::\d+)?|p[0-3])(?:\.[hl])?(?:,p[0-3])?) ([-+&|^]?=) (.*)$")
STEP = re.compile(r"\((r\d+)\+\+(?:#(-?\d+)|(m[01]))\)")
#: A register that an address is assigned to.
ADDRESSED = re.compile(r"\b\w+\((r\d+)=##")
MERGING = ("insert(", "tableidx")
#: Instructions that read and write registers without their names: (form, reads, writes).
SILENT = (
    (re.compile(r"^allocframe\("), ("r29", "r30", "r31"), ("r29", "r30")),
    (re.compile(r"(^|= )deallocframe\b"), ("r30",), ("r29", "r30", "r31")),
    (re.compile(r"(^|= )dealloc_return\b"), ("r30",), ("r29", "r30", "r31")),
    (re.compile(r"^loop0\("), (), ("lc0", "sa0")),
    (re.compile(r"^loop1\("), (), ("lc1", "sa1")),
    (re.compile(r"^callr? "), (), ("r31",)),
)


def destination_end(text: str) -> int:
    match = ASSIGNED.match(text)
    return match.end(1) if match else 0


def reads_old(text: str) -> bool:
    """Whether what is assigned to is read first: `+=`, parts of a register, insertions."""
    match = ASSIGNED.match(text)
    assert match is not None
    parts = "." in match[1] or match[2] != "="
    return parts or match[3].startswith(MERGING)


def halves(name: str) -> list[str]:
    if ":" not in name:
        return [name]
    high, low = name[1:].split(":")
    return [f"r{high}", f"r{low}"]


def news(text: str) -> set[str]:
    return {match[1] for match in REGISTER.finditer(text) if match[2]}


def self_made(text: str) -> set[str]:
    """What the first clause of a compound writes and its second reads as `.new`."""
    first, mark, _ = text.partition("; ")
    return written(first.strip()) if mark else set()


def is_written_alone(text: str, place: int) -> bool:
    """Whether the register at a place of the text is written, and not read first."""
    addressed = ADDRESSED.search(text)
    if addressed is not None and addressed.start(1) == place:
        return True
    return place < destination_end(text) and not reads_old(text)


def written(text: str) -> set[str]:
    """The registers that an instruction writes, by its text."""
    return set(written_in_order(text))


def written_in_order(text: str) -> list[str]:
    """The same in the order of the text, the upper half of a pair first, unnamed ones last."""
    match = CONDITION.match(text)
    rest = match[4] if match else text
    found: list[str] = []
    assigned = ASSIGNED.match(rest)
    if assigned:
        for name in assigned[1].split(","):
            found += halves(name.split(".")[0])
    found += [step[1] for step in STEP.finditer(rest)]
    found += [one[1] for one in ADDRESSED.finditer(rest)]
    for form, _, writes in SILENT:
        if form.search(rest):
            found += writes
    return list(dict.fromkeys(found))


def read(text: str) -> set[str]:
    """The registers whose old values an instruction may read, by its text."""
    match = CONDITION.match(text)
    rest = match[4] if match else text
    found = set() if match is None or match[3] else {match[2]}
    for one in REGISTER.finditer(rest):
        if not one[2] and not is_written_alone(rest, one.start()):
            found.update(halves(one[1]))
    for form, reads, _ in SILENT:
        if form.search(rest):
            found.update(reads)
    return found
