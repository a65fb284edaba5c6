"""Two programs, operation by operation: what both compute, where each does, what only one does.

Operations are matched by the words they make on a few random memories (`word_samples`), so neither
order, allocation, engines, dead code nor another way to compute the same stand between them, and
loops are compared as they run. Three ways to match, each for what those before leave over:

    same      the same operation in A and in B makes the same words, lane by lane; where several do,
              the first with the first, and so on
    whole     another operation makes the same words
    by lane   one makes a vector, the others a word each of it

What is left and makes words that the other program has, too, is *regrouped*; all else is only in
one of the two: because it makes something new, because an operation before it has made it already,
or because its result reaches nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator

import numpy as np

from slotweave.anatomy.causes.placements import run_placements
from slotweave.anatomy.compare.output_difference import Outcome, output_difference
from slotweave.anatomy.compare.program_diff import Done, Key, Match, ProgramDiff, Side
from slotweave.anatomy.compare.schedules import one_schedule, parting
from slotweave.anatomy.compare.word_samples import Samples, sampled
from slotweave.anatomy.unrolled import unrolled
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import OPERATIONS, Effect
from slotweave.isa.arrays import WordArray
from slotweave.lift import Ran, Ref, lift_counting
from slotweave.machine import Machine


def diff_sides(a: Side, b: Side) -> ProgramDiff:
    """Match the operations of two programs that were numbered together."""
    whole: list[Match] = []
    left_a, left_b = set(range(len(a.done))), set(range(len(b.done)))
    for by_name in (True, False):
        whole += _matched_whole(a, b, left_a, left_b, by_name)
    by_lane = list(_matched_by_lane(a, b, left_a, left_b))
    swapped = _matched_by_lane(b, a, left_b, left_a)
    by_lane += [Match(match.b, match.a) for match in swapped]
    matches = sorted([*whole, *by_lane], key=lambda match: (match.a, match.b))
    left = (tuple(sorted(left_a)), tuple(sorted(left_b)))
    redundant = (_redundant(a, left[0]), _redundant(b, left[1]))
    regrouped = (_regrouped(a, b, left[0], redundant[0]), _regrouped(b, a, left[1], redundant[1]))
    only = tuple(
        tuple(number for number in mine if number not in other)
        for mine, other in zip(left, map(frozenset, regrouped), strict=True)
    )
    alike = one_schedule(a.program, b.program)
    return ProgramDiff(
        a, b, tuple(matches), (only[0], only[1]), redundant, regrouped,
        output=output_difference(a.outcome, b.outcome),
        one_schedule=alike,
        parting=parting(a.program, b.program, a.machine) if alike else None,
    )  # fmt: skip


def _matched_whole(
    a: Side, b: Side, left_a: set[int], left_b: set[int], by_name: bool
) -> list[Match]:
    """Matches of one with one; what is matched is left no longer."""
    waiting: dict[Key, deque[int]] = defaultdict(deque)
    for number in sorted(left_b):
        waiting[_named(b.done[number], by_name)].append(number)
    matches = []
    for number in sorted(left_a):
        same = waiting.get(_named(a.done[number], by_name))
        if same:
            matches.append(Match((number,), (same.popleft(),)))
    left_a.difference_update(match.a[0] for match in matches)
    left_b.difference_update(match.b[0] for match in matches)
    return matches


def _named(done: Done, by_name: bool) -> Key:
    return (done.ran.operation, *done.key) if by_name else done.key


def _matched_by_lane(
    wide: Side, narrow: Side, left_wide: set[int], left_narrow: set[int]
) -> Iterator[Match]:
    """Vectors of `wide` that `narrow` makes word by word; what is matched is left no longer."""
    words: dict[Hashable, deque[int]] = defaultdict(deque)
    for number in sorted(left_narrow):
        if len(narrow.done[number].key) == 1:
            words[narrow.done[number].key[0]].append(number)
    for number in sorted(left_wide):
        key = wide.done[number].key
        if len(key) < 2 or any(len(words.get(word, ())) < key.count(word) for word in set(key)):
            continue
        lanes = tuple(words[word].popleft() for word in key)
        left_wide.discard(number)
        left_narrow.difference_update(lanes)
        yield Match((number,), lanes)


def _redundant(side: Side, left: tuple[int, ...]) -> frozenset[int]:
    """Those of `left` that make what operations before them, matched or not, have made."""
    first: dict[Hashable, int] = {}
    for number, done in enumerate(side.done):
        for word in done.key:
            first.setdefault(word, number)
    return frozenset(
        number for number in left if all(first[word] < number for word in side.done[number].key)
    )


def _regrouped(
    mine: Side, other: Side, left: tuple[int, ...], redundant: frozenset[int]
) -> tuple[int, ...]:
    made = {word for done in other.done for word in done.key}
    return tuple(
        number
        for number in left
        if number not in redundant and all(word in made for word in mine.done[number].key)
    )


class Numbering:
    """Numbers for what words are on all memories; equal numbers, equal words."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def of(self, words: WordArray) -> int:
        return self._numbers.setdefault(words.tobytes(), len(self._numbers))


def side_of(program: Program, machine: Machine, facts: Facts, numbering: Numbering) -> Side:
    """`program` as it runs under `facts`; both sides of a diff share their `numbering`.

    Raises CheckFailed for what the machine refuses, InputError (SW219) where a jump depends on
    data.
    """
    lifted = lift_counting(program, machine, facts, record=True)
    samples, memories = sampled(lifted.graph, facts)
    keys, names = _Keys(samples, numbering), scratch_names(program, machine)
    unused, repeated = _superfluous(program, machine, facts)
    done = []
    for ran in lifted.ran:
        slot = program.bundles[ran.bundle][ran.engine][ran.slot]
        place = names.place(slot, ran.bundle, ran.engine, ran.slot, ran.cycle)
        done.append(Done(ran, place, tuple(keys.of(ran)), _at(ran) in unused))
    effects = tuple((one.ran, one.place) for one in done if not one.ran.result)
    outcome = Outcome(effects, samples, memories)
    return Side(
        lifted.cycles, tuple(done), program, machine, outcome, len(unused), len(repeated)
    )  # fmt: skip


#: When and where an operation ran: cycle, bundle of the text, engine, slot.
_At = tuple[int, int, str, int]


def _at(ran: Ran) -> _At:
    return ran.cycle, ran.bundle, ran.engine, ran.slot


def _superfluous(
    program: Program, machine: Machine, facts: Facts
) -> tuple[frozenset[_At], frozenset[_At]]:
    """What could be left out as `inspect` counts it: what has no effect, and what repeats."""
    run = unrolled(program, machine, facts, apart=True)
    placed = run_placements(run, machine)

    def at(number: int) -> _At:
        one = placed.issued[number]
        return run.cycles[one.bundle], run.path[one.bundle], one.engine, one.position

    return frozenset(map(at, placed.unused)), frozenset(map(at, placed.values.redundant))


class _Keys:
    """What slots make: words in scratch, words in memory, or another effect."""

    def __init__(self, samples: Samples, numbering: Numbering) -> None:
        self._samples, self._numbering = samples, numbering
        self._known: dict[Ref, int] = {}

    def of(self, ran: Ran) -> Iterator[Hashable]:
        if ran.result:
            yield from map(self._number, ran.result)
        elif OPERATIONS[ran.operation].effect is Effect.STORE:
            address = self._word(ran.args[0][0])
            for lane, ref in enumerate(ran.args[1]):
                yield "store", self._numbering.of(address + np.uint64(lane)), self._number(ref)
        else:
            yield (ran.operation, *(self._number(ref) for words in ran.args for ref in words))

    def _word(self, ref: Ref) -> WordArray:
        return self._samples[ref[0]][:, ref[1]]

    def _number(self, ref: Ref) -> int:
        if ref not in self._known:
            self._known[ref] = self._numbering.of(self._word(ref))
        return self._known[ref]
