"""Static legality: what strict mode refuses before a program runs.

Guarantees, if no diagnostic is found: every slot is one that the machine can run, with operands in
range; no bundle asks for more slots than there are; and no two writes of a straight run of bundles
land in one scratch word at the same time. Writes that collide only over a jump or in memory, reads
of words never written, memory addresses and divisors are left to the strict simulators.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.program import Bundle, Program
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.screening import surely_legal
from slotweave.simulate.slots import SlotKinds, engine_fault, slot_fault, slot_kinds


def static_faults(program: Program, machine: Machine) -> Iterator[Diagnostic]:
    """Everything in `program` that `machine` refuses beforehand: forms, then double writes."""
    kinds = slot_kinds(machine)
    if surely_legal(program, machine, kinds):
        return
    illegal = set()
    for index, bundle in enumerate(program.bundles):
        for fault in _form_faults(index, bundle, machine, kinds):
            if fault.engine is not None and fault.slot is not None:
                illegal.add((index, fault.engine, fault.slot))
            yield fault
    yield from double_writes(program, kinds, illegal)


def costs_a_cycle(bundle: Bundle) -> bool:
    """A bundle counts if it names an engine other than debug, even without any slot."""
    return len(bundle) > (DEBUG_ENGINE in bundle)


def _form_faults(
    index: int, bundle: Bundle, machine: Machine, kinds: SlotKinds
) -> Iterator[Diagnostic]:
    for engine, slots in bundle.items():
        if engine == DEBUG_ENGINE:
            continue
        fault = engine_fault(machine, engine, slots)
        if fault:
            yield Diagnostic(*fault, bundle=index, engine=engine)
        for position, slot in enumerate(slots if engine in kinds else ()):
            fault = slot_fault(kinds[engine], slot, index)
            if fault:
                yield Diagnostic(*fault, bundle=index, engine=engine, slot=position)


#: Bundle, engine, slot.
_Place = tuple[int, str, int]


def double_writes(
    program: Program, kinds: SlotKinds, illegal: Container[_Place] = ()
) -> Iterator[Diagnostic]:
    """Two slots whose results land in one scratch word at the same time, in straight code.

    Slots that cannot run, which are `illegal` or of an engine that is not there, are skipped.
    """
    pending: dict[int, dict[int, _Place]] = {}  # first bundle that reads it -> word -> writer
    for index, bundle in enumerate(program.bundles):
        straight = True
        for engine, slots in bundle.items():
            if engine == DEBUG_ENGINE or engine not in kinds:
                continue
            for position, slot in enumerate(slots):
                writer = (index, engine, position)
                if writer in illegal:
                    continue
                kind = kinds[engine][slot[0]]
                straight &= not kind.breaks
                if kind.destination is None:
                    continue
                landing = pending.setdefault(index + kind.latency, {})
                word = _claim(landing, kind.words_written(slot), writer)
                if word is not None:
                    yield double_write("scratch", word, landing[word], writer)
        pending.pop(index + 1, None)
        if not straight:
            pending.clear()


def _claim(landing: dict[int, _Place], words: range, writer: _Place) -> int | None:
    """Note `writer` for `words`; the first word that another one has claimed already, if any."""
    if landing.keys().isdisjoint(words):
        landing.update(dict.fromkeys(words, writer))
        return None
    claimed = next(word for word in words if word in landing)
    for word in words:
        landing.setdefault(word, writer)
    return claimed


def double_write(space: str, word: int, first: _Place, second: _Place) -> Diagnostic:
    """The diagnostic of two slots that write one word, placed at the second of them."""
    bundle, engine, slot = second
    if first[0] == bundle:
        where = f"in bundle {bundle}: {first[1]}[{first[2]}], {engine}[{slot}]"
    else:
        where = (
            f"land together: bundle {first[0]} {first[1]}[{first[2]}], "
            f"bundle {bundle} {engine}[{slot}]"
        )
    message = f"two writes to {space} {word} {where}"
    return Diagnostic("SW104", message, bundle=bundle, engine=engine, slot=slot)
