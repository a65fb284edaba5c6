"""What a simulator gives back: the end of a run, from which it may go on; and the event stream."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from slotweave.machine import Machine

Words = NDArray[np.uint32]
#: Initial memory: words from 0 to 2^32 - 1.
Memory = Sequence[int] | Words

#: Runs longer than this are stopped unless the caller says otherwise.
MAX_CYCLES = 10_000_000


class RunState(StrEnum):
    """READY has not begun; only PAUSED and READY runs can go on."""

    READY = "READY"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


@dataclass(frozen=True, eq=False)
class Run:
    """A machine between two runs; nothing is in flight. The arrays are read-only.

    `pc` is the bundle that would run next (the number of bundles if there is none),
    `executed_bundles` counts also those that cost no cycle, `written` marks the scratch words that
    something has written, `trace` holds the words of trace_write slots.
    """

    cycles: int
    memory: Words
    scratch: Words
    trace: tuple[int, ...]
    state: RunState
    pc: int
    executed_bundles: int
    written: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for array in (self.memory, self.scratch, self.written):
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        return self._key() == other._key() and all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (self.memory, other.memory),
                (self.scratch, other.scratch),
                (self.written, other.written),
            )
        )

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.cycles, self.trace, self.state, self.pc, self.executed_bundles


def ready(machine: Machine, memory: Memory, zeros: Collection[int] = ()) -> Run:
    """`machine` before its first bundle, with a copy of `memory`.

    The words `zeros` of scratch count as written.
    """
    written = np.zeros(machine.scratch_words, dtype=np.bool_)
    written[[word for word in zeros if 0 <= word < len(written)]] = True
    return Run(
        cycles=0,
        memory=np.array(memory, dtype=np.uint32),
        scratch=np.zeros(machine.scratch_words, dtype=np.uint32),
        trace=(),
        state=RunState.READY,
        pc=0,
        executed_bundles=0,
        written=written,
    )


class Space(StrEnum):
    """Where words lie."""

    SCRATCH = "scratch"
    MEMORY = "memory"


class Access(NamedTuple):
    """Consecutive words read or written."""

    space: Space
    address: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One slot that ran in `cycle` (from 0); what it writes is read `latency` bundles later."""

    cycle: int
    bundle: int
    engine: str
    slot: int
    reads: tuple[Access, ...]
    writes: tuple[Access, ...]
    latency: int
