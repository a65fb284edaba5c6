"""What was fitted: a lowered graph, its schedule, and the scratch words of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from slotweave.backend.emit import emit
from slotweave.backend.lower import Lowered
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine


@dataclass(frozen=True)
class Fitted:
    """A schedule that fits into scratch, with its allocation, of what `lowered` says.

    `lowered` has copies where operands had to be moved, and live ranges split if some were.
    """

    lowered: Lowered
    schedule: Schedule
    allocation: Allocation

    @property
    def graph(self) -> Graph:
        """The graph that was scheduled."""
        return self.lowered.graph

    @property
    def problem(self) -> Problem:
        """The problem that was scheduled."""
        return self.lowered.problem

    @property
    def layout(self) -> Layout:
        """The storage, and the word in it, of each word of each node of `graph`."""
        return self.lowered.layout

    @property
    def cycles(self) -> int:
        """The length of the schedule."""
        return self.schedule.makespan

    def emitted(self, machine: Machine) -> Program:
        """The program of these operations, without any jump."""
        return emit(self.graph, machine, self.problem, self.layout, self.schedule, self.allocation)

    def after_variables(self, first_words: Sequence[int], scratch_words: int) -> Fitted:
        """The same in a scratch of `scratch_words`, of which the first hold variables.

        Variable v lies from word `first_words[v]` on, and the last of these numbers is the first
        word after all of them.
        """
        *first, words = first_words
        return self.placed_at(words, first, scratch_words) if first else self

    def placed_at(self, words: int, variables: Sequence[int], scratch_words: int) -> Fitted:
        """The same in a scratch of `scratch_words`, its own storages from `words` on, and variable
        v from word `variables[v]` on."""
        within = self.allocation
        address = np.where(within.address < 0, within.address, within.address + words)
        for storage, variable in self.lowered.pinned.items():
            address[storage] = variables[variable]
        allocation = Allocation(address.astype(np.int32), within.peak, scratch_words)
        return replace(self, allocation=allocation)
