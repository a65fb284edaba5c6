"""Programs as flat arrays for the compiled simulator.

Guarantee: a row for each slot that can be reached, in listing order. A slot, or an engine, that is
illegal becomes a row that cannot run, and ends its bundle: nothing after it is ever reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import WORD_MASK, Effect, Role
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.code import MEMORY, NOWHERE, SCRATCH, Code
from slotweave.simulate.foresight import may_write_twice, reads_proved_written
from slotweave.simulate.legality import costs_a_cycle, double_writes
from slotweave.simulate.opcodes import FAULT, OPCODES
from slotweave.simulate.screening import surely_legal
from slotweave.simulate.slots import SlotKind, SlotKinds, engine_fault, slot_fault, slot_kinds

_COLUMNS = 4  # of a row: the word written, then three operands


@dataclass(frozen=True, eq=False)
class Encoded:
    """A program ready to run on `machine`, many times.

    `refusal` is the first thing that strict mode holds against it, `faults` what is wrong with the
    rows that cannot run. `depth` is the largest latency; `block_words` and `most_slots` are the
    most result words and rows of a bundle.
    """

    program: Program
    machine: Machine
    refusal: Diagnostic | None
    faults: Mapping[int, Diagnostic]
    code: Code
    depth: int
    block_words: int
    most_slots: int

    def place(self, row: int) -> tuple[int, str, int]:
        """Bundle, engine and slot of a row that is no fault."""
        bundle = int(np.searchsorted(self.code.first, row, side="right")) - 1
        position = row - int(self.code.first[bundle])
        for engine, slots in self.program.bundles[bundle].items():
            if engine == DEBUG_ENGINE:
                continue
            if position < len(slots):
                return bundle, engine, position
            position -= len(slots)
        raise IndexError(f"row {row} is no slot")


def encode(program: Program, machine: Machine) -> Encoded:
    """`program` as arrays, checked and decoded for `machine` once for all runs."""
    kinds = slot_kinds(machine)
    rows = _Rows(machine, kinds, len(program.bundles), surely_legal(program, machine, kinds))
    for index, bundle in enumerate(program.bundles):
        rows.add(index, bundle)
    code = _code(program, rows)
    refusal = next(iter(rows.faults.values()), None)
    if refusal is None and not rows.legal and may_write_twice(code):
        refusal = next(double_writes(program, kinds), None)
    return Encoded(
        program=program,
        machine=machine,
        refusal=refusal,
        faults=rows.faults,
        code=code._replace(proved=reads_proved_written(code, machine.scratch_words)),
        depth=max((mode.latency for mode in machine.modes), default=1),
        block_words=int((code.out + code.width).max(initial=1)),
        most_slots=int(np.diff(code.first).max(initial=1)),
    )


@dataclass(frozen=True, slots=True)
class _Properties:
    """What all rows of a kind have in common; of no kind: a row that cannot run."""

    operation: int = FAULT
    width: int = 0
    latency: int = 1
    reads: tuple[int, int, int] = (0, 0, 0)
    space: int = NOWHERE
    controls: bool = False


def _properties(kind: SlotKind | None) -> _Properties:
    if kind is None:
        return _Properties()
    widths = [kind.width(position) for position in kind.sources]
    space, width = NOWHERE, 0
    if kind.destination is not None:
        space, width = SCRATCH, kind.width(kind.destination)
    elif kind.operation.effect is Effect.STORE:
        space, width = MEMORY, widths[-1]
    first, second, third, *_ = (*widths, 0, 0, 0)
    return _Properties(
        operation=OPCODES[kind.operation.name],
        width=width,
        latency=kind.latency,
        reads=(first, second, third),
        space=space,
        controls=kind.destination is None and kind.operation.effect is not Effect.STORE,
    )


@dataclass
class _Rows:
    """Rows as they are collected: the number of the kind, and four words for each."""

    machine: Machine
    kinds: SlotKinds
    bundles: int
    legal: bool  # all slots are known to be
    first: list[int] = field(default_factory=lambda: [0])
    kind: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    faults: dict[int, Diagnostic] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the kinds; 0 stands for a row that cannot run."""
        self.numbered: list[SlotKind | None] = [
            None,
            *(kind for table in self.kinds.values() for kind in table.values()),
        ]
        number = {id(kind): number for number, kind in enumerate(self.numbered)}
        self.entries = {
            engine: {name: (number[id(kind)], kind, _padding(kind)) for name, kind in table.items()}
            for engine, table in self.kinds.items()
        }

    def add(self, index: int, bundle: Bundle) -> None:
        """The rows of one bundle, up to its first fault."""
        for engine, slots in bundle.items():
            if engine != DEBUG_ENGINE and not self._add_engine(index, engine, slots):
                break
        self.first.append(len(self.kind))

    def _add_engine(self, index: int, engine: str, slots: tuple[Slot, ...]) -> bool:
        fault = None if self.legal else engine_fault(self.machine, engine, slots)
        if fault:
            self._add_fault(Diagnostic(*fault, bundle=index, engine=engine))
            return False
        kinds, entries = self.kinds[engine], self.entries[engine]
        for position, slot in enumerate(slots):
            fault = None if self.legal else slot_fault(kinds, slot, index)
            if fault:
                self._add_fault(Diagnostic(*fault, bundle=index, engine=engine, slot=position))
                return False
            number, kind, padding = entries[slot[0]]
            self.kind.append(number)
            if padding is None:
                self.words += _row(kind, slot, index, self.bundles)
            else:
                self.words += slot[1:]
                self.words += padding
        return True

    def _add_fault(self, diagnostic: Diagnostic) -> None:
        self.faults[len(self.kind)] = diagnostic
        self.kind.append(0)
        self.words += (0,) * _COLUMNS


def _padding(kind: SlotKind) -> tuple[int, ...] | None:
    """What completes the operands of a slot to a row; None if that takes more, see `_row`."""
    if kind.destination is None or kind.constant is not None or kind.tied:
        return None
    return (0,) * (_COLUMNS - len(kind.ranges))


def _row(kind: SlotKind, slot: Slot, bundle: int, bundles: int) -> tuple[int, ...]:
    """The word written (0 if none), then the operands: words read, then the constant."""
    operands = _resolved(kind, slot, bundle, bundles)
    if kind.destination is None:
        operands = (0, *operands)
    return operands + (0,) * (_COLUMNS - len(operands))


def _resolved(kind: SlotKind, slot: Slot, bundle: int, bundles: int) -> tuple[int, ...]:
    """Operands without lanes and offsets: lanes as words, jumps to bundles, words modulo 2^32."""
    operands = []
    for position, role in enumerate(kind.form.roles, 1):
        operand = slot[position]
        if role is Role.IMMEDIATE:
            operands.append(operand & WORD_MASK)
        elif role in (Role.TARGET, Role.OFFSET):
            target = operand + (bundle + 1 if role is Role.OFFSET else 0)
            operands.append(min(target, bundles))  # past the end is the end
        elif role is not Role.LANE:
            operands.append(kind.words(slot, position).start)
    return tuple(operands)


def _code(program: Program, rows: _Rows) -> Code:
    """The columns of all rows, from tables by kind."""
    tables = [_properties(kind) for kind in rows.numbered]
    kind = np.array(rows.kind, dtype=np.int64)
    words = np.array(rows.words, dtype=np.int64).reshape(-1, _COLUMNS).astype(np.uint32)
    first = np.array(rows.first, dtype=np.int64)
    width = np.array([table.width for table in tables], dtype=np.int32)[kind]
    ends = np.concatenate(([0], np.cumsum(width, dtype=np.int64)))
    out = ends[:-1] - np.repeat(ends[first[:-1]], np.diff(first))
    control = np.array([table.controls for table in tables], dtype=np.int64)[kind]
    before = np.concatenate(([0], np.cumsum(control)))
    return Code(
        first=first,
        counts=np.array([costs_a_cycle(bundle) for bundle in program.bundles], dtype=np.bool_),
        controls=before[first[1:]] > before[first[:-1]],
        proved=np.zeros(len(program.bundles), dtype=np.bool_),
        operation=np.array([table.operation for table in tables], dtype=np.int16)[kind],
        source=np.ascontiguousarray(words[:, 1:]),
        reads=np.array([table.reads for table in tables], dtype=np.int16)[kind],
        dest=np.ascontiguousarray(words[:, 0]),
        width=width,
        space=np.array([table.space for table in tables], dtype=np.int8)[kind],
        latency=np.array([table.latency for table in tables], dtype=np.int32)[kind],
        out=out.astype(np.int32),
    )
