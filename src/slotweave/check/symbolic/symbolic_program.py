"""A program run on terms: what each word of memory is at the end, in terms of memory before.

Time and landing are those of `simulate.reference`: all slots of a bundle read the state before it,
a result of latency l issued in bundle t is read from bundle t + l on, writes that land together do
so in the order of issue, and a stop lets everything land. Pauses are passed. Jumps are followed
while constants decide them; a branch on anything else is NotExecutableError.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slotweave.check.symbolic.symbolic_graph import NotExecutableError
from slotweave.check.symbolic.symbolic_memory import SymbolicMemory
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import LOADS, NO_EFFECT, STORES, TRACES, WORD_MASK, Role
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, slot_kinds

#: Runs of more bundles than this are given up.
MAX_BUNDLES = 2_000_000

_Lanes = tuple[int, ...]


class _Write(NamedTuple):
    """Words on their way to scratch (`first` and the following) or memory (`addresses`).

    They were issued in `bundle`.
    """

    first: int
    words: _Lanes
    addresses: _Lanes = ()
    bundle: int = 0


class SymbolicRun:
    """One run of a program, which must have no static faults, from its first bundle to its end.

    `regions` says in which region a computed address lies, where that is known. `partial` are
    the results of operations that are not defined for all operands. `stored_together` holds what
    several stores that land at once write: the last one's bundle, and the addresses, unless these
    are different constants.
    """

    def __init__(
        self,
        program: Program,
        machine: Machine,
        terms: Terms,
        memory: SymbolicMemory,
        regions: Mapping[int, int | None],
        max_bundles: int = MAX_BUNDLES,
    ) -> None:
        self.memory = memory
        self.trace: list[int] = []
        self.partial: set[int] = set()
        self.stored_together: dict[tuple[int, ...], int] = {}
        self._bundles = program.bundles
        self._kinds = slot_kinds(machine)
        self._terms = terms
        self._regions = regions
        self._max_bundles = max_bundles
        self._scratch = [terms.constant(0)] * machine.scratch_words
        self._time = 0
        self._pc = 0
        self._next_pc = 0
        self._halted = False
        self._in_flight: dict[int, list[_Write]] = {}

    def until_stop(self) -> SymbolicRun:
        """Run to the end. Raises NotExecutableError if that cannot be done on terms."""
        while not self._halted and self._pc < len(self._bundles):
            if self._time >= self._max_bundles:
                raise NotExecutableError(f"more than {self._max_bundles:,} bundles are run")
            self._step(self._bundles[self._pc])
        for time in sorted(self._in_flight):
            self._land(self._in_flight[time])
        return self

    def _step(self, bundle: Bundle) -> None:
        self._next_pc = self._pc + 1
        for engine, slots in bundle.items():
            if engine == DEBUG_ENGINE:
                continue
            kinds = self._kinds[engine]
            for slot in slots:
                kind = kinds[slot[0]]
                write = self._slot(kind, slot)
                if write is not None:
                    landing = self._time + kind.latency
                    self._in_flight.setdefault(landing, []).append(write)
        self._time += 1
        self._land(self._in_flight.pop(self._time, []))
        self._pc = self._next_pc

    def _note_together(self, stores: list[_Write]) -> None:
        addresses = tuple(address for store in stores for address in store.addresses)
        known = [self._terms.known(address) for address in addresses]
        if None in known or len(set(known)) < len(known):
            self.stored_together.setdefault(addresses, stores[-1].bundle)

    def _land(self, writes: list[_Write]) -> None:
        stores = [write for write in writes if write.addresses]
        if len(stores) > 1:
            self._note_together(stores)
        for write in writes:
            if write.addresses:
                for address, word in zip(write.addresses, write.words, strict=True):
                    self.memory.store(address, self._regions.get(address), word)
            else:
                self._scratch[write.first : write.first + len(write.words)] = write.words

    def _slot(self, kind: SlotKind, slot: Slot) -> _Write | None:
        """Run one slot on the state before its bundle; what it writes."""
        args, scratch = [], self._scratch
        for at, width, lane in kind.reads:  # see `SlotKind.words_read`
            first = slot[at] + slot[-1] if lane else slot[at]
            args.append(tuple(scratch[first : first + width]))
        effect = kind.operation.effect
        if effect is STORES:
            addresses = self._terms.consecutive(args[0][0], len(args[1]))
            return _Write(0, args[1], addresses, self._pc)
        at, width, lane = kind.writes or (0, 0, False)
        first = slot[at] + slot[-1] if lane else slot[at]
        if effect is NO_EFFECT:
            return _Write(first, self._computed(kind, slot, args, width))
        if effect is LOADS:
            addresses = self._terms.consecutive(args[0][0], width)
            words = [self.memory.load(a, self._regions.get(a)) for a in addresses]
            return _Write(first, tuple(words))
        if kind.operation.name == "core_id":
            return _Write(first, (self._core_id(),))
        if effect is TRACES:
            self.trace += args[0]
        else:
            self._control(kind, slot, args)
        return None

    def _core_id(self) -> int:
        """The number of the only core."""
        return self._terms.constant(0)

    def _computed(self, kind: SlotKind, slot: Slot, args: list[_Lanes], lanes: int) -> _Lanes:
        if kind.constant is not None:
            args = [*args, (self._terms.constant(slot[kind.constant] & WORD_MASK),)]
        name = kind.operation.name
        if name in ("broadcast", "const"):
            return args[0] * lanes
        rows = [arg * lanes if len(arg) == 1 else arg for arg in args]
        results = self._terms.lane_wise(name, rows)
        if kind.operation.defined_if is not None:
            self.partial.update(results)
        return results

    def _control(self, kind: SlotKind, slot: Slot, args: list[_Lanes]) -> None:
        """Decide where to go on."""
        name = kind.operation.name
        if name in ("halt", "pause"):
            self._halted |= name == "halt"
            return
        decision = self._decided(kind, slot, args[0][0]) if args else 1
        if name == "jump_indirect":
            self._next_pc = decision
        elif decision:
            position = kind.constant or 0
            relative = kind.form.roles[position - 1] is Role.OFFSET
            self._next_pc = slot[position] + (self._pc + 1 if relative else 0)

    def _decided(self, kind: SlotKind, _slot: Slot, term: int) -> int:
        """The word `term`, by which the jump in `_slot` goes."""
        word = self._terms.known(term)
        if word is None:
            name = kind.operation.name
            raise NotExecutableError(f"{name} in bundle {self._pc} depends on data")
        return word
