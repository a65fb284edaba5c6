"""What a program does in one run: slots by engine and by operation, jumps and all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from slotweave.analysis.utilisation import EngineUse
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event, Memory


@dataclass(frozen=True)
class Executed:
    """The slots that ran: of each engine, of those it had, and of each (engine, mnemonic).

    `path` are the bundles in the order of the run.
    """

    cycles: int
    engines: Mapping[str, EngineUse]
    slots: Mapping[tuple[str, str], int]
    path: tuple[int, ...] = ()


def slots_bound(run: Executed, machine: Machine) -> Bound:
    """As few cycles as the slots that ran on one engine fit into, modes and jumps as they are."""
    bounds = [
        Bound(name, -(-run.engines[name].used // width), _why(name, run.engines[name].used, width))
        for name, width in machine.engines
        if width
    ]
    return best_bound(tuple(bounds))


def _why(engine: str, used: int, width: int) -> str:
    return f"a run fills {plural(used, 'slot')} on {engine}, {width} a cycle"


def executed(program: Program, machine: Machine, memory: Memory) -> Executed:
    """One run of `program` on `memory`, slots counted as they ran."""
    slots: Counter[tuple[str, str]] = Counter()
    path: list[int] = []

    def count(event: Event) -> None:
        slots[event.engine, program.bundles[event.bundle][event.engine][event.slot][0]] += 1

    cycles = run(program, machine, memory, on_event=count, on_bundle=path.append).cycles
    used: Counter[str] = Counter()
    for (engine, _mnemonic), number in slots.items():
        used[engine] += number
    engines = {name: EngineUse(used[name], width * cycles) for name, width in machine.engines}
    return Executed(cycles, engines, slots, tuple(path))
