"""List scheduling once more: slow, obvious, with none of the data structures of the fast one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import edges_of, mode_of, schedule_of

PATIENCE = 24


@dataclass
class Twin:
    """The state of a schedule in the making; `run` makes it. `None` stands for no schedule."""

    problem: Problem
    urgency: list[float]
    limit: int
    reserve: int
    slope: float
    cycle: int = 0
    mode: dict[int, int] = field(default_factory=dict)  # of operations that have begun
    slots: dict[int, list[int]] = field(default_factory=dict)
    finished: dict[int, int] = field(default_factory=dict)  # operation -> cycle of its last slot
    partial: dict[int, int] = field(default_factory=dict)  # engine -> operation split there
    alive: set[int] = field(default_factory=set)  # storages

    def __post_init__(self) -> None:
        problem, size = self.problem, self.problem.size
        self.by_urgency = sorted(range(size), key=lambda op: -self.urgency[op])
        self.modes = [
            [mode_of(problem, op, k) for k in range(int(problem.mode_offset[op + 1] - first))]
            for op, first in enumerate(problem.mode_offset[:-1].tolist())
        ]
        self.edges = [edges_of(problem, op) for op in range(size)]
        rows = problem.read_offset.tolist()
        self.reads = [problem.read[rows[op] : rows[op + 1]].tolist() for op in range(size)]
        self.writes = problem.writes.tolist()
        self.words = problem.storage_words.tolist()
        self.unread = set(range(len(self.words))) - set(problem.read.tolist())

    def run(self) -> Schedule | None:
        while len(self.finished) < self.problem.size:
            moved = self.one_cycle(PATIENCE) or self.something_lies_ahead()
            if not moved and not self.one_cycle(self.problem.size, leader_waits=True):
                return None
            self.cycle += 1
        rows = [self.slots.get(op, []) for op in range(self.problem.size)]
        return schedule_of(rows, [self.mode[op] for op in range(self.problem.size)])

    # What is known of the operations

    def ready_from(self, op: int) -> int | None:
        """The first cycle in which `op` may issue; None while a predecessor is not finished."""
        ready = 0
        for pred, kind, lag in self.edges[op]:
            if pred not in self.finished:
                return None
            latency = self.modes[pred][self.mode[pred]][2]
            ready = max(ready, self.finished[pred] + (latency if kind == DATA else lag))
        return ready

    def ready(self) -> list[int]:
        """What may issue in this cycle and has not begun, the most urgent first."""
        waiting = ((op, self.ready_from(op)) for op in self.by_urgency if op not in self.mode)
        return [op for op, at in waiting if at is not None and at <= self.cycle]

    def something_lies_ahead(self) -> bool:
        waiting = (self.ready_from(op) for op in self.by_urgency if op not in self.mode)
        return any(at is not None and at > self.cycle for at in waiting)

    def readers_left(self, storage: int) -> int:
        return sum(
            self.reads[op].count(storage)
            for op in range(self.problem.size)
            if op not in self.finished
        )

    def live(self) -> int:
        """Words of what is being written or has readers left."""
        held = [s for s in self.alive if s in self.unread or self.readers_left(s)]
        return sum(self.words[storage] for storage in held)

    # A cycle

    def one_cycle(self, patience: int, leader_waits: bool = False) -> bool:
        """Issue what can issue in this cycle; whether anything did."""
        self.free = list(self.problem.slots)
        self.closed: set[object] = set()
        self.looked_at: Counter[object] = Counter()
        self.blocked: list[int] = []
        waiting = self.ready() if leader_waits else self.by_urgency
        self.leader = next((op for op in waiting if op not in self.mode), -1)
        moved = self.go_on()
        while True:
            moved |= self.take_effect()
            placed = self.place(patience)
            moved |= bool(placed)
            whole = [op for op in placed if op not in self.partial.values()]
            for op in whole:
                self.finish(op)
            if not whole:
                return moved

    def go_on(self) -> bool:
        """Give split operations the slots that their engine has."""
        going = dict(self.partial)
        for engine, op in going.items():
            _engine, width, _latency = self.modes[op][self.mode[op]]
            count = min(self.free[engine], width - len(self.slots[op]))
            self.slots[op] += [self.cycle] * count
            self.free[engine] -= count
        for engine, op in going.items():
            if len(self.slots[op]) == self.modes[op][self.mode[op]][1]:
                del self.partial[engine]
                self.finish(op)
        return bool(going)

    def take_effect(self) -> bool:
        """Finish the operations of no slots that are ready, and those that wait for just these."""
        any_did = False
        while instant := [op for op in self.ready() if any(m[1] == 0 for m in self.modes[op])]:
            for op in instant:
                self.mode[op] = next(k for k, m in enumerate(self.modes[op]) if m[1] == 0)
                self.finish(op)
            any_did = True
        return any_did

    def finish(self, op: int) -> None:
        self.finished[op] = self.cycle
        if self.writes[op] in self.unread:
            self.alive.discard(self.writes[op])
        for other in self.ready():
            if op in [pred for pred, _kind, _lag in self.edges[other]]:
                self.closed.discard(tuple(self.modes[other]))

    def place(self, patience: int) -> list[int]:
        """Begin operations, the most urgent first; the fitting ones, and moves between modes."""
        placed: list[int] = []
        while True:
            candidates = [
                op
                for op in self.ready()
                if op not in self.blocked and tuple(self.modes[op]) not in self.closed
            ]
            if not candidates:
                return placed
            op = candidates[0]
            if self.must_wait(op):
                self.blocked.append(op)
                self.looked_at[tuple(self.modes[op])] += 1
                if self.looked_at[tuple(self.modes[op])] >= patience:
                    self.closed.add(tuple(self.modes[op]))
            elif not self.begin(op, placed):
                self.closed.add(tuple(self.modes[op]))

    def must_wait(self, op: int) -> bool:
        """Whether the result of `op` is more than scratch has left for it."""
        storage = self.writes[op]
        if storage < 0 or storage in self.alive:
            return False
        relief = sum(self.words[s] for s in self.reads[op] if self.readers_left(s) == 1)
        growth = self.words[storage] - relief
        item, leading = int(self.problem.items[op]), int(self.problem.items[self.leader])
        room = float(self.limit)
        if op != self.leader and (item < 0 or item != leading):
            behind = self.urgency[self.leader] - self.urgency[op]
            room -= self.reserve + self.slope * behind
        return growth > 0 and self.live() + growth > room

    def begin(self, op: int, placed: list[int]) -> bool:
        """Put `op` into a whole mode, make room for it, or split it; whether any of these went."""
        for k, (engine, width, _latency) in enumerate(self.modes[op]):
            if self.free[engine] >= width:
                return self.issue(op, k, placed)
        for k, (engine, width, _latency) in enumerate(self.modes[op]):
            # The least urgent one moves first: it was placed last.
            if any(self.move(other, engine, width) for other in reversed(placed)):
                return self.issue(op, k, placed)
        for k, (engine, width, _latency) in enumerate(self.modes[op]):
            if width > 1 and self.free[engine] > 0 and engine not in self.partial:
                self.partial[engine] = op
                return self.issue(op, k, placed)
        return False

    def issue(self, op: int, k: int, placed: list[int]) -> bool:
        engine, width, _latency = self.modes[op][k]
        count = min(width, self.free[engine])
        self.free[engine] -= count
        self.mode[op], self.slots[op] = k, [self.cycle] * count
        if self.writes[op] >= 0:
            self.alive.add(self.writes[op])
        placed.append(op)
        return True

    def move(self, other: int, engine: int, wanted: int) -> bool:
        """Move `other`, placed just now, off `engine` if that makes room for `wanted` slots."""
        old_engine, old_width, _latency = self.modes[other][self.mode[other]]
        if other in self.partial.values() or old_engine != engine:
            return False
        if self.free[engine] + old_width < wanted:
            return False
        for k, (target, width, _latency) in enumerate(self.modes[other]):
            if target != engine and self.free[target] >= width:
                self.free[engine] += old_width
                self.free[target] -= width
                self.mode[other], self.slots[other] = k, [self.cycle] * width
                return True
        return False
