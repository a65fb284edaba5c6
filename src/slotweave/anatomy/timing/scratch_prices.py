"""What words of scratch are worth to a program, with each value allocated again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.timing.retiming import Operations, Words, groups_of, words_of
from slotweave.anatomy.timing.timings import Slots, Timing
from slotweave.anatomy.timing.words_in_turn import Touched, values_of
from slotweave.machine import Machine

#: Scratch is priced in steps of this many words.
STEP = 64

#: Is told what is done next.
Watch = Callable[[str], None]


def unwatched(_stage: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class ScratchPrices:
    """What `step` words of scratch are worth in cycles, where each value is given a word in turn.

    `now` is what the program takes so in `words` words, `saved` how many cycles fewer with a step
    more, `lost` how many more with a step less; None if it does not fit, for it holds `needed`
    words at once, or shares words so that operations which cannot be parted need more slots.
    `prices` says how many fewer with one more slot of each engine.
    """

    step: int
    words: int
    needed: int
    now: int | None
    saved: int | None
    lost: int | None
    prices: Mapping[str, int | None]

    def why_not(self) -> str:
        """Why the program does not fit, if `now` is None."""
        if self.needed > self.words:
            return (
                f"values allocated again, each in its turn, need {self.needed:,} words of scratch "
                f"at once, and there are {self.words:,}"
            )
        return (
            f"with values allocated again in {self.words:,} words of scratch, each in its turn, "
            "operations that cannot be parted need more slots than there are"
        )

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "prices": dict(self.prices)}


def scratch_prices(
    operations: Operations,
    machine: Machine,
    slots: Slots,
    words: int,
    watch: Watch = unwatched,
) -> ScratchPrices:
    """The prices of scratch where the machine has `words` words of it.

    What fits into fewer words fits into more, so no price is negative.
    """
    watch("allocating scratch in turn")
    values = values_of(_events(operations.placed))

    def timed(size: int) -> Timing | None:
        watch(f"timing with {size:,} scratch words in turn")
        renamed = values.in_turn(size)
        if renamed is None:
            return None
        groups = groups_of(operations, *_renamed(operations.placed, renamed))
        return Timing(groups, machine.slots) if groups.fit(slots) else None

    less, here, more = (timed(size) for size in (words - STEP, words, words + STEP))
    fewer = less.cycles(slots) if less else None
    now = _least(fewer, here.cycles(slots) if here else None)
    then = _least(now, more.cycles(slots) if more else None)
    prices: Mapping[str, int | None] = here.prices(slots) if here else dict.fromkeys(slots)
    return ScratchPrices(
        step=STEP,
        words=words,
        needed=values.needed(),
        now=now,
        saved=None if now is None or then is None else now - then,
        lost=None if fewer is None or now is None else fewer - now,
        prices=prices,
    )


def _least(*found: int | None) -> int | None:
    return min((cycles for cycles in found if cycles is not None), default=None)


def _events(placed: Placements) -> list[list[Touched]]:
    """For each bundle the words that are read in it, and those in which something lands after it.

    One entry for each operation in the bundle in which it is issued, and another one for its result
    if that lands later.
    """
    bundles: list[list[Touched]] = [[] for _ in range(int(placed.columns.lands.max(initial=0)))]
    for one, reads, writes in zip(placed.issued, *words_of(placed), strict=True):
        at_once = one.kind.latency == 1
        bundles[one.bundle].append((reads, writes if at_once else ()))
        if not at_once:
            bundles[one.lands - 1].append(((), writes))
    return bundles


def _renamed(placed: Placements, bundles: Sequence[Sequence[Touched]]) -> tuple[Words, Words]:
    """The words that each operation reads and writes, from those of the events."""
    rows = [iter(bundle) for bundle in bundles]
    reads: list[Sequence[int]] = []
    writes: list[Sequence[int]] = []
    for one in placed.issued:
        read, written = next(rows[one.bundle])
        reads.append(read)
        writes.append(written if one.kind.latency == 1 else next(rows[one.lands - 1])[1])
    return reads, writes
