"""What `explain` says of a bundle: its operations, what holds each, and why its slots are empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.anatomy.place import Place
from slotweave.base.wording import plural


@dataclass(frozen=True, slots=True)
class Hold:
    """`by` holds an operation until `until`, because of `cause` (one of placements.CAUSES)."""

    cause: str
    until: int
    by: Place

    def to_json(self) -> dict[str, Any]:
        return {"cause": self.cause, "until": self.until, "by": self.by.to_json()}


@dataclass(frozen=True, slots=True)
class Link:
    """The next operation of a chain: the one before waits for it because of `cause`."""

    cause: str
    place: Place

    def to_json(self) -> dict[str, Any]:
        return {"cause": self.cause, **self.place.to_json()}


@dataclass(frozen=True, slots=True)
class End:
    """The last operation of a chain, and why it is not earlier (see `why_here`)."""

    place: Place
    why: str
    free_from: int
    room: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            **self.place.to_json(),
            "why": self.why,
            "free_from": self.free_from,
            "room": self.room,
        }


@dataclass(frozen=True, slots=True)
class ExplainedOperation:
    """An operation, what holds it, and the chain of what binds it.

    Nothing holds it from `free_from` on; `room` is the first bundle (of a run: cycle) from there to
    its own where its engine has a free slot. `end` is the last of the chain, or the operation
    itself without one. `keeps`: it is a pause, a halt or a jump (`jumps`), which keep their place.
    """

    place: Place
    held: tuple[Hold, ...]
    free_from: int
    room: int | None
    chain: tuple[Link, ...]
    end: End
    keeps: bool
    jumps: bool

    def to_json(self) -> dict[str, Any]:
        return {
            **self.place.to_json(),
            "held": [hold.to_json() for hold in self.held],
            "free_from": self.free_from,
            "room": self.room,
            "chain": [link.to_json() for link in self.chain],
            "end": self.end.to_json(),
            **({"keeps": True} if self.keeps else {}),
            **({"jumps": True} if self.jumps else {}),
        }


@dataclass(frozen=True, slots=True)
class EmptySlots:
    """The `slots` empty slots of an engine from number `first` on, and their cause (one of
    idle_causes.IDLE_CAUSES).

    `could_move` operations of later bundles could each move there; `next` is the one
    that the cause fits and that is free first. `kept`: pauses, halts or jumps for the engine are
    still to come.
    """

    engine: str
    first: int
    slots: int
    cause: str
    could_move: int
    next: ExplainedOperation | None
    kept: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "first": self.first,
            "slots": self.slots,
            "cause": self.cause,
            "could_move": self.could_move,
            "next": None if self.next is None else self.next.to_json(),
        }


@dataclass(frozen=True, repr=False, slots=True)
class Explanation:
    """The operations of a bundle, and its empty slots by engine and cause.

    Of a program that jumps it is about `cycle` of a run of `run_bundles` bundles; both are None
    otherwise. All times in it are cycles of the run then, and bundles if not. If the run is not
    known, it is about the bundles from `part[0]` up to before `part[1]`, which run in a row.
    """

    bundle: int
    operations: Sequence[ExplainedOperation]
    empty: Sequence[EmptySlots]
    cycle: int | None = None
    run_bundles: int | None = None
    part: tuple[int, int] | None = None

    @property
    def waits_for_memory(self) -> bool:
        """Does an operation here, or the next one for an empty slot, wait for memory?"""
        told = [*self.operations, *(one.next for one in self.empty if one.next is not None)]
        causes = [hold.cause for one in told for hold in one.held]
        return "memory" in causes or any(one.cause == "memory" for one in self.empty)

    def __repr__(self) -> str:
        where = f"bundle {self.bundle}" if self.cycle is None else f"cycle {self.cycle}"
        empty = plural(sum(one.slots for one in self.empty), "empty slot")
        return f"<Explanation of {where}: {plural(len(self.operations), 'operation')}, {empty}>"

    def to_json(self) -> dict[str, Any]:
        """What `explain --json` prints."""
        run = {"known": True, "bundles": self.run_bundles}
        return {
            **({} if self.cycle is None else {"run": run, "cycle": self.cycle}),
            **({} if self.part is None else {"part": list(self.part)}),
            "bundle": self.bundle,
            "operations": [one.to_json() for one in self.operations],
            "empty": [one.to_json() for one in self.empty],
        }
