"""The reference simulator: Python integers, one slot after the other, nothing clever.

Time is counted in executed bundles: a result of latency l issued at time t is read from t + l on.
Writes land in the order in which they were issued, within a bundle in listing order, so of two
writes to one word the last one stands. A stop or a pause lets everything in flight land. Where
several jumps, halts or pauses stand in one bundle, the last of them decides. In strict mode the
program is first checked by `static_faults`; while it runs, reads of scratch never written are
errors, and so are, when all slots of a bundle have run, two writes that land in one word at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import LOADS, NO_EFFECT, STORES, TRACES, WORD_MASK, Role
from slotweave.isa.codegen import word_function
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate import faults
from slotweave.simulate.debug import ValueTrace, debug_fault
from slotweave.simulate.legality import costs_a_cycle, double_write, static_faults
from slotweave.simulate.run import (
    MAX_CYCLES,
    Access,
    Event,
    Memory,
    Run,
    RunState,
    Space,
    ready,
)
from slotweave.simulate.slots import Fault, SlotKind, engine_fault, slot_fault, slot_kinds


def run(
    program: Program,
    machine: Machine,
    memory: Memory | Run,
    *,
    strict: bool = True,
    runs: int = 1,
    enable_pause: bool = False,
    enable_debug: bool = False,
    value_trace: ValueTrace | None = None,
    max_cycles: int = MAX_CYCLES,
    on_event: Callable[[Event], None] | None = None,
    on_bundle: Callable[[int], None] | None = None,
    checked: bool = False,
) -> Run:
    """Run `program` from initial `memory`, or go on with an earlier run, `runs` times.

    Each time it runs until it stops, or pauses if pauses are enabled; what has stopped stays as it
    is. Debug slots compare if they are enabled and there is a value trace. Raises CheckFailed for
    the first fault, in strict mode also for what is only suspicious; `max_cycles` bounds all runs
    together. `on_event` is told each slot as it runs, `on_bundle` the bundle before. `checked` says
    that `static_faults` has found nothing.
    """
    if strict and not checked:
        for refusal in static_faults(program, machine):
            raise CheckFailed(refusal)
    trace = value_trace if enable_debug else None
    options = ExecutionOptions(
        strict, enable_pause, trace, max_cycles, on_event, on_bundle, legal=strict
    )
    state = memory if isinstance(memory, Run) else ready(machine, memory, program.zeros)
    for _ in range(runs):
        if state.state is not RunState.STOPPED:
            state = Execution(program, machine, state, options).until_stop()
    return state


@dataclass(frozen=True, slots=True)
class ExecutionOptions:
    """How a run is simulated; see `run`. `legal`: the program has no static faults."""

    strict: bool
    enable_pause: bool
    value_trace: ValueTrace | None
    max_cycles: int
    on_event: Callable[[Event], None] | None
    on_bundle: Callable[[int], None] | None = None
    legal: bool = False


#: An Enum looks up its members slowly.
SCRATCH, MEMORY = Space.SCRATCH, Space.MEMORY


class _Place(NamedTuple):
    bundle: int
    engine: str
    slot: int


class Write(NamedTuple):
    """A write on its way: issued at `place`, it lands when `lands` bundles have run."""

    access: Access
    lands: int
    place: _Place


class Execution:
    """One run from `start` to the next stop or pause, bundle by bundle."""

    def __init__(
        self, program: Program, machine: Machine, start: Run, options: ExecutionOptions
    ) -> None:
        self.bundles = program.bundles
        self.machine = machine
        self.kinds = slot_kinds(machine)
        self.options = options
        self.memory: list[int] = start.memory.tolist()
        self.scratch: list[int] = start.scratch.tolist()
        self.written: list[bool] = start.written.tolist()
        self.trace = list(start.trace)
        self.cycles = start.cycles
        self.time = start.executed_bundles
        self.pc = start.pc
        self.next_pc = start.pc
        self.state: RunState | None = None  # None while running
        self.in_flight: dict[int, list[Write]] = {}  # time of landing -> writes as issued
        # The words that they land in, of memory and of scratch.
        self.landing: dict[tuple[int, bool], set[int]] = {}

    def until_stop(self) -> Run:
        while self.state is None:
            if self.pc < len(self.bundles):
                self.step(self.bundles[self.pc])
            else:
                self.state = RunState.STOPPED
        for time in sorted(self.in_flight):
            self.land_all(time)
        return Run(
            cycles=self.cycles,
            memory=np.array(self.memory, dtype=np.uint32),
            scratch=np.array(self.scratch, dtype=np.uint32),
            trace=tuple(self.trace),
            state=self.state,
            pc=min(self.pc, len(self.bundles)),
            executed_bundles=self.time,
            written=np.array(self.written, dtype=np.bool_),
        )

    def step(self, bundle: Bundle) -> None:
        """Run one bundle: all slots on the state before it, then what lands after it."""
        if costs_a_cycle(bundle) and self.cycles >= self.options.max_cycles:
            raise CheckFailed(faults.cycle_limit(self.options.max_cycles, self.pc))
        if self.options.on_bundle:
            self.options.on_bundle(self.pc)
        self.next_pc = self.pc + 1
        writes = [write for engine, slots in bundle.items() for write in self.engine(engine, slots)]
        for write in writes:
            self.launch(write)
        self.time += 1
        self.land_all(self.time)
        self.cycles += costs_a_cycle(bundle)
        self.pc = self.next_pc

    def engine(self, engine: str, slots: tuple[Slot, ...]) -> list[Write]:
        """Run the slots of one engine; the writes they issue."""
        if engine == DEBUG_ENGINE:
            self.debug(slots)
            return []
        kinds, legal = self.kinds.get(engine, {}), self.options.legal
        if not legal:
            self.refuse(engine_fault(self.machine, engine, slots), engine)
        writes = []
        for index, slot in enumerate(slots):
            if not legal:
                self.refuse(slot_fault(kinds, slot, self.pc), engine, index)
            write = self.slot(kinds[slot[0]], slot, _Place(self.pc, engine, index))
            if write is not None:
                writes.append(write)
        return writes

    def debug(self, slots: tuple[Slot, ...]) -> None:
        trace = self.options.value_trace
        if trace is None:
            return
        for index, slot in enumerate(slots):
            fault = debug_fault(slot, self.scratch, trace, self.machine.vector_length)
            self.refuse(fault, DEBUG_ENGINE, index)

    def refuse(self, fault: Fault | None, engine: str, slot: int | None = None) -> None:
        """Stop with `fault`, if there is one."""
        if fault:
            code, message = fault
            place = Diagnostic(code, message, bundle=self.pc, engine=engine, slot=slot)
            raise CheckFailed(place)

    def slot(self, kind: SlotKind, slot: Slot, place: _Place) -> Write | None:
        """Run one legal slot on the state before its bundle; what it writes."""
        args = []
        for at, width, lane in kind.reads:  # see `SlotKind.words_read`
            first = slot[at] + slot[-1] if lane else slot[at]
            args.append(self.read_scratch(first, first + width, place))
        written = kind.words_written(slot)
        loaded: Access | None = None
        result: Access | None = None
        effect = kind.operation.effect
        if effect is NO_EFFECT:
            words = self.compute(kind, slot, args, len(written), place)
            result = Access(SCRATCH, written.start, words)
        elif effect is LOADS:
            loaded = self.read_memory(args[0][0], len(written), place)
            result = Access(SCRATCH, written.start, loaded.words)
        elif effect is STORES:
            result = self.store(args[0][0], args[1], place)
        elif effect is TRACES:
            self.trace.append(args[0][0])
        elif kind.operation.name == "core_id":
            result = Access(SCRATCH, written.start, (0,))
        else:
            self.control(kind, slot, args)
        if (told := self.options.on_event) is not None:
            sources = zip(kind.words_read(slot), args, strict=True)
            reads = [Access(SCRATCH, words.start, arg) for words, arg in sources]
            reads += [loaded] if loaded else []
            self.tell(told, place, reads, result, kind.latency)
        return None if result is None else Write(result, self.time + kind.latency, place)

    def read_scratch(self, first: int, stop: int, place: _Place) -> tuple[int, ...]:
        if self.options.strict and False in self.written[first:stop]:
            word = first + self.written[first:stop].index(False)
            self.refuse(faults.never_written(word), place.engine, place.slot)
        return tuple(self.scratch[first:stop])

    def compute(
        self, kind: SlotKind, slot: Slot, args: list[tuple[int, ...]], lanes: int, place: _Place
    ) -> tuple[int, ...]:
        """The meaning of the operation, lane by lane; a single word serves all lanes."""
        function = word_function(kind.operation.name)
        if kind.constant is not None:
            args = [*args, (slot[kind.constant] & WORD_MASK,)]
        rows = [arg * lanes if len(arg) == 1 else arg for arg in args]
        try:
            return tuple(map(function, *rows))
        except ZeroDivisionError:
            self.refuse(faults.zero_divisor(slot[0]), place.engine, place.slot)
            raise

    def read_memory(self, address: int, words: int, place: _Place) -> Access:
        if address + words > len(self.memory):
            fault = faults.load_out_of_range(address, words, len(self.memory))
            self.refuse(fault, place.engine, place.slot)
        return Access(MEMORY, address, tuple(self.memory[address : address + words]))

    def store(self, address: int, words: tuple[int, ...], place: _Place) -> Access:
        if address + len(words) > len(self.memory):
            fault = faults.store_out_of_range(address, len(words), len(self.memory))
            self.refuse(fault, place.engine, place.slot)
        return Access(MEMORY, address, words)

    def control(self, kind: SlotKind, slot: Slot, args: list[tuple[int, ...]]) -> None:
        operation = kind.operation.name
        if operation == "halt":
            self.state = RunState.STOPPED
        elif operation == "pause":
            if self.options.enable_pause:
                self.state = RunState.PAUSED
        elif operation == "jump_indirect":
            self.next_pc = args[0][0]
        elif operation == "jump" or args[0][0] != 0:
            assert kind.constant is not None  # every other jump names its target
            relative = kind.form.roles[kind.constant - 1] is Role.OFFSET
            self.next_pc = slot[kind.constant] + (self.pc + 1 if relative else 0)

    def launch(self, write: Write) -> None:
        """Set `write` on its way; in strict mode nothing else may land in its words then."""
        others = self.in_flight.setdefault(write.lands, [])
        if self.options.strict:
            space, first = write.access.space, write.access.address
            words = range(first, first + len(write.access.words))
            landing = self.landing.setdefault((write.lands, space is MEMORY), set())
            if not landing.isdisjoint(words):
                raise CheckFailed(_collision(others, write))
            landing.update(words)
        others.append(write)

    def land_all(self, time: int) -> None:
        """What lands at `time`, in order of issue."""
        for of_memory in (False, True):
            self.landing.pop((time, of_memory), None)
        self.land(self.in_flight.pop(time, []))

    def land(self, writes: list[Write]) -> None:
        for write in writes:
            access = write.access
            stop = access.address + len(access.words)
            if access.space is MEMORY:
                self.memory[access.address : stop] = access.words
            else:
                self.scratch[access.address : stop] = access.words
                self.written[access.address : stop] = [True] * len(access.words)

    def tell(
        self,
        told: Callable[[Event], None],
        place: _Place,
        reads: list[Access],
        write: Access | None,
        latency: int,
    ) -> None:
        event = Event(
            cycle=self.cycles,
            bundle=place.bundle,
            engine=place.engine,
            slot=place.slot,
            reads=tuple(reads),
            writes=() if write is None else (write,),
            latency=latency,
        )
        told(event)


def _shared_word(first: Access, second: Access) -> int | None:
    """The lowest word that both accesses touch, if there is one."""
    word = max(first.address, second.address)
    stop = min(first.address + len(first.words), second.address + len(second.words))
    return word if first.space is second.space and word < stop else None


def _collision(others: list[Write], write: Write) -> Diagnostic:
    """The diagnostic of the first of `others` that lands in a word of `write`."""
    shared = ((other, _shared_word(other.access, write.access)) for other in others)
    first, word = next((other, word) for other, word in shared if word is not None)
    places = [(p.bundle, p.engine, p.slot) for p in (first.place, write.place)]
    return double_write(write.access.space, word, places[0], places[1])
