"""Program in, shorter program out: lifted, rewritten, scheduled, allocated, proved equal.

Guarantees: what is returned takes no more cycles than what was given, and where it is another
program it is proved to leave in memory what the given one leaves: the graph that was scheduled is
what the program does (`check.refinement`), its rewriting is derived again (`check.rewriting`), and
the new program is the rewritten graph (`check.equivalence`). A candidate that fails to be proved is
not returned. Where that is shorter, its own slots are put closer together (`blocks.put_closer`).
A program whose jumps depend on data is made shorter block by block, each of which is proved
likewise (`blocks.whole`). Scratch that the given program reads before anything has written
it is 0 throughout, as on the machine (compatible mode); a new program reads none, and its runs are
in strict mode (of blocks, and of slots closer together, both only as the given program does).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from slotweave.analysis.utilisation import counted_bundles
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.diagnostics import CheckFailed, InputError, NoSchedule
from slotweave.base.interruption import TimeIsUpError, time_limited, unmasked_interruptions
from slotweave.base.wording import plural
from slotweave.bounds import Bound
from slotweave.check.runs.execution import (
    Verified,
    expect_inputs_kept,
    run_against_reference,
)
from slotweave.check.symbolic.witness import memories
from slotweave.driver.comparison import Subject
from slotweave.driver.verifying import Trial, longest_run, named_end
from slotweave.ir.facts import Facts
from slotweave.ir.lineage import Step, as_repacked, with_lineage
from slotweave.ir.program import NO_LINES, Program
from slotweave.lift import MAX_BUNDLES, RunTooLongError
from slotweave.machine import Machine
from slotweave.repacking.blocks.one_block import RepackedBlock
from slotweave.repacking.blocks.put_closer import put_closer
from slotweave.repacking.blocks.whole import RepackedBlocks, repack_blocks
from slotweave.repacking.claims import Origin, supported_origin
from slotweave.repacking.control import control_met
from slotweave.repacking.options import Listener, RepackOptions
from slotweave.repacking.proving import Candidate
from slotweave.repacking.rounds import Round, run_round
from slotweave.repacking.trail import Tried
from slotweave.vectorize import IN_VECTORS

#: Runs of the given program that show whether the facts are its own, before anything is tried.
_TRIED_BEFORE = 3

#: Another round follows one that made the program shorter by at least this share.
_WORTH_ANOTHER = 0.005

_WHY_CLOSER = (
    "the slots of the given program were put closer together in {blocks}, each of them proved on "
    "symbols to leave the same in memory and in the words that others read, and to take its jumps "
    "as before"
)

#: Of runs of more bundles the slots are put closer together only if nothing shorter was found.
_MOST_PUT_CLOSER = 5_000

#: Whether operations on words were packed into vectors, or why not.
Vectorized = Literal["tried", "nothing to pack", "not wanted", "not reached", "it jumps"]


@dataclass(frozen=True)
class Repacked:
    """`program` takes `cycles`, the given one took `before`; `best` is None if it is that one.

    `bounds` are those of the variant that `best` is made of; of the one that can be shortest, if
    there is none. `why` says of what is returned why it may be trusted, or why nothing
    better is. `evaluations` counts the schedules that were tried, and the variants that no schedule
    could make worth while. `met` are the pauses and core ids of the given run; `dropped` the
    stores that were left out, by reason. `blocks` says what became of each block of a program whose
    jumps depend on data, or whose run is `too_long` to be followed; then `best` is None, and cycles
    are those of the longest run that ends. `closer` says that the program has the slots of the
    given one, closer together; then `best` is None, too, and there are no `bounds`.
    """

    given: Program
    program: Program
    machine: Machine
    facts: Facts
    before: int
    cycles: int
    best: Candidate | None
    bounds: tuple[Bound, ...]
    why: str
    verified: Verified
    seconds: float
    evaluations: int
    interrupted: bool
    rounds: tuple[tuple[Tried, ...], ...] = ()
    vectorized: Vectorized = "not reached"
    met: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    blocks: tuple[RepackedBlock, ...] = ()
    too_long: bool = False
    closer: bool = False

    @property
    def way(self) -> str:
        """The variant that the program is made of."""
        if self.best is not None:
            return self.best.way
        if self.closer:
            return "closer together"
        return "block by block" if any(block.changed for block in self.blocks) else "unchanged"


def _silent(_what: str, _cycles: int, _evaluations: int) -> None:
    """Tell nobody."""


def repack(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions | None = None,
    listen: Listener = _silent,
    budget: Budget = UNLIMITED,
    origin: Origin | None = None,
) -> Repacked:
    """The shortest program found within `budget` that does under `facts` what `program` does.

    What it says of its origin is what `facts` support (`claims.supported_origin`); `origin` is the
    one that `program` names, None if it is not known. A program that is returned as it was given
    says what it said.

    Raises what `lift` raises for a program that cannot be lifted and has no straight parts either
    (SW219), CheckFailed if a check finds a fault in what was made, or if the given program changes
    what is read-only (SW404), and NoSchedule (SW308) if the budget has a grace and is over while
    the program is being lifted.
    """
    options = RepackOptions() if options is None else options
    start = time.monotonic()
    try:
        rounds, interrupted = _rounds(program, machine, facts, options, listen, budget)
        result = _result(program, machine, facts, rounds, options, budget, origin)
        if not interrupted and _is_put_closer(result, rounds[0]):
            result, interrupted = _closer(result, rounds[0], options, budget, origin)
    except InputError as refusal:
        if refusal.diagnostic.code != "SW219":
            raise
        made = repack_blocks(program, machine, facts, options, listen, budget)
        result, interrupted = _by_blocks(program, machine, facts, made, origin), made.interrupted
        result = replace(result, too_long=isinstance(refusal, RunTooLongError))
    seconds = round(time.monotonic() - start, 3)
    return replace(result, interrupted=interrupted, seconds=seconds)


def _rounds(
    program: Program,
    machine: Machine,
    facts: Facts,
    options: RepackOptions,
    listen: Listener,
    budget: Budget,
) -> tuple[list[Round], bool]:
    """Rounds, each from what the one before made, until one is not worth another; and whether they
    were interrupted."""

    def expect() -> None:
        _expect_fitting(program, machine, facts)

    rounds = [run_round(program, machine, facts, options, listen, budget, 0, expect)]
    while (best := rounds[-1].best) is not None and _another(rounds[-1], options):
        after = rounds[-1].evaluations
        try:
            rounds.append(run_round(best.program, machine, facts, options, listen, budget, after))
        except KeyboardInterrupt:  # what the rounds before came to is kept
            return rounds, True
        except NoSchedule as error:
            if error.diagnostic.code != "SW308":
                raise
            break
    return rounds, rounds[-1].interrupted


def _another(last: Round, options: RepackOptions) -> bool:
    """Is what came of `last` to be lifted again?"""
    if last.best is None or last.interrupted or last.is_spent or not options.rewrite:
        return False
    return last.lifted.cycles - last.best.cycles >= _WORTH_ANOTHER * last.lifted.cycles


def _expect_fitting(program: Program, machine: Machine, facts: Facts) -> None:
    """Raise CheckFailed (SW404) if the program changes what the facts call read-only.

    Facts that do not say how long memory is give no memory to try it on.
    """
    if facts.memory_words is not None and any(region.read_only for region in facts.regions):
        drawn = memories(facts, facts.memory_words)
        expect_inputs_kept(program, machine, facts, drawn, _TRIED_BEFORE, MAX_BUNDLES)


def _result(
    program: Program,
    machine: Machine,
    facts: Facts,
    rounds: list[Round],
    options: RepackOptions,
    budget: Budget,
    origin: Origin | None,
) -> Repacked:
    """The better of the given program and the best candidate, run on random memories."""
    first, last = rounds[0], rounds[-1]
    before = first.lifted.cycles
    proved = [one for one in rounds if one.best is not None]
    best = proved[-1].best if proved else None
    made, cycles, verified, bounds = program, before, Verified(0, 0, before), first.bounds
    why = _why_unchanged(rounds)
    if best is not None and best.cycles < before:
        claiming = supported_origin(program, facts, origin)
        better = replace(best.program, meta=_meta(claiming, proved, options))
        try:
            with time_limited(budget.seconds_left):
                verified = _verified(program, better, machine, facts, options)
            made, cycles, why, bounds = better, best.cycles, _why(len(proved)), best.bounds
        except TimeIsUpError:
            best, why = None, f"{_why_unchanged(rounds)}; what was proved was still being run"
    else:
        best = None
    return Repacked(
        program, made, machine, facts, before, cycles, best, bounds, why, verified,
        seconds=0.0, evaluations=last.evaluations, interrupted=False,
        rounds=tuple(one.tried for one in rounds), vectorized=_vectorized(first, options),
        met=control_met(program, machine, first.lifted.path),
        dropped=_dropped(proved if best is not None else []),
    )  # fmt: skip


def _is_put_closer(result: Repacked, first: Round) -> bool:
    """Whether the slots of the given program closer together are looked at, too.

    That is no evaluation, but who allows none wants the program as it is.
    """
    short = len(first.lifted.path) <= _MOST_PUT_CLOSER
    return result.evaluations > 0 and (result.best is None or short)


def _closer(
    result: Repacked, first: Round, options: RepackOptions, budget: Budget, origin: Origin | None
) -> tuple[Repacked, bool]:
    """`result`, or what comes of putting the slots of the given program closer together; and
    whether that was interrupted."""
    program, machine, facts = result.given, result.machine, result.facts
    try:
        with time_limited(budget.seconds_left), unmasked_interruptions():
            made = put_closer(program, machine, facts, first.lifted.path)
            if made is None or result.before - made.saved >= result.cycles:
                return result, False
            if _fails_itself(program, machine, facts, options):
                return result, False
            claiming = supported_origin(made.program, facts, origin)
            shorter = replace(made.program, meta=as_repacked(claiming.meta), lines=NO_LINES)
            verified = _verified(program, shorter, machine, facts, options, strict=False)
    except TimeIsUpError:
        return result, False
    except KeyboardInterrupt:
        return result, True
    why = _WHY_CLOSER.format(blocks=plural(made.changed, "block"))
    cycles = result.before - made.saved
    return replace(
        result, program=shorter, cycles=cycles, best=None, bounds=(), why=why, verified=verified,
        dropped=_dropped([]), closer=True,
    ), False  # fmt: skip


def _by_blocks(
    program: Program, machine: Machine, facts: Facts, made: RepackedBlocks, origin: Origin | None
) -> Repacked:
    """What was made of a program block by block."""
    shorter = program
    if made.changed:
        claiming = supported_origin(made.program, facts, origin)  # it says where its blocks begin
        shorter = replace(made.program, meta=as_repacked(claiming.meta), lines=NO_LINES)
    return Repacked(
        program, shorter, machine, facts, made.before, made.cycles, None, (), _why_blocks(made),
        made.verified, seconds=0.0, evaluations=made.evaluations, interrupted=False,
        vectorized="it jumps", met=control_met(program, machine, range(len(program.bundles))),
        blocks=made.blocks,
    )  # fmt: skip


def _why_blocks(made: RepackedBlocks) -> str:
    late = " in time" if made.is_late else ""
    if not made.changed:
        return f"no block was made shorter{late}, so it is the program as it was given"
    runs = made.verified.instances + made.verified.directed
    ran = f", and {plural(runs, 'run')} of both left the same" if runs else "; none was run"
    return (
        f"{made.changed:,} of {plural(len(made.blocks), 'block')} made shorter{late}, each proved "
        "on symbols to leave the same in memory and in the words that others read, and to take its "
        f"jumps as before; the whole follows from its blocks{ran}"
    )


def _why_unchanged(rounds: list[Round]) -> str:
    """Why the program is returned as it was given, and what was found but not proved."""
    first = rounds[0]
    in_time = " in time" if any(one.is_late for one in rounds) else ""
    if not first.found:
        return f"nothing shorter was found{in_time}, so it is the program as it was given"
    made = [one.cycles for one in first.tried if one.cycles is not None]
    said = f" (the shortest that was found: {plural(min(made), 'cycle')})" if made else ""
    same = "nothing shorter was proved to do the same"
    return f"{same}{in_time}{said}, so it is the program as it was given"


def _meta(program: Program, rounds: list[Round], options: RepackOptions) -> Mapping[str, Any]:
    """What is said of what `program` became: its origin, and how to prove it again."""
    made = [one.best.program for one in rounds if one.best is not None]
    return with_lineage(as_repacked(program.meta), [
        Step(one.best.way, one.apart, options.rewrite, options.vectorize, program)
        for one, program in zip(rounds, [*made[:-1], None], strict=True) if one.best is not None
    ])  # fmt: skip


def _why(rounds: int) -> str:
    each = "" if rounds == 1 else f"in each of {plural(rounds, 'round')} "
    return (
        f"{each}the graph does what the given program does, its rewriting is derived again, and "
        "the new program is the rewritten graph, all on symbols"
    )


def _vectorized(first: Round, options: RepackOptions) -> Vectorized:
    if any(one.name.startswith(IN_VECTORS) for one in first.tried):
        return "tried"
    if not options.rewrite or options.vectorize is False:
        return "not wanted"
    return "nothing to pack" if first.tried else "not reached"


def _dropped(rounds: list[Round]) -> Mapping[str, int]:
    """The stores that these rounds left out."""
    return {
        "not_output": sum(len(one.dead.not_output) for one in rounds),
        "overwritten": sum(len(one.dead.overwritten) for one in rounds),
    }


def _fails_itself(given: Program, machine: Machine, facts: Facts, options: RepackOptions) -> bool:
    """Whether the given program fails on one of the random memories."""
    if facts.memory_words is None:
        return False
    trial = Trial(options.instances, options.seed, strict=False)
    try:
        longest_run(Subject(given, machine), facts, facts.memory_words, trial)
    except CheckFailed:
        return True
    return False


def _verified(
    given: Program, made: Program, machine: Machine, facts: Facts, options: RepackOptions,
    *, strict: bool = True,
) -> Verified:  # fmt: skip
    """Runs of both on random memories, of the given one not in strict mode; none if the length of
    memory is not known."""
    words = facts.memory_words
    if words is None:
        return Verified(0, 0, counted_bundles(made))
    trial = Trial(options.instances, options.seed, strict=False)
    end = named_end(Subject(given, machine, "the given program"), trial)
    return run_against_reference(
        made,
        machine,
        facts=facts,
        memory=memories(facts, words),
        reference=lambda memory: end(memory).memory,
        trace=lambda memory: end(memory).trace,
        instances=options.instances,
        seed=options.seed,
        against="the program before",
        strict=strict,
    )
