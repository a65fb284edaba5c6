"""What two programs have in common and what not, operation by operation (see `matching`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slotweave.anatomy.compare.output_difference import Outcome, OutputDifference
from slotweave.anatomy.compare.schedules import Parting
from slotweave.anatomy.place import Place
from slotweave.base.wording import plural
from slotweave.ir.program import Program
from slotweave.lift import Ran
from slotweave.machine import Machine

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """An operation as it ran; `key` has what it makes, word by word; `dead`: it has no effect on
    output."""

    ran: Ran
    place: Place
    key: Key
    dead: bool


@dataclass(frozen=True, repr=False)
class Side:
    """One of the two programs: its operations in the order of its run, and what it left.

    `unused` and `repeated` count the operations that could be left out, as `inspect` does.
    """

    cycles: int
    done: tuple[Done, ...]
    program: Program
    machine: Machine
    outcome: Outcome
    unused: int
    repeated: int

    @property
    def engines(self) -> dict[str, int]:
        """How many operations ran on each engine."""
        return dict(Counter(done.ran.engine for done in self.done))

    def to_json(self) -> dict[str, Any]:
        return {
            "cycles": self.cycles, "operations": len(self.done), "engines": self.engines,
            "unused": self.unused, "repeated": self.repeated,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """Operations of A and of B, by number, that make the same words; one of the two is one."""

    a: tuple[int, ...]
    b: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """What both programs make: the places of it in A and in B, and by how many cycles it is later
    in B. What several slots make lane by lane is there with the last of them."""

    a: tuple[Place, ...]
    b: tuple[Place, ...]
    moved: int

    @property
    def changed(self) -> bool:
        """Is it made on other engines?"""
        return {place.engine for place in self.a} != {place.engine for place in self.b}

    def to_json(self) -> dict[str, Any]:
        return {
            "a": [place.to_json() for place in self.a],
            "b": [place.to_json() for place in self.b],
            "moved": self.moved,
        }


@dataclass(frozen=True, slots=True)
class Only:
    """An operation that only one program has, and why: `again`, `unused` or `new`."""

    place: Place
    operation: str
    why: str

    def to_json(self) -> dict[str, Any]:
        return {**self.place.to_json(), "operation": self.operation, "why": self.why}


@dataclass(frozen=True, repr=False)
class ProgramDiff:
    """`matches` in the order of A; `only` and `regrouped` have numbers of operations, A's then B's.

    `redundant` are those of `only` whose words an earlier operation of their own program has made.
    `output` is what the two leave differently, if they do; `parting` is where they part, if both
    have one schedule (see `schedules`) and are not the same.
    """

    a: Side
    b: Side
    matches: tuple[Match, ...]
    only: tuple[tuple[int, ...], tuple[int, ...]]
    redundant: tuple[frozenset[int], frozenset[int]]
    regrouped: tuple[tuple[int, ...], tuple[int, ...]]
    output: OutputDifference | None
    one_schedule: bool
    parting: Parting | None

    def __repr__(self) -> str:
        same = "the same output" if self.output is None else f"{self.output.where} differs"
        cycles = f"{self.a.cycles:,} and {plural(self.b.cycles, 'cycle')}"
        return f"<ProgramDiff: {cycles}, {plural(len(self.matches), 'result')} of both, {same}>"

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """What both make, in the order of A."""
        return tuple(self._move(match) for match in self.matches)

    def _move(self, match: Match) -> Move:
        a, b = [self.a.done[number] for number in match.a], [self.b.done[at] for at in match.b]
        ends = [max(done.ran.cycle for done in row) for row in (a, b)]
        places = [tuple(done.place for done in row) for row in (a, b)]
        return Move(places[0], places[1], ends[1] - ends[0])

    @property
    def unmoved(self) -> int:
        """How many results are made in the same cycle on the same engine."""
        return sum(not move.moved and not move.changed for move in self.moves)

    @property
    def engines(self) -> dict[str, dict[str, int]]:
        """engine of A -> engine of B -> results made there instead."""
        counts = Counter((one.a[-1].engine, one.b[-1].engine) for one in self.moves if one.changed)
        result: dict[str, dict[str, int]] = {}
        for (engine, other), number in sorted(counts.items()):
            result.setdefault(engine, {})[other] = number
        return result

    @property
    def only_in(self) -> tuple[tuple[Only, ...], tuple[Only, ...]]:
        """What only A has, and what only B has."""
        sides = zip((self.a, self.b), self.only, self.redundant, strict=True)
        a, b = (
            tuple(_only(side.done[number], number in again) for number in numbers)
            for side, numbers, again in sides
        )
        return a, b

    def to_json(self) -> dict[str, Any]:
        """What `diff --json` prints, but for names of files and facts."""
        only_a, only_b = self.only_in
        return {
            "a": self.a.to_json(),
            "b": self.b.to_json(),
            "matched": len(self.moves),
            "unmoved": self.unmoved,
            "earlier": sum(move.moved < 0 for move in self.moves),
            "later": sum(move.moved > 0 for move in self.moves),
            "engines": self.engines,
            "regrouped": {"a": len(self.regrouped[0]), "b": len(self.regrouped[1])},
            "only": {
                "a": [one.to_json() for one in only_a],
                "b": [one.to_json() for one in only_b],
            },
            "output": None if self.output is None else self.output.to_json(),
            "one_schedule": self.one_schedule,
            "parting": None if self.parting is None else self.parting.to_json(),
            "matches": [move.to_json() for move in self.moves],
        }


def _only(done: Done, again: bool) -> Only:
    why = "again" if again else "unused" if done.dead else "new"
    return Only(done.place, done.ran.operation, why)
