"""Random straight programs that stay inside memory: some addresses constant, some computed."""

from __future__ import annotations

from hypothesis import strategies as st

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Program, Slot
from slotweave.isa import Effect, Form, Role
from slotweave.isa.operations import OPERATIONS
from slotweave.machine import Machine

MEMORY_WORDS = 12
_LAST_ADDRESS = MEMORY_WORDS - 4
#: Words 0..3 of memory are addresses from which a whole vector can be read.
_REGIONS = (Region("addresses", 0, 4), Region("rest", 4, 8))
FACTS = Facts(MEMORY_WORDS, {}, _REGIONS, {"addresses": (0, _LAST_ADDRESS)})
#: Scratch words 0..3 hold addresses once the prologue has run; the programs only read them.
_ADDRESSES = 4
_JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel", "halt"})
_WIDE = frozenset({Role.DEST_VECTOR, Role.SOURCE_VECTOR, Role.DEST_LANE, Role.SOURCE_LANE})


@st.composite
def straight_programs(draw: st.DrawFn, machine: Machine, max_bundles: int = 8) -> Program:
    """Programs without jumps for memories that FACTS allow; divisors may be zero.

    Words may be written twice at once, and read before anything wrote them.
    """
    forms = {
        engine: [form for (name, _), (form, _) in machine.forms.items()
                 if name == engine and form.operation not in _JUMPS
                 and Role.SOURCE_LANE not in form.roles]
        for engine in machine.slots
    }  # fmt: skip
    bundles: list[dict[str, tuple[Slot, ...]]] = [*_prologue(machine, draw)]
    for _ in range(draw(st.integers(0, max_bundles))):
        bundle = {}
        for engine, slots in machine.engines:
            slot = st.sampled_from(forms[engine]).flatmap(lambda form: _slots(form, machine))
            bundle[engine] = tuple(draw(st.lists(slot, max_size=slots)))
        bundles.append(bundle)
    return Program(machine.name, tuple(bundles))


def _prologue(machine: Machine, draw: st.DrawFn) -> list[dict[str, tuple[Slot, ...]]]:
    """Two constant addresses and two loaded ones, each landed before the next bundle."""
    engines = {form.operation: engine for (engine, _), (form, _) in machine.forms.items()}
    slots = [("const", 0, 0), ("const", 1, 1), ("load", 2, 0), ("load", 3, 1),
             ("const", 1, draw(st.integers(0, _LAST_ADDRESS)))]  # fmt: skip
    idle = [{}] * (max(mode.latency for mode in machine.modes) - 1)
    return [bundle for slot in slots for bundle in ({engines[slot[0]]: (slot,)}, *idle)]


def _slots(form: Form, machine: Machine) -> st.SearchStrategy[Slot]:
    touches_memory = OPERATIONS[form.operation].effect in (Effect.LOAD, Effect.STORE)
    operands = [
        _operand(role, machine, address=touches_memory and position == _address_at(form))
        for position, role in enumerate(form.roles)
    ]
    return st.tuples(st.just(form.mnemonic), *operands)


def _address_at(form: Form) -> int:
    """The position of the operand that holds a memory address."""
    return next(i for i, role in enumerate(form.roles) if role is Role.SOURCE)


def _operand(role: Role, machine: Machine, *, address: bool) -> st.SearchStrategy[int]:
    if address:
        return st.integers(0, _ADDRESSES - 1)
    if role is Role.IMMEDIATE:
        return st.integers(-2, 2**32)
    words = machine.vector_length if role in _WIDE else 1
    lowest = _ADDRESSES if role in (Role.DEST, Role.DEST_VECTOR) else 0
    return st.integers(lowest, _ADDRESSES + 12 - words)
