"""The machines that come with Slotweave: `challenge`, its variants, `st200`, and a toy, `minimal`.

`st200` is like STMicroelectronics' ST231, a VLIW of four operations a cycle without vectors
(Faraboschi et al., "Lx", ISCA 2000): each of its slots runs arithmetic, two of them also multiply,
one also accesses memory and one also jumps. `minimal` is small enough to follow on paper.
"""

from __future__ import annotations

from dataclasses import replace

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

_SLOW = {"load": 4, "vload": 4, "mul": 3, "multiply_add": 3}

#: The challenge where loading takes four cycles and multiplying three.
CHALLENGE_SLOW = replace(
    CHALLENGE,
    name="challenge-slow",
    modes=tuple(replace(m, latency=_SLOW.get(m.operation, 1)) for m in CHALLENGE.modes),
)

#: The challenge with twice the slots, lanes and scratch.
WIDE = replace(
    CHALLENGE,
    name="wide",
    vector_length=2 * CHALLENGE.vector_length,
    scratch_words=2 * CHALLENGE.scratch_words,
    engines=tuple((name, 2 * slots) for name, slots in CHALLENGE.engines),
)

_SIMPLE = tuple(name for name in _BINARY if name not in ("mul", "div", "cdiv", "mod"))
_ALU = (*_SIMPLE, "const", "select", "add_immediate")

ST200 = Machine(
    name="st200",
    vector_length=1,
    scratch_words=64,
    engines=(("multiply", 2), ("memory", 1), ("branch", 1)),
    modes=(
        *_modes("multiply", word=_ALU),
        Mode("mul", Shape.WORD, "multiply", latency=3),
        *(Mode(name, Shape.WORD, "multiply", latency=16) for name in ("div", "cdiv", "mod")),
        *_modes("memory", word=(*_ALU, "store")),
        Mode("load", Shape.WORD, "memory", latency=3),
        *_modes("branch", word=(*_ALU, *_CONTROL)),
    ),
)

BUILTIN: dict[str, Machine] = {
    machine.name: machine for machine in (CHALLENGE, MINIMAL, CHALLENGE_SLOW, ST200, WIDE)
}
