"""One run of a program of the ladder, watched: slots by engine and cycle, loads by level, jumps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.utilisation import EngineUse
from slotweave.anatomy.causes.idle_causes import idle_causes
from slotweave.anatomy.causes.placements import run_placements
from slotweave.anatomy.summaries.compiled import run_of
from slotweave.challenge.ladder.run_watch import RunWatch
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.driver.compiled import Compiled
from slotweave.machine import Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event, Memory, Space

_JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel"})


@dataclass(frozen=True, eq=False)
class RungRun:
    """`slots` used by cycle, for each engine; words `loads`ed from each level of the tree.

    `rows` are vector loads from the tree, `working` loads from the rest of memory, `jumps` the jump
    operations that ran.
    """

    cycles: int
    slots: Mapping[str, NDArray[np.int64]]
    loads: Mapping[int, int]
    rows: int
    working: int
    jumps: int
    bundles: NDArray[np.int64]
    live: NDArray[np.int64]
    idle: dict[str, dict[str, int]]

    def engine_use(self, machine: Machine) -> dict[str, EngineUse]:
        return {
            name: EngineUse(int(self.slots[name].sum()), width * self.cycles)
            for name, width in machine.engines
        }


def watched_run(result: Compiled, memory: Memory) -> RungRun:
    """The program of `result` run on `memory`; its idle slots are those that `inspect` finds."""
    program, machine, shape = result.program, result.job.machine, Shape.of(result.job.parameters)
    loads: Counter[int] = Counter()
    others: Counter[str] = Counter()
    slots: Counter[tuple[str, int]] = Counter()
    ran: dict[int, int] = {}
    path: list[int] = []
    watched = RunWatch()

    def watch(event: Event) -> None:
        slots[event.engine, event.cycle] += 1
        ran[event.cycle] = event.bundle
        jump = program.bundles[event.bundle][event.engine][event.slot][0] in _JUMPS
        others["jumps"] += jump
        watched.note(event)
        for access in event.reads:
            if access.space is Space.MEMORY:
                node = access.address - shape.tree
                if not 0 <= node < shape.nodes:
                    others["working"] += 1
                elif len(access.words) > 1:
                    others["rows"] += 1
                else:
                    loads[(node + 1).bit_length() - 1] += 1

    cycles = run(program, machine, memory, strict=False, on_event=watch,
                 on_bundle=path.append).cycles  # fmt: skip
    by_cycle = {name: np.zeros(cycles, np.int64) for name, _ in machine.engines}
    for (engine, cycle), count in slots.items():
        by_cycle[engine][cycle] = count
    bundles = np.full(cycles, -1, np.int64)  # in a cycle without slots none is known
    bundles[list(ran)] = list(ran.values())
    run_text = run_of(result, path)
    return RungRun(
        cycles, by_cycle, dict(sorted(loads.items())), others["rows"], others["working"],
        others["jumps"], bundles, watched.live_words(cycles),
        idle_causes(run_text.program, machine, run_placements(run_text, machine)),
    )  # fmt: skip
