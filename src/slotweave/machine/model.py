"""Machines as frozen data: engines and their slots, modes with latencies, scratch, vector length.

A `Mode` says that an engine can run an operation in a shape. A `per_lane` mode does a vector
operation as vector_length word slots, one a lane, which may fall into different cycles; it needs
the word mode of the same operation on the same engine. Latency is in bundles: a result of a slot
in bundle t is read by bundle t + latency and later; memory written by a store likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from slotweave.isa import OPERATIONS, Form, Shape, forms_of

#: Slots for tools that watch a run; on every machine, never counted, never refused.
DEBUG_ENGINE = "debug"

# The largest machines: far beyond any that was built, and small enough that a simulator or a
# scheduler can hold one array element for each slot, lane or word, and for each bundle in flight.
MAX_VECTOR_LENGTH = 1024
MAX_SCRATCH_WORDS = 1 << 24
MAX_SLOTS = 1024
MAX_LATENCY = 128


@dataclass(frozen=True, slots=True)
class Mode:
    """`operation` in `shape` runs on `engine`, its result readable `latency` bundles later."""

    operation: str
    shape: Shape
    engine: str
    per_lane: bool = False
    latency: int = 1


@dataclass(frozen=True)
class Machine:
    """A VLIW SIMD machine. `engines` maps a name to its slots per bundle, in listing order."""

    name: str
    vector_length: int
    scratch_words: int
    engines: tuple[tuple[str, int], ...]
    modes: tuple[Mode, ...]

    @cached_property
    def slots(self) -> dict[str, int]:
        """Slots per bundle of each engine."""
        return dict(self.engines)

    @cached_property
    def forms(self) -> dict[tuple[str, str], tuple[Form, Mode]]:
        """(engine, mnemonic) -> how to read such a slot, and the mode that runs it."""
        return {
            (mode.engine, form.mnemonic): (form, mode)
            for mode in self.modes
            if not mode.per_lane
            for form in forms_of(mode.operation, mode.shape)
        }

    @cached_property
    def modes_by_operation(self) -> dict[tuple[str, Shape], tuple[Mode, ...]]:
        """(operation, shape) -> its modes, in listing order."""
        table: dict[tuple[str, Shape], list[Mode]] = {}
        for mode in self.modes:
            table.setdefault((mode.operation, mode.shape), []).append(mode)
        return {key: tuple(modes) for key, modes in table.items()}

    def modes_of(self, operation: str, shape: Shape) -> tuple[Mode, ...]:
        """The modes that can run `operation` in `shape`; empty if the machine cannot."""
        return self.modes_by_operation.get((operation, shape), ())


def machine_faults(machine: Machine) -> Iterator[tuple[str, str]]:
    """What makes `machine` unusable, as (key, reason); empty for a sound machine.

    Invariants: at least one engine, positive sizes and slots, latencies of 1 or more, none above
    the largest ones, known operations and shapes, engines that exist, no mode twice, no (engine,
    mnemonic) with two readings, and for each per-lane mode the word mode that does one lane, as
    fast.
    """
    if machine.vector_length < 1:
        yield "vector_length", f"must be at least 1, not {machine.vector_length}"
    if machine.vector_length > MAX_VECTOR_LENGTH:
        yield "vector_length", f"must be at most {MAX_VECTOR_LENGTH}"
    if machine.scratch_words < machine.vector_length:
        yield "scratch_words", f"must hold at least one vector, not {machine.scratch_words} words"
    if machine.scratch_words > MAX_SCRATCH_WORDS:
        yield "scratch_words", f"must be at most {MAX_SCRATCH_WORDS}"
    if not machine.engines:
        yield "engines", "a machine needs at least one engine"
    for name, slots in machine.engines:
        if name == DEBUG_ENGINE:
            yield name, "the debug engine is part of every machine and is not listed"
        if slots < 0:
            yield name, f"slots per bundle must not be negative, not {slots}"
        if slots > MAX_SLOTS:
            yield name, f"slots per bundle must be at most {MAX_SLOTS}"
    seen: set[tuple[str, Shape, str, bool]] = set()
    mnemonics: dict[tuple[str, str], Shape] = {}
    for mode in machine.modes:
        yield from _mode_faults(machine, mode, seen, mnemonics)


def _mode_faults(
    machine: Machine,
    mode: Mode,
    seen: set[tuple[str, Shape, str, bool]],
    mnemonics: dict[tuple[str, str], Shape],
) -> Iterator[tuple[str, str]]:
    key = f"{mode.engine}.{mode.operation}"
    if mode.operation not in OPERATIONS:
        yield mode.operation, f"unknown operation {mode.operation!r}"
        return
    if mode.engine not in machine.slots:
        yield mode.engine, f"operation {mode.operation!r} on an engine that is not listed"
    if mode.latency < 1:
        yield key, f"latency must be at least 1, not {mode.latency}"
    if mode.latency > MAX_LATENCY:
        yield key, f"latency must be at most {MAX_LATENCY}"
    identity = (mode.operation, mode.shape, mode.engine, mode.per_lane)
    if identity in seen:
        yield mode.operation, f"{mode.operation!r} is listed twice for engine {mode.engine!r}"
    seen.add(identity)
    if mode.per_lane:
        word_modes = machine.modes_of(mode.operation, Shape.WORD)
        latencies = [word.latency for word in word_modes if word.engine == mode.engine]
        if not latencies:
            yield mode.operation, f"per lane on {mode.engine!r} needs the word mode there"
        elif mode.latency not in latencies:
            yield key, f"a lane has the latency of the word mode, {latencies[0]}"
        return
    forms = forms_of(mode.operation, mode.shape)
    if not forms:
        yield mode.operation, f"{mode.operation!r} does not exist in shape {mode.shape.value}"
    for form in forms:
        other = mnemonics.setdefault((mode.engine, form.mnemonic), mode.shape)
        if other is not mode.shape:
            yield mode.operation, f"{form.mnemonic!r} would have two readings on {mode.engine!r}"
