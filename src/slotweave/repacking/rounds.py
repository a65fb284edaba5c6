"""One round: a program is lifted, its variants are scheduled, and the shortest is proved.

What a round makes of a program can be lifted again: then loads are forwarded, words known and
operations side by side that were not before. So rounds follow each other (`repack.repack`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

from slotweave.base.budget import Budget
from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.base.interruption import TimeIsUpError, time_limited, unmasked_interruptions
from slotweave.base.wording import KEPT_ORDER, plural
from slotweave.bounds import Bound
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import Lifted, lift_counting
from slotweave.machine import Machine
from slotweave.repacking.deadline import abandoning
from slotweave.repacking.graph_variants import GraphVariant, graph_variant_of, variants_of
from slotweave.repacking.options import Listener, RepackOptions
from slotweave.repacking.proving import Candidate, first_proved
from slotweave.repacking.search import Found, Search, beginnings, changed, search_of
from slotweave.repacking.trail import Trail, Tried
from slotweave.vectorize import (
    AS_IT_STANDS,
    IN_VECTORS,
    DeadStores,
    Variant,
    dead_stores,
    forward_stores,
)

#: The time that is kept for the proof and the runs at the end: as a multiple of what lifting took,
#: which runs through the same operations, but at most this share of what is left after it.
_PROOF_BY_LIFTING = 2.0
_PROOF_SHARE = 0.4

#: A graph with this many times the nodes of what is shortest so far is not scheduled.
_TOO_LARGE = 2


@dataclass(frozen=True)
class Round:
    """What came of `given`: `best` is None if nothing shorter is proved.

    `apart` says whether parts of regions were regions of their own in the graph that `best` is made
    of. `bounds` are those of the variant that can be shortest. `found` says whether anything
    shorter was found, proved or not; `is_spent` that the budget was spent then;
    `is_late` that something was abandoned for want of time.
    """

    given: Program
    lifted: Lifted
    apart: bool
    best: Candidate | None
    bounds: tuple[Bound, ...]
    tried: tuple[Tried, ...]
    dead: DeadStores
    found: bool
    evaluations: int
    interrupted: bool
    is_spent: bool
    is_late: bool = False


def run_round(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    listen: Listener,
    budget: Budget,
    evaluations: int,
    expect: Callable[[], None] = lambda: None,
) -> Round:
    """The shortest program found and proved within `budget`, after that many evaluations.

    Calls `expect` once the program is lifted, before anything is tried.

    Raises what `lift` raises for a program that cannot be lifted, NoSchedule (SW308) if there is no
    time to lift it, and CheckFailed if a check finds a fault in what was made.
    """
    apart, unproved = True, set[str]()
    while True:
        begun = budget.clock()
        with abandoning(budget, "the program was still being lifted"):
            lifted = lift_counting(program, machine, facts, apart=apart, joined=True)
            if lifted.in_flight_at is not None:
                raise _in_flight(lifted.in_flight_at)
            took = budget.clock() - begun
            trail = Trail(lifted.cycles, evaluations, listen)
            trail.tell(f"lifted {plural(len(lifted.graph.nodes), 'node')}")
            if apart:
                expect()
        limits = _leaving_time_to_prove(budget, took)
        tries = _Tries(lifted, machine, facts, options, trail, unproved, limits)
        _search(tries, trail, limits)
        best, dead = _prove(trail, lifted, program, machine, facts, budget)
        evaluations = trail.evaluations
        spent = trail.late or limits.is_spent(evaluations)
        if trail.interrupted or best or not trail.found or spent:
            break
        if not apart:
            unproved.update(found.variant.way for found in trail.found)
        apart = False  # the regions told apart may be what could not be proved
    return Round(
        program, lifted, apart, best,
        bounds=min(tries.bounds, key=lambda b: max(one.cycles for one in b), default=()),
        tried=tuple(trail.tried.values()), dead=dead,
        found=bool(trail.found), evaluations=evaluations, interrupted=trail.interrupted,
        is_spent=spent, is_late=trail.late,
    )  # fmt: skip


def _in_flight(bundle: int) -> InputError:
    reason = (
        "results are in flight at a pause: with pauses enabled they land there, without they do "
        "not, so the program has no single graph"
    )
    return InputError(Diagnostic("SW219", reason, bundle=bundle))


def _search(tries: _Tries, trail: Trail, limits: Budget) -> None:
    """Note on `trail` what `tries` find before the end of time or Ctrl-C."""
    try:
        with time_limited(limits.seconds_left), unmasked_interruptions():
            for found in limits.limit(iter(tries), trail.evaluations):
                trail.note(found)
    except TimeIsUpError:
        trail.late = True
    except KeyboardInterrupt:
        trail.interrupted = True


def _prove(
    trail: Trail, lifted: Lifted, program: Program, machine: Machine, facts: Facts, budget: Budget
) -> tuple[Candidate | None, DeadStores]:
    """The shortest of what was found that is proved before the end of time or Ctrl-C, if any is;
    and the stores that it does without."""
    try:
        with time_limited(budget.seconds_left), unmasked_interruptions():
            best = first_proved(trail, program, machine, facts)
            return best, _dropped(lifted, best)
    except TimeIsUpError:
        trail.late = True
    except KeyboardInterrupt:
        trail.interrupted = True
    return None, _dropped(lifted, None)


def _leaving_time_to_prove(budget: Budget, lifting: float) -> Budget:
    """`budget` for the search alone, of a program that took `seconds` to lift."""
    if budget.ends is None:
        return budget
    left = max(0.0, budget.ends - budget.clock())
    return replace(budget, ends=budget.ends - min(_PROOF_BY_LIFTING * lifting, _PROOF_SHARE * left))


def _dropped(lifted: Lifted, best: Candidate | None) -> DeadStores:
    """The stores of the program that `best` does without, because nobody sees what they leave."""
    if best is None or best.way == AS_IT_STANDS:
        return DeadStores(frozenset(), frozenset())
    return dead_stores(forward_stores(lifted.graph))


class _Tries:
    """What each evaluation found, if anything, of all variants of a graph but those `unproved`.

    Every variant is at least one evaluation, so that limits are looked at between any two. None is
    begun that takes longer to make than there is time left, going by the one before it.
    """

    def __init__(
        self,
        lifted: Lifted,
        machine: Machine,
        facts: Facts,
        options: RepackOptions,
        trail: Trail,
        unproved: Set[str],
        budget: Budget,
    ) -> None:
        self._lifted, self._machine, self._facts = lifted, machine, facts
        self._options, self._trail, self._unproved = options, trail, unproved
        self._budget = budget
        self._least: dict[str, tuple[int, bool]] = {}  # of a family: its last bound; did it rise?
        self._large: set[str] = set()  # families that are too large
        self._is_late = False
        self.bounds: list[tuple[Bound, ...]] = []

    def __iter__(self) -> Iterator[Found | None]:
        begun: list[tuple[Search, tuple[Found, ...]]] = []
        for chosen in self._graph_variants():
            if chosen.least >= self._trail.shortest:
                least = plural(chosen.least, "cycle")
                tell = self._trail.tell
                tell(f"{chosen.way}: skipped: {least} at least, {KEPT_ORDER}")
                yield None
                continue
            before = self._trail.shortest
            options = self._options
            search = search_of(chosen, self._machine.scratch_words, options.effort, options.seed)
            found = yield from beginnings(search)
            if not found:
                continue
            begun.append((search, found))
            if found[0].cycles >= before:
                self._trail.tell(f"{chosen.way}: {plural(found[0].cycles, 'cycle')}")
        if self._is_late:
            return  # all ends here, so that as many evaluations again give the same
        for search, found in sorted(begun, key=lambda pair: pair[1][0].cycles)[:1]:
            yield from changed(search, found)

    def _graph_variants(self) -> Iterator[GraphVariant]:
        """The variants that are worth a look, lowered, as long as there is time."""
        options, vectors = self._options, False
        begun = self._budget.clock()
        for variant in variants_of(
            self._lifted, self._machine, self._facts, options, self._is_wanted
        ):
            vectors |= variant.name.startswith(IN_VECTORS)
            if self._is_too_large(variant):
                self._large.add(variant.family)
                continue
            if variant.name in self._unproved:
                continue
            try:
                chosen = graph_variant_of(variant, self._lifted, self._machine, options.rewrite)
            except NoSchedule:  # it needs an operation that the machine has not
                self._trail.tell(f"{variant.name}: skipped: the machine cannot run it")
                continue
            self._note_bound(variant, chosen.least)
            self.bounds.append(chosen.bounds)
            self._trail.begin(chosen)
            took = self._budget.clock() - begun
            yield chosen
            begun = self._budget.clock()
            if self._budget.ends is not None and begun + took > self._budget.ends:
                self._is_late = True
                return
        if options.vectorize and not vectors:
            self._trail.tell(f"{IN_VECTORS}: found no operations on words to pack")

    def _is_wanted(self, family: str) -> bool:
        """Are other variants of `family` worth a look?

        The more loads are answered by selects, the less there is to load and the more to select, so
        that the bounds of a family fall to some member and rise from there on: not if they rise,
        and are too high already. Nor if it is far larger than what is shortest so far.
        """
        least, rose = self._least.get(family, (0, False))
        return family not in self._large and not (rose and least >= self._trail.shortest)

    def _is_too_large(self, variant: Variant) -> bool:
        """Is it far larger than what is shortest so far? Size is no reason once a variant could not
        be proved."""
        if not self._trail.found or self._unproved:
            return False
        shortest = self._trail.found[-1].variant.graph
        return len(variant.graph.nodes) > _TOO_LARGE * len(shortest.nodes)

    def _note_bound(self, variant: Variant, least: int) -> None:
        before = self._least.get(variant.family)
        self._least[variant.family] = least, before is not None and least > before[0]
