"""Run a program on references to nodes: the graph of all that it does, in the order it does it.

Guarantees: for every memory that the facts allow, the graph does to memory what the program does.
Scratch words leave no trace in it, words that are known are constants, and jumps that are decided
by them are followed, so that loops are unrolled. An access whose address may lie in more than one
region makes these regions one; nothing else is assumed of addresses. Time and landing are those of
`simulate.reference`: all slots of a bundle read the state before it, writes that land together do
so in the order of issue, the last one stands.

Pauses are kept where all of memory is output; facts with regions judge it at the end of the run
alone, and there pauses are passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import LOADS, NO_EFFECT, STORES, TRACES, WORD_MASK, Role
from slotweave.lift.accesses import Access, Accesses, Repartition
from slotweave.lift.builder import Builder, Ref
from slotweave.lift.partition import Partition, partition_of
from slotweave.lift.ran import Ran
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.legality import costs_a_cycle, static_faults
from slotweave.simulate.slots import SlotKind, slot_kinds

#: Runs of more bundles than this are refused.
MAX_BUNDLES = 1_000_000

#: Two writes to one word in a bundle are obeyed: the last one stands.
_OBEYED = "SW104"

_Refs = tuple[Ref, ...]

#: What a slot writes: words to scratch from the first one on, or what a call does to memory; and
#: the number of the slot among those recorded.
_Landing = tuple[int, _Refs, Callable[[], None] | None, int]


@dataclass(frozen=True)
class Lifted:
    """The graph of a program, and how many cycles a run of the program takes.

    `path` has the bundles in the order of the run. `accesses` are its loads and stores, by the
    bundle's place in `path`, engine and slot; none of them lies across the border of two regions of
    `apart` of which none did before, and that is as fine as such regions can be (see
    `Partition.split`). `ran` are the slots that ran, in order, if they were asked for. `made` are
    the words of its constants, `spread` the known words that it copied to all lanes of a vector.
    `in_flight_at` is the first bundle with a pause at which memory is judged and results are in
    flight, which land there if pauses are enabled; in the graph they land as if they are not.
    """

    graph: Graph
    cycles: int
    path: tuple[int, ...]
    accesses: Mapping[tuple[int, str, int], Access]
    apart: Partition
    ran: tuple[Ran, ...] = ()
    made: frozenset[int] = frozenset()
    spread: frozenset[int] = frozenset()
    in_flight_at: int | None = None


def lift(program: Program, machine: Machine, facts: Facts, max_bundles: int = MAX_BUNDLES) -> Graph:
    """The graph of `program` under `facts` (see `lift_counting`)."""
    return lift_counting(program, machine, facts, max_bundles).graph


def lift_counting(
    program: Program,
    machine: Machine,
    facts: Facts,
    max_bundles: int = MAX_BUNDLES,
    record: bool = False,
    *,
    apart: bool = False,
    joined: bool = False,
    checked: bool = False,
    path: Sequence[int] | None = None,
) -> Lifted:
    """The graph of `program` under `facts`, and its cycles; with `record` also the slots that ran.

    With `apart` parts of a region that no computed address mixes become regions of their own, with
    `joined` regions in which one access lies become one where that costs nothing.
    `checked` says that `static_faults` has found nothing but double writes in the program. Where a
    jump depends on data, the bundle that comes next in `path` is taken, if it is given: the bundles
    of some run, in their order. The graph holds for the runs that take it.

    Raises CheckFailed for what the machine refuses in the program, InputError (SW219) at a bundle
    whose jump depends on data, or if the program runs for more than `max_bundles` bundles.
    """
    for fault in () if checked else static_faults(program, machine):
        if fault.code != _OBEYED:
            raise CheckFailed(fault)
    partition = partition_of(facts)
    widths: Sequence[int] = ()
    while True:
        try:
            lifting = Lifting(program, machine, facts, partition, widths, path)
            lifting.ran = [] if record else None
            graph = lifting.graph(max_bundles)
            widths = lifting.accesses.widths_used()
            spans = lifting.accesses.computed_spans(widths), lifting.accesses.known
            if joined and (fewer := partition.joined(*spans)) != partition:
                partition = fewer
                continue
            finer = partition.split(*spans)
            if not apart or finer == partition:
                return Lifted(graph, lifting.cycles, tuple(lifting.path), lifting.used(widths),
                              finer, tuple(lifting.ran or ()), *lifting.constants,
                              lifting.in_flight_at)  # fmt: skip
            partition, apart = finer, False
        except Repartition as better:
            partition = better.partition


class RunTooLongError(InputError):
    """A run of more bundles than are followed."""


class Lifting:
    """One run of a program under one partition of memory."""

    def __init__(
        self,
        program: Program,
        machine: Machine,
        facts: Facts,
        partition: Partition,
        widths: Sequence[int],
        taken: Sequence[int] | None,
    ) -> None:
        self._taken = taken
        self._bundles = program.bundles
        self._machine = machine
        self._partition = partition
        self._name = str(program.meta.get("kernel", "program"))
        self._kinds = slot_kinds(machine)
        self._keeps_pauses = not facts.regions
        self._builder = Builder(machine.vector_length, partition)
        self.accesses = Accesses(self._builder, facts, partition, widths)
        self._scratch: list[Ref] = [(self._builder.constant(0), 0)] * machine.scratch_words
        self._in_flight: dict[int, list[_Landing]] = {}
        self._time = 0
        self._pc = 0
        self._next_pc = 0
        self._halted = False
        self._pausing = ""  # where the pause stands that the bundle ends with
        self.cycles = 0
        self.path: list[int] = []
        self._accessed: dict[tuple[int, str, int], Access] = {}
        self._loads: list[tuple[int, str, int]] = []  # those at computed addresses
        self.ran: list[Ran] | None = None
        self._makers: dict[int, int] = {}
        self.in_flight_at: int | None = None

    def graph(self, max_bundles: int) -> Graph:
        """Run to the end."""
        self._run(max_bundles)
        return self._graph()

    def _run(self, max_bundles: int) -> None:
        while not self._halted and self._pc < len(self._bundles):
            if self._time >= max_bundles:
                raise RunTooLongError(
                    self._refused(f"more than {max_bundles:,} bundles are run").diagnostic
                )
            self._step(self._bundles[self._pc])
        for time in sorted(self._in_flight):
            self._land(self._in_flight[time])

    def _graph(self) -> Graph:
        return Graph(self._name, self._machine.vector_length, self._partition.memory_words,
                     self._partition.regions, tuple(self._builder.nodes))  # fmt: skip

    @property
    def constants(self) -> tuple[frozenset[int], frozenset[int]]:
        """The words of constants, and those copied to all lanes of a vector."""
        return frozenset(self._builder.made), frozenset(self._builder.spread)

    def _refused(self, reason: str) -> InputError:
        return InputError(Diagnostic("SW219", reason, bundle=self._pc))

    def _step(self, bundle: Bundle) -> None:
        self._next_pc = self._pc + 1
        self.path.append(self._pc)
        for engine, slots in bundle.items():
            if engine == DEBUG_ENGINE:
                continue
            kinds = self._kinds[engine]
            for position, slot in enumerate(slots):
                kind = kinds[slot[0]]
                self._builder.where = f"bundle {self._pc}, {engine}[{position}]"
                args = self._read(kind, slot)
                written = kind.words_written(slot)
                effect = kind.operation.effect
                if effect is LOADS or effect is STORES:
                    self._note_access((self._time, engine, position), len(written), args)
                landing = self._slot(kind, slot, args, written)
                if self.ran is not None:
                    landing = self._note(self.ran, engine, position, kind, slot, args, landing)
                if landing is not None:
                    self._in_flight.setdefault(self._time + kind.latency, []).append(landing)
        self.cycles += costs_a_cycle(bundle)
        self._time += 1
        self._land(self._in_flight.pop(self._time, []))
        if self._pausing:  # after all of its bundle, wherever it stands there
            if self._in_flight and self.in_flight_at is None:
                self.in_flight_at = self._pc
            self._builder.where, self._pausing = self._pausing, ""
            self._builder.pause()
        self._pc = self._next_pc

    def _read(self, kind: SlotKind, slot: Slot) -> tuple[_Refs, ...]:
        """The words that a slot reads, source by source; see `SlotKind.words_read`."""
        scratch, args = self._scratch, []
        for at, width, lane in kind.reads:
            first = slot[at] + slot[-1] if lane else slot[at]
            args.append((scratch[first],) if width == 1 else tuple(scratch[first : first + width]))
        return tuple(args)

    def _note_access(
        self, place: tuple[int, str, int], loaded: int, args: tuple[_Refs, ...]
    ) -> None:
        """A load of that many words, or a store."""
        low, high = self._builder.range_of(args[0][0])
        self._accessed[place] = Access(low, high, loaded or len(args[1]))
        if loaded and low < high:
            self._loads.append(place)

    def used(self, widths: Sequence[int]) -> Mapping[tuple[int, str, int], Access]:
        """All accesses; loads at computed addresses use `widths` words each."""
        used = dict(self._accessed)
        for place, width in zip(self._loads, widths, strict=True):
            if width != used[place].width:
                used[place] = replace(used[place], width=width)
        return used

    def _land(self, landings: list[_Landing]) -> None:
        for first, refs, store, number in landings:
            if store is not None:
                store()
                continue
            if len(refs) == 1:
                self._scratch[first] = refs[0]
            else:
                self._scratch[first : first + len(refs)] = refs
            if self.ran is not None:
                words = range(first, first + len(refs))
                self._makers.update(dict.fromkeys(words, number))

    def _note(
        self, ran: list[Ran], engine: str, position: int, kind: SlotKind, slot: Slot,
        args: tuple[_Refs, ...], landing: _Landing | None,
    ) -> _Landing | None:  # fmt: skip
        """Add a slot that ran to `ran`; what it writes, with its number."""
        known = self._makers
        read = [word for words in kind.words_read(slot) for word in words]
        makers = dict.fromkeys([known[word] for word in read if word in known])
        unwritten = tuple([word for word in read if word not in known])
        refs = landing[1] if landing else ()
        ran.append(Ran(self.cycles, self._pc, engine, position, kind.operation.name, args, refs,
                       tuple(makers), unwritten))  # fmt: skip
        if landing is None:
            return None
        first, _refs, store, _number = landing
        return first, refs, store, len(ran) - 1

    def _slot(
        self, kind: SlotKind, slot: Slot, args: tuple[_Refs, ...], written: range
    ) -> _Landing | None:
        """Run one slot, which writes the words `written`, on the state before its bundle."""
        operation = kind.operation
        if operation.effect is NO_EFFECT:
            imm = 0 if kind.constant is None else slot[kind.constant] & WORD_MASK
            refs = self._builder.computed(operation.name, args, imm, len(written))
            return written.start, refs, None, 0
        if operation.effect is LOADS:
            refs = self.accesses.load(args[0][0], len(written), self._pc)
            return written.start, refs, None, 0
        if operation.effect is STORES:
            address, refs, where = args[0][0], args[1], self._builder.where
            return 0, (), lambda: self._store(address, refs, where), 0
        if operation.name == "core_id":
            return written.start, ((self._builder.constant(0), 0),), None, 0
        if operation.effect is TRACES:
            self._builder.trace_write(self._builder.value(args[0]))
        else:
            self._control(kind, slot, args)
        return None

    def _store(self, address: Ref, refs: _Refs, where: str) -> None:
        self._builder.where = where
        self.accesses.store(address, refs, self._pc)

    def _control(self, kind: SlotKind, slot: Slot, args: tuple[_Refs, ...]) -> None:
        """Decide where to go on."""
        name = kind.operation.name
        if name in ("halt", "pause"):
            self._halted |= name == "halt"
            if name == "pause" and self._keeps_pauses:
                self._pausing = self._builder.where
            return
        low, high = self._builder.range_of(args[0][0]) if args else (1, 1)
        if self._taken is not None and low != high:
            ran = len(self.path)
            self._next_pc = self._taken[ran] if ran < len(self._taken) else len(self._bundles)
            return
        if name == "jump_indirect":
            if low != high:
                raise self._refused(f"{name} depends on data: it may go to any bundle")
            self._next_pc = low
            return
        if low == 0 and high > 0:
            raise self._refused(f"{name} depends on data; only programs whose jumps are decided "
                                "by known words can be lifted (more of them may be known with "
                                "--facts)")  # fmt: skip
        if high > 0:
            position = kind.constant or 0
            relative = kind.form.roles[position - 1] is Role.OFFSET
            self._next_pc = slot[position] + (self._pc + 1 if relative else 0)
