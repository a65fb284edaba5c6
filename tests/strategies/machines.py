"""Random machines: few engines and slots, every operation somewhere, short vectors."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from slotweave.isa import BINARY_SYMBOLS, Shape
from slotweave.machine import Machine, Mode, machine_faults

_WORD = (*BINARY_SYMBOLS, "select", "multiply_add", "add_immediate", "const", "load", "store")
_VECTOR = (*BINARY_SYMBOLS, "select", "multiply_add", "broadcast", "vload", "vstore")
_PER_LANE = (*BINARY_SYMBOLS, "select", "multiply_add", "load", "store")
_CONTROL = ("jump", "jump_indirect", "cond_jump", "cond_jump_rel", "halt", "pause",
            "core_id", "trace_write")  # fmt: skip


@st.composite
def machines(draw: st.DrawFn, max_latency: int = 1) -> Machine:
    """Sound machines of a word, a vector and a memory engine, and one for control."""
    slots = st.integers(1, 3)
    latency = st.integers(1, max_latency)
    memory = ("load", "store", "vload", "vstore")

    def engine_of(operation: str, shape: Shape) -> str:
        if operation in memory:
            return "memory"
        return "vector" if shape is Shape.VECTOR else "scalar"

    modes = [Mode(name, Shape.WORD, engine_of(name, Shape.WORD), latency=draw(latency))
             for name in _WORD]  # fmt: skip
    modes += [Mode(name, Shape.VECTOR, engine_of(name, Shape.VECTOR), latency=draw(latency))
              for name in _VECTOR]  # fmt: skip
    modes += [replace(mode, shape=Shape.VECTOR, per_lane=True)
              for mode in modes[:len(_WORD)] if mode.operation in _PER_LANE]  # fmt: skip
    modes += [Mode(name, Shape.WORD, "control") for name in _CONTROL]
    machine = Machine(
        name="random",
        vector_length=draw(st.sampled_from([2, 4])),
        scratch_words=draw(st.integers(24, 64)),
        engines=(
            ("scalar", draw(slots)),
            ("vector", draw(slots)),
            ("memory", draw(slots)),
            ("control", 1),
        ),
        modes=tuple(modes),
    )
    assert not list(machine_faults(machine))
    return machine
