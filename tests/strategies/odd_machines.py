"""Random machines that may lack operations and whole engines, or have hardly any scratch."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from slotweave.machine import Machine, Mode, machine_faults
from strategies.machines import machines


@st.composite
def odd_machines(draw: st.DrawFn, lanes: int) -> Machine:
    """Sound machines for vectors of `lanes` words."""
    machine = draw(machines(max_latency=draw(st.sampled_from([1, 3, 9]))))
    gone = draw(st.sets(st.sampled_from(machine.modes), max_size=3))
    if draw(st.integers(0, 9)) == 9:
        engine = draw(st.sampled_from(machine.engines))[0]
        gone |= {mode for mode in machine.modes if mode.engine == engine}
    scratch = draw(st.sampled_from([2 * lanes, 24, 64, 256, 1536]))
    machine = replace(
        machine,
        vector_length=lanes,
        scratch_words=scratch,
        engines=tuple(
            (name, draw(st.sampled_from([slots, 1, 8]))) for name, slots in machine.engines
        ),
        modes=tuple(mode for mode in machine.modes if not _is_gone(mode, gone)),
    )
    assert not list(machine_faults(machine))
    return machine


def _is_gone(mode: Mode, gone: set[Mode]) -> bool:
    """Is `mode` one of those, or a per-lane mode of one of those words?"""
    return mode in gone or any(
        mode.per_lane and (mode.operation, mode.engine) == (word.operation, word.engine)
        for word in gone
    )
