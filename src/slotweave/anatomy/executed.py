"""What a program does in one run: slots by engine and by operation, jumps and all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from slotweave.analysis.utilisation import EngineUse
from slotweave.base.wording import plural
from slotweave.bounds import Bound, best_bound
from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.compiled import bundle_counts, encode
from slotweave.simulate.run import Memory


@dataclass(frozen=True)
class Executed:
    """The slots that ran: of each engine, of those it had, and of each (engine, mnemonic).

    `bundles` says how often each bundle ran that has a slot.
    """

    cycles: int
    engines: Mapping[str, EngineUse]
    slots: Mapping[tuple[str, str], int]
    bundles: Mapping[int, int] = field(default_factory=dict)


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
    end, visits = bundle_counts(encode(program, machine), memory)
    slots: Counter[tuple[str, str]] = Counter()
    bundles: dict[int, int] = {}
    for number, (bundle, times) in enumerate(zip(program.bundles, visits.tolist(), strict=True)):
        rows = [(engine, slot) for engine, row in bundle.items() for slot in row]
        rows = [(engine, slot) for engine, slot in rows if engine != DEBUG_ENGINE]
        if rows and times:
            bundles[number] = times
            for engine, slot in rows:
                slots[engine, slot[0]] += times
    used: Counter[str] = Counter()
    for (engine, _mnemonic), number in slots.items():
        used[engine] += number
    engines = {name: EngineUse(used[name], width * end.cycles) for name, width in machine.engines}
    return Executed(end.cycles, engines, slots, bundles)
