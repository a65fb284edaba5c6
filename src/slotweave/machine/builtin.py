"""The machines that come with Slotweave: `challenge`, and `minimal`, a toy for tests and tour."""

from __future__ import annotations

from slotweave.isa import BINARY_SYMBOLS, Shape
from slotweave.machine.model import Machine, Mode

_BINARY = tuple(BINARY_SYMBOLS)
_CONTROL = ("jump", "jump_indirect", "cond_jump", "cond_jump_rel", "halt", "pause",
            "core_id", "trace_write")  # fmt: skip


def _modes(
    engine: str,
    *,
    word: tuple[str, ...] = (),
    vector: tuple[str, ...] = (),
    per_lane: tuple[str, ...] = (),
) -> tuple[Mode, ...]:
    return (
        *(Mode(name, Shape.WORD, engine) for name in word),
        *(Mode(name, Shape.VECTOR, engine) for name in vector),
        *(Mode(name, Shape.VECTOR, engine, per_lane=True) for name in per_lane),
    )


CHALLENGE = Machine(
    name="challenge",
    vector_length=8,
    scratch_words=1536,
    engines=(("alu", 12), ("valu", 6), ("load", 2), ("store", 2), ("flow", 1)),
    modes=(
        *_modes("alu", word=_BINARY, per_lane=_BINARY),
        *_modes("valu", vector=(*_BINARY, "multiply_add", "broadcast")),
        *_modes("load", word=("const", "load"), vector=("vload",), per_lane=("load",)),
        *_modes("store", word=("store",), vector=("vstore",), per_lane=("store",)),
        *_modes(
            "flow",
            word=("select", "add_immediate", *_CONTROL),
            vector=("select",),
            per_lane=("select",),
        ),
    ),
)

#: Four lanes, one memory slot, and little scratch: small enough to follow on paper.
MINIMAL = Machine(
    name="minimal",
    vector_length=4,
    scratch_words=64,
    engines=(("scalar", 2), ("vector", 1), ("memory", 1), ("control", 1)),
    modes=(
        *_modes("scalar", word=(*_BINARY, "const"), per_lane=_BINARY),
        *_modes("vector", vector=(*_BINARY, "multiply_add", "broadcast")),
        *_modes("memory", word=("load", "store"), vector=("vload", "vstore"), per_lane=("load",)),
        *_modes("control", word=("select", *_CONTROL), vector=("select",)),
    ),
)

BUILTIN: dict[str, Machine] = {machine.name: machine for machine in (CHALLENGE, MINIMAL)}
