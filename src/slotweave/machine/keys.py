"""The keys of a machine file as data: what the parser accepts, and what docs/reference says."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.machine.model import (
    MAX_LATENCY,
    MAX_SCRATCH_WORDS,
    MAX_SLOTS,
    MAX_VECTOR_LENGTH,
)

#: What stands in a path for a name that the file chooses, or for that of an operation.
ENGINE, OPERATION = "ENGINE", "OPERATION"


@dataclass(frozen=True, slots=True)
class MachineKey:
    """A key: `path` from the top, the type of its value, and the value if it is left out.

    `kind` is the Python type of the value; `holds` says it in words. A key whose `default` is None
    must be there.
    """

    path: tuple[str, ...]
    kind: type
    holds: str
    default: str | None
    meaning: str
    example: str

    @property
    def table(self) -> str:
        """The section in which it stands, "" at the top of the file."""
        return self.path[0] if len(self.path) > 1 else ""


_NAMES = "a list of operations"
_NOTHING = "no operations"

KEYS: tuple[MachineKey, ...] = (
    MachineKey(
        ("name",), str, "a string", None,
        "What programs and results call the machine.", '"toy"',
    ),
    MachineKey(
        ("vector_length",), int, f"an integer from 1 to {MAX_VECTOR_LENGTH:,}", None,
        "Words in a vector, which is also the number of its lanes.", "4",
    ),
    MachineKey(
        ("scratch_words",), int,
        f"an integer from vector_length to {MAX_SCRATCH_WORDS:,}", None,
        "Words of scratch, the registers of the machine. A vector takes vector_length of them, "
        "from any address on.", "64",
    ),
    MachineKey(
        ("engines", ENGINE), int, f"an integer from 0 to {MAX_SLOTS:,}", None,
        "Slots of this engine in each bundle. The name is free; every name used below stands here. "
        "At least one engine is needed. `debug` is on every machine and is not listed.", "2",
    ),
    MachineKey(
        ("word", ENGINE), list, _NAMES, _NOTHING,
        "Operations on words that the engine runs, one slot each.", '["add", "xor"]',
    ),
    MachineKey(
        ("vector", ENGINE), list, _NAMES, _NOTHING,
        "Operations on vectors that the engine runs, one slot each.", '["vload"]',
    ),
    MachineKey(
        ("per_lane", ENGINE), list, _NAMES, _NOTHING,
        "Operations on vectors that the engine runs lane by lane, one slot a lane, in any cycles. "
        "Each must stand under [word] of the same engine, too.", '["xor"]',
    ),
    MachineKey(
        ("latency", ENGINE, OPERATION), int, f"an integer from 1 to {MAX_LATENCY}", "1",
        "Bundles until the result can be read: that of a slot in bundle t is there from bundle t + "
        "latency on. For a store, until the memory that it wrote can be read. It holds for all "
        "shapes in which the engine runs the operation.", "3",
    ),
)  # fmt: skip

#: Keys at the top of the file.
TOP = tuple(key for key in KEYS if not key.table)

#: Sections that list operations.
LISTS = tuple(key.table for key in KEYS if key.kind is list)

#: All sections, in the order of the text form.
TABLES = tuple(dict.fromkeys(key.table for key in KEYS if key.table))
