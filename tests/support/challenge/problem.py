"""A stand-in for the challenge's module of this name: what an exported file and its runner need.

Importing it needs the standard library alone, as importing the real one does.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class DebugInfo:
    """What the builder tells the challenge's tools about scratch."""

    scratch_map: dict[int, tuple[str, int]]


@dataclass
class Core:
    scratch: list[int] = field(default_factory=list)


class Machine:
    """Runs a program with pauses and debug slots off, as the judge does."""

    def __init__(self, mem_dump, program, debug_info, n_cores=1):
        assert n_cores == 1
        self.mem = list(mem_dump)
        self.program = program
        self.debug_info = debug_info
        self.cores = [Core()]
        self.cycle = 0

    def run(self):
        from slotweave.ir.program import Program
        from slotweave.machine import CHALLENGE
        from slotweave.simulate.reference import run

        bundles = tuple({e: tuple(slots) for e, slots in b.items()} for b in self.program)
        end = run(Program("challenge", bundles), CHALLENGE, self.mem, strict=False)
        self.mem = end.memory.tolist()
        self.cores[0].scratch = end.scratch.tolist()
        self.cycle = end.cycles
