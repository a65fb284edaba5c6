"""Small changes of a program: each takes a program that is right to one that probably is not.

Each mutation looks at one place, drawn at random, and returns None where it cannot change anything
there. What it returns is well-formed as a program file; the machine may refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slotweave.ir.program import Program, Slot
from slotweave.isa import COMMUTATIVE, WORD_MASK, Role
from slotweave.machine import Machine
from slotweave.selftest.mutant import Mutant, Mutation, one_of
from slotweave.selftest.sites import (
    Site,
    any_site,
    near,
    replaced,
    sites_with_constants,
    with_slot,
    without,
)
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_kinds

LEGAL_MOVE = "a legal move"
COMMUTES = "operands of a commutative operation"


_Change = Callable[[Program, SlotKinds, np.random.Generator], Mutant[Program] | None]


def program_mutations(machine: Machine) -> tuple[Mutation[Program], ...]:
    """All kinds of changes of programs for `machine`."""
    kinds = slot_kinds(machine)
    return tuple(_on(change, kinds) for change in _CHANGES)


def _on(change: _Change, kinds: SlotKinds) -> Mutation[Program]:
    return lambda program, rng: change(program, kinds, rng)


def exchange_operands(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """Two operands of a slot that are read change places."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    kind = kinds[site.engine][site.slot[0]]
    if len(kind.sources) < 2:
        return None
    first, second = sorted(rng.choice(kind.sources, 2, replace=False).tolist())
    slot = _exchanged(site.slot, first, second)
    if slot == site.slot:
        return None
    name = kind.operation.name
    commutes = name in COMMUTATIVE or (name == "multiply_add" and (first, second) == (2, 3))
    mutant = _rewritten("exchange operands", program, site, slot)
    return replace(mutant, harmless=COMMUTES) if commutes else mutant


def drop_slot(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot is left out."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    return Mutant("drop a slot", str(site), without(program, site), "a slot that nobody needs")


def move_slot(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot goes to another bundle."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    target = near(program, site.bundle, rng)
    if target == site.bundle:
        return None
    moved = with_slot(without(program, site), target, site.engine, site.slot)
    return Mutant("move a slot", f"{site} to bundle {target}", moved, LEGAL_MOVE)


def repeat_slot(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot runs once more, in another bundle."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    target = near(program, site.bundle, rng)
    if target == site.bundle:
        return None
    more = with_slot(program, target, site.engine, site.slot)
    return Mutant("repeat a slot", f"{site} in bundle {target} too", more, "a harmless repetition")


def change_engine(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot goes to another engine that can run one of its name: a word becomes a vector."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    others = [e for e in kinds if e != site.engine and site.slot[0] in kinds[e]]
    if not others:
        return None
    engine = one_of(others, rng)
    moved = with_slot(without(program, site), site.bundle, engine, site.slot)
    return Mutant("change the engine", f"{site} on {engine}", moved)


def share_destination(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot writes where another one nearby writes."""
    pair = _two_that_write(program, kinds, rng)
    if pair is None:
        return None
    (site, position), (other, theirs) = pair
    slot = _changed(site.slot, position, other.slot[theirs])
    return _rewritten("share a scratch word", program, site, slot)


def exchange_destinations(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """Two slots nearby write where the other one should."""
    pair = _two_that_write(program, kinds, rng)
    if pair is None:
        return None
    (site, position), (other, theirs) = pair
    mine = _changed(site.slot, position, other.slot[theirs])
    half = replaced(program, site, mine)
    both = replaced(half, other, _changed(other.slot, theirs, site.slot[position]))
    return Mutant("exchange destinations", f"{site} and {other}", both)


def read_elsewhere(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot reads a word that another one nearby reads."""
    site, other = any_site(program, kinds, rng), any_site(program, kinds, rng)
    if site is None or other is None:
        return None
    mine, theirs = kinds[site.engine][site.slot[0]], kinds[other.engine][other.slot[0]]
    if not mine.sources or not theirs.sources:
        return None
    position = one_of(mine.sources, rng)
    slot = _changed(site.slot, position, other.slot[one_of(theirs.sources, rng)])
    if slot == site.slot:
        return None
    return _rewritten("read another word", program, site, slot)


def shift_operand(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """An operand (address, lane) is one too low or too high."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    roles = kinds[site.engine][site.slot[0]].form.roles
    positions = [i for i, role in enumerate(roles, 1) if role is not Role.IMMEDIATE]
    if not positions:
        return None
    position = one_of(positions, rng)
    slot = _changed(site.slot, position, site.slot[position] + one_of((-1, 1), rng))
    return _rewritten("shift an operand by one", program, site, slot)


def change_constant(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """An immediate gets another bit, or is one too low or too high."""
    sites = list(sites_with_constants(program, kinds))
    if not sites:
        return None
    site = one_of(sites, rng)
    position = kinds[site.engine][site.slot[0]].constant or 0
    word = site.slot[position]
    changed = one_of((word + 1, word - 1, word ^ (1 << int(rng.integers(32)))), rng) & WORD_MASK
    return _rewritten("change a constant", program, site, _changed(site.slot, position, changed))


def change_operation(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """A slot does another operation on the same operands."""
    site = any_site(program, kinds, rng)
    if site is None:
        return None
    table = kinds[site.engine]
    roles = table[site.slot[0]].form.roles
    others = [name for name, kind in table.items() if _may_replace(kind, roles, name, site.slot)]
    if not others:
        return None
    slot = (one_of(others, rng), *site.slot[1:])
    return _rewritten("change an operation", program, site, slot)


def exchange_bundles(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> Mutant[Program] | None:
    """Two bundles that follow each other change places."""
    del kinds
    if len(program.bundles) < 2:
        return None
    first = int(rng.integers(len(program.bundles) - 1))
    bundles = list(program.bundles)
    bundles[first : first + 2] = bundles[first + 1], bundles[first]
    if bundles[first] == bundles[first + 1]:
        return None
    changed = replace(program, bundles=tuple(bundles))
    return Mutant("exchange bundles", f"bundles {first} and {first + 1}", changed, LEGAL_MOVE)


_CHANGES: tuple[_Change, ...] = (
    exchange_operands, drop_slot, move_slot, share_destination, change_constant,
    exchange_destinations, read_elsewhere, shift_operand, change_operation, change_engine,
    repeat_slot, exchange_bundles,
)  # fmt: skip


def _may_replace(kind: SlotKind, roles: tuple[Role, ...], name: str, slot: Slot) -> bool:
    return kind.form.roles == roles and name != slot[0] and not kind.breaks


def _two_that_write(
    program: Program, kinds: SlotKinds, rng: np.random.Generator
) -> tuple[tuple[Site, int], tuple[Site, int]] | None:
    """Two slots near each other, and the position of the operand that each writes."""
    site = any_site(program, kinds, rng)
    other = None if site is None else any_site(program, kinds, rng, site.bundle)
    if site is None or other is None:
        return None
    mine = kinds[site.engine][site.slot[0]].destination
    theirs = kinds[other.engine][other.slot[0]].destination
    if mine is None or theirs is None or site.slot[mine] == other.slot[theirs]:
        return None
    return (site, mine), (other, theirs)


def _exchanged(slot: Slot, first: int, second: int) -> Slot:
    return _changed(_changed(slot, first, slot[second]), second, slot[first])


def _changed(slot: Slot, position: int, operand: int) -> Slot:
    return (*slot[:position], operand, *slot[position + 1 :])


def _rewritten(kind: str, program: Program, site: Site, slot: Slot) -> Mutant[Program]:
    return Mutant(kind, f"{site} becomes {slot}", replaced(program, site, slot))
