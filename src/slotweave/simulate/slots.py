"""How slots are read: the kinds a machine knows, what makes a slot illegal, which words it touches.

Everything that runs or judges a program reads its slots here, so that what a slot means is decided
once. A slot is legal if `slot_fault` returns None; the other functions take legal slots only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slotweave.ir.program import Slot
from slotweave.isa import OPERATIONS, Form, Operation, Role
from slotweave.machine import Machine

#: A code and a message: a diagnostic without its place.
Fault = tuple[str, str]

_UNBOUNDED = float("inf")
_WORDS = frozenset({Role.DEST, Role.SOURCE})
_VECTORS = frozenset({Role.DEST_VECTOR, Role.SOURCE_VECTOR})
_LANES = frozenset({Role.DEST_LANE, Role.SOURCE_LANE})
_WRITTEN = frozenset({Role.DEST, Role.DEST_VECTOR, Role.DEST_LANE})
_READ = frozenset({Role.SOURCE, Role.SOURCE_VECTOR, Role.SOURCE_LANE})

#: Operations after which a bundle other than the next one may run.
BREAKS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel", "halt", "pause"})


@dataclass(frozen=True)
class SlotKind:
    """All slots of one engine and mnemonic. `ranges` holds (lowest, highest) of each operand."""

    form: Form
    latency: int
    vector_length: int
    scratch_words: int
    ranges: tuple[tuple[float, float], ...]

    @cached_property
    def operation(self) -> Operation:
        return OPERATIONS[self.form.operation]

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """Positions in the slot of the operands that are read from scratch."""
        return tuple(i for i, role in enumerate(self.form.roles, 1) if role in _READ)

    @cached_property
    def destination(self) -> int | None:
        """Position in the slot of the operand that is written to scratch."""
        return next((i for i, role in enumerate(self.form.roles, 1) if role in _WRITTEN), None)

    @cached_property
    def constant(self) -> int | None:
        """Position in the slot of the immediate, bundle or offset."""
        roles = (Role.IMMEDIATE, Role.TARGET, Role.OFFSET)
        return next((i for i, role in enumerate(self.form.roles, 1) if role in roles), None)

    @cached_property
    def tied(self) -> bool:
        """Must operands be judged together, or with the bundle they stand in?"""
        return Role.LANE in self.form.roles or Role.OFFSET in self.form.roles

    @cached_property
    def breaks(self) -> bool:
        return self.form.operation in BREAKS

    @cached_property
    def reads(self) -> tuple[tuple[int, int, bool], ...]:
        """Of each source: its position, how many words it is, and whether a lane is added."""
        roles = self.form.roles
        return tuple((at, self.width(at), roles[at - 1] in _LANES) for at in self.sources)

    @cached_property
    def writes(self) -> tuple[int, int, bool] | None:
        """The same of the operand that is written."""
        at = self.destination
        return None if at is None else (at, self.width(at), self.form.roles[at - 1] in _LANES)

    def words(self, slot: Slot, position: int) -> range:
        """The scratch words that the operand at `position` stands for."""
        first = slot[position]
        if self.form.roles[position - 1] in _LANES:
            first += slot[-1]  # the lane comes last
        return range(first, first + self.width(position))

    def width(self, position: int) -> int:
        """How many scratch words the operand at `position` stands for."""
        return self.vector_length if self.form.roles[position - 1] in _VECTORS else 1

    def words_read(self, slot: Slot) -> tuple[range, ...]:
        """Scratch words read, source by source."""
        read = []
        for at, width, lane in self.reads:
            first = slot[at] + slot[-1] if lane else slot[at]
            read.append(range(first, first + width))
        return tuple(read)

    def words_written(self, slot: Slot) -> range:
        """Scratch words written; empty for operations without a result."""
        if self.writes is None:
            return range(0)
        at, width, lane = self.writes
        first = slot[at] + slot[-1] if lane else slot[at]
        return range(first, first + width)


#: engine -> mnemonic -> kind
SlotKinds = dict[str, dict[str, SlotKind]]


def slot_kinds(machine: Machine) -> SlotKinds:
    """Every kind of slot that `machine` can run, by engine (all of them) and mnemonic."""
    kinds: SlotKinds = {engine: {} for engine in machine.slots}
    for (engine, mnemonic), (form, mode) in machine.forms.items():
        kinds[engine][mnemonic] = SlotKind(
            form=form,
            latency=mode.latency,
            vector_length=machine.vector_length,
            scratch_words=machine.scratch_words,
            ranges=tuple(_range(role, machine) for role in form.roles),
        )
    return kinds


def _range(role: Role, machine: Machine) -> tuple[float, float]:
    if role in _WORDS or role in _LANES:
        return 0, machine.scratch_words - 1
    if role in _VECTORS:
        return 0, machine.scratch_words - machine.vector_length
    if role is Role.LANE:
        return 0, machine.vector_length - 1
    if role is Role.TARGET:
        return 0, _UNBOUNDED
    return -_UNBOUNDED, _UNBOUNDED


def engine_fault(machine: Machine, engine: str, slots: Sequence[Slot]) -> Fault | None:
    """What is wrong with naming `engine` with this number of slots, whatever the slots are."""
    limit = machine.slots.get(engine)
    if limit is None:
        return "SW102", f"{machine.name} has no engine {engine!r}"
    if len(slots) > limit:
        return "SW101", f"{len(slots)} slots where {machine.name} has {limit}"
    return None


def slot_fault(kinds: dict[str, SlotKind], slot: Slot, bundle: int) -> Fault | None:
    """What is wrong with `slot` on the engine that runs `kinds`, if the program alone shows it."""
    mnemonic = slot[0] if slot else None
    kind = kinds.get(mnemonic) if type(mnemonic) is str else None
    if kind is None:
        return "SW103", f"this engine cannot run {mnemonic!r}"
    if len(slot) != len(kind.ranges) + 1:
        return "SW111", f"{mnemonic} has {len(kind.ranges)} operands, not {len(slot) - 1}"
    for position, (low, high) in enumerate(kind.ranges, 1):
        operand = slot[position]
        if type(operand) is not int or not low <= operand <= high:
            return _operand_fault(kind, position, operand)
    return _tied_fault(kind, slot, bundle) if kind.tied else None


def _operand_fault(kind: SlotKind, position: int, operand: Any) -> Fault:
    role = kind.form.roles[position - 1]
    if type(operand) is not int:
        return "SW110", f"operand {position} of {kind.form.mnemonic} is {operand!r}"
    if role is Role.LANE:
        return "SW112", f"lane {operand} of vectors of {kind.vector_length}"
    if role is Role.TARGET:
        return "SW113", f"{kind.form.mnemonic} to bundle {operand}"
    what = f"vector of {kind.vector_length} words" if role in _VECTORS else "word"
    place = f"scratch address {operand}, of {kind.scratch_words} words"
    return "SW105", f"operand {position} of {kind.form.mnemonic} is not a {what} at {place}"


def _tied_fault(kind: SlotKind, slot: Slot, bundle: int) -> Fault | None:
    for position, role in enumerate(kind.form.roles, 1):
        if role is Role.OFFSET and bundle + 1 + slot[position] < 0:
            return "SW113", f"{slot[0]} to bundle {bundle + 1 + slot[position]}"
        if role in _LANES and slot[position] + slot[-1] >= kind.scratch_words:
            words = f"scratch has {kind.scratch_words} words"
            return "SW105", f"lane {slot[-1]} of the vector at {slot[position]}: {words}"
    return None
