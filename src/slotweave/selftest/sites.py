"""Places in a program, and the program with something else there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from slotweave.ir.program import Bundle, Program, Slot
from slotweave.machine import DEBUG_ENGINE
from slotweave.selftest.mutant import one_of
from slotweave.simulate.slots import SlotKinds

#: How many bundles away a slot or an operand may come from.
REACH = 12


@dataclass(frozen=True, slots=True)
class Site:
    """A slot of a program."""

    bundle: int
    engine: str
    position: int
    slot: Slot

    def __str__(self) -> str:
        return f"bundle {self.bundle} {self.engine}[{self.position}] {self.slot}"


def any_site(
    program: Program,
    kinds: SlotKinds,
    rng: np.random.Generator,
    around: int | None = None,
) -> Site | None:
    """A slot of any bundle, or of one near bundle `around`."""
    if not program.bundles:
        return None
    bundle = (
        int(rng.integers(len(program.bundles))) if around is None else near(program, around, rng)
    )
    engines = [
        engine
        for engine, slots in program.bundles[bundle].items()
        if slots and engine != DEBUG_ENGINE
    ]
    if not engines:
        return None
    engine = one_of(engines, rng)
    slots = program.bundles[bundle][engine]
    position = int(rng.integers(len(slots)))
    slot = slots[position]
    return Site(bundle, engine, position, slot) if slot[0] in kinds[engine] else None


def sites_with_constants(program: Program, kinds: SlotKinds) -> Iterator[Site]:
    """The slots that hold an immediate, a bundle or an offset; there may be few."""
    for number, bundle in enumerate(program.bundles):
        for engine, slots in bundle.items():
            for position, slot in enumerate(slots if engine != DEBUG_ENGINE else ()):
                kind = kinds[engine].get(slot[0])
                if kind is not None and kind.constant is not None:
                    yield Site(number, engine, position, slot)


def near(program: Program, bundle: int, rng: np.random.Generator) -> int:
    """A bundle at most REACH away."""
    low, high = max(0, bundle - REACH), min(len(program.bundles) - 1, bundle + REACH)
    return int(rng.integers(low, high + 1))


def replaced(program: Program, site: Site, *slots: Slot) -> Program:
    """`program` with these slots instead of the one at `site`."""
    before = program.bundles[site.bundle][site.engine]
    after = (*before[: site.position], *slots, *before[site.position + 1 :])
    return with_engine(program, site.bundle, site.engine, after)


def without(program: Program, site: Site) -> Program:
    return replaced(program, site)


def with_slot(program: Program, bundle: int, engine: str, slot: Slot) -> Program:
    """`program` with one more slot."""
    slots = (*program.bundles[bundle].get(engine, ()), slot)
    return with_engine(program, bundle, engine, slots)


def with_engine(program: Program, number: int, engine: str, slots: tuple[Slot, ...]) -> Program:
    changed: Bundle = {**program.bundles[number], engine: slots}
    bundles = (*program.bundles[:number], changed, *program.bundles[number + 1 :])
    return replace(program, bundles=bundles)
