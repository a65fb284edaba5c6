"""What is said about a program, each claim held against runs: no checker is asked.

A claim may be refused where a jump depends on data (SW219), and a program that changes what the
facts call read-only is not repacked (SW404).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

from fuzz.meaning import meaning_of
from fuzz.programs import ProgramJob, always_ends, differ, does_the_same, end_of, memories_of
from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.given_words import GivenWords
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.timing.block_bounds import bounded_blocks
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.anatomy.timing.what_if import what_if
from slotweave.anatomy.unrolled import unrolled, up_to_halt
from slotweave.anatomy.words.live_scratch import JUMPS, is_straight
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import CheckFailed, InputError, NoSchedule
from slotweave.base.wording import EVERY_RUN
from slotweave.bounds import Bound
from slotweave.check.runs.execution import instance_memory
from slotweave.check.symbolic.witness import memories, random_memory
from slotweave.driver.comparison import Subject, prove_same
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Block, Flow
from slotweave.ir.program import Program
from slotweave.lift import lift
from slotweave.machine import DEBUG_ENGINE
from slotweave.repacking.options import RepackOptions
from slotweave.repacking.repack import Repacked, repack
from slotweave.repacking.summary import repacked_summary
from slotweave.simulate.legality import costs_a_cycle
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from support.advice import Case, false_advice


@contextmanager
def refusing(*codes: str) -> Iterator[None]:
    """What is done within may be refused for one of these reasons."""
    try:
        yield
    except (InputError, CheckFailed, NoSchedule) as refusal:
        if refusal.diagnostic.code not in codes:
            raise


#: What stops a run: a load or a store outside memory, a zero divisor, an endless loop.
FAULTS = ("SW106", "SW107", "SW108", "SW114")
INPUT = re.compile(r"\(seed (\d+), instance (\d+)\)")


@contextmanager
def refusing_what_fails(job: ProgramJob) -> Iterator[None]:
    """The program may be refused for a fault in a run of its own, on one of the memories of the
    job or on the one that the refusal names."""
    try:
        yield
    except CheckFailed as refusal:
        if refusal.diagnostic.code not in FAULTS:
            raise
        named = INPUT.search(refusal.diagnostic.message)
        if not (fails_on(job, named) if named else False) and always_ends(job):
            raise


def fails_on(job: ProgramJob, named: re.Match[str]) -> bool:
    """Does the program fail on the random memory of this seed and instance?"""
    seed, instance = int(named[1]), int(named[2])
    memory = instance_memory(memories(job.facts, job.facts.memory_words or 0), seed, instance)
    return end_of(job.program, job.machine, memory.tolist(), strict=False) is None


def noted(claim: Callable[[ProgramJob], None]) -> Callable[[ProgramJob], None]:
    """The claim; what it raises carries the job as text."""

    def claimed(job: ProgramJob) -> None:
        try:
            claim(job)
        except Exception as error:
            error.add_note(job.text())
            raise

    return claimed


def time_is_cycles(job: ProgramJob) -> bool:
    """Does each bundle cost a cycle, or nothing take longer than one?

    Otherwise results land while no cycle passes, and bounds count more than a run does.
    """
    fast = all(mode.latency == 1 for mode in job.machine.modes)
    return fast or all(costs_a_cycle(bundle) for bundle in job.program.bundles)


def inspection_counts(job: ProgramJob) -> None:
    """Cycles and slots of `inspect` are those of every run; no run is below its bound."""
    view = inspect_program(job.program, job.machine, job.facts).to_json()
    if view.get("run", {}).get("known", True) is False:
        assert "bound" not in view
        return
    used = {name: row["used"] for name, row in view["engines"].items()}
    for memory in memories_of(job):
        counts: Counter[str] = Counter()

        def count(event: Event, counts: Counter[str] = counts) -> None:
            counts[event.engine] += event.engine != DEBUG_ENGINE

        try:
            end = run(job.program, job.machine, memory, strict=False, on_event=count)
        except CheckFailed:
            continue
        assert end.cycles == view["cycles"], (end.cycles, view["cycles"])
        assert {name: counts[name] for name in used} == used
        if time_is_cycles(job):
            assert view["bound"]["cycles"] <= end.cycles, view["bound"]


def unused_are_unused(job: ProgramJob) -> None:
    """Without the operations called unused the program does the same."""
    with refusing("SW219"):
        ran = unrolled(job.program, job.machine, job.facts)
        placed = placements(ran.program, job.machine, ran.known)
        gone = {placed.issued[number].place for number in placed.unused}
        if gone:
            jumps = {one.place for one in placed.issued if one.kind.operation.name in JUMPS}
            bare = _without(ran.program, gone | jumps)  # a run in a row: its jumps are taken
            whole = replace(job, program=_without(ran.program, jumps))
            does_the_same(whole, bare, job.facts, f"without {sorted(gone)}")


def advice_can_be_taken(job: ProgramJob) -> None:
    """Operations of a straight program can go where `explain` says, or are held as it says."""
    if is_straight(job.program):
        program = up_to_halt(job.program)
        case = Case(program, job.machine, job.facts, list(islice(memories_of(job), 6)), False)
        found = next(false_advice(case, Random(job.seed)), None)
        assert found is None, found


def _without(program: Program, places: Collection[tuple[int, str, int]]) -> Program:
    bundles = tuple(
        {
            engine: tuple(
                slot for at, slot in enumerate(slots) if (number, engine, at) not in places
            )
            for engine, slots in bundle.items()
        }
        for number, bundle in enumerate(program.bundles)
    )
    # a bundle that lost its slots still takes its time for what is in flight
    return replace(program, bundles=bundles)


def lifting_keeps_the_meaning(job: ProgramJob) -> None:
    """The lifted graph does to each memory what the program does."""
    with refusing("SW219"):
        graph = lift(job.program, job.machine, job.facts)
        flow = Flow("lifted", (), (Block(graph),))
        for memory in memories_of(job):
            wanted = end_of(job.program, job.machine, memory, strict=False)
            if wanted is None:
                continue
            found = meaning_of(flow, memory)
            assert found.memory == wanted.memory.tolist(), memory
            assert tuple(found.trace) == wanted.trace, memory


def more_slots_never_cost(job: ProgramJob) -> None:
    """No price is negative, and with more slots nothing takes longer."""
    with refusing("SW219"):
        own = what_if(job.program, job.machine, {}, job.facts).to_json()
        assert own["cycles"] <= own["before"], own
        if time_is_cycles(job):
            timed_no_shorter_than_bounds(job, own)
        prices = {**own["prices"], **(own["scratch_words"] or {}).get("prices", {}),
                  "scratch": own["scratch"]}  # fmt: skip
        assert all(price >= 0 for price in prices.values()), own
        more = {name: slots + 1 for name, slots in job.machine.slots.items()}
        wider = what_if(job.program, job.machine, more, job.facts).to_json()
        assert wider["cycles"] <= own["cycles"], (wider, own)
        for memory in memories_of(job):
            end = end_of(job.program, job.machine, memory, strict=False)
            known = own["cycles_of"] == EVERY_RUN
            assert not known or end is None or end.cycles == own["before"], (end.cycles, own)


def timed_no_shorter_than_bounds(job: ProgramJob, own: dict[str, Any]) -> None:
    """Timed again, neither the program nor a part of it is below its bound."""
    for bound in (*_bounds_of(job), *inspect_program(job.program, job.machine, job.facts).ladder):
        assert bound.cycles <= own["retimed"], (bound, own)
    parts = {part["start"]: part["retimed"] for part in own["parts"]}
    for block in bounded_blocks(job.program, job.machine, job.facts) if parts else ():
        least = 0 if block.bound is None else block.bound.cycles
        assert least <= parts.get(block.start, least), (block, own)


def repacking_keeps_the_meaning(job: ProgramJob) -> None:
    """What comes back does the same under the facts, is no longer, and beats no bound."""
    with refusing("SW219", "SW404"), refusing_what_fails(job):
        bounds = _bounds_of(job)
        for rewriting in (False, True):
            made = _repacked(job, job.facts, rewriting)
            assert made.cycles <= made.before
            does_the_same(job, made.program, job.facts, f"repacked, rewriting {rewriting}")
            said = repacked_summary(made, "drawn", 0, GivenWords(None, (), 0))
            if time_is_cycles(job):
                assert said.bound is None or said.bound.cycles <= made.cycles, said
            for bound in bounds if time_is_cycles(job) and not rewriting else ():
                assert bound.cycles <= made.cycles, (bound, made.cycles)
            for block in made.blocks:
                least = block.bound.cycles if block.bound else 0
                assert least <= block.cycles <= block.before, block
            _runs_take(job, made)


def no_block_is_below_its_bound(job: ProgramJob, made: Repacked) -> None:
    """What `bound` says of each block holds for what became of it."""
    blocks = bounded_blocks(job.program, job.machine, job.facts)
    for said, block in zip(blocks, made.blocks, strict=True):
        assert (said.start, said.start + said.bundles) == (block.start, block.stop)
        assert said.bound is None or said.bound.cycles <= block.cycles, (said, block)


def _bounds_of(job: ProgramJob) -> tuple[Bound, ...]:
    """The bounds of the program; none if its jumps depend on data."""
    try:
        return program_bounds(job.program, job.machine, job.facts)
    except InputError as refusal:
        if refusal.diagnostic.code != "SW219":
            raise
        return ()


def _runs_take(job: ProgramJob, made: Repacked) -> None:
    """Runs take the cycles that are said; if they depend on data, never more than they did."""
    for memory in memories_of(job):
        before = end_of(job.program, job.machine, memory, strict=False)
        end = end_of(made.program, job.machine, memory, strict=False)
        if before is None or end is None:
            continue
        if made.blocks:
            assert end.cycles <= before.cycles, (end.cycles, before.cycles)
        else:
            assert end.cycles == made.cycles, (end.cycles, made.cycles)


def _repacked(job: ProgramJob, facts: Facts, rewriting: bool) -> Repacked:
    options = RepackOptions(rewrite=rewriting, vectorize=rewriting and job.seed % 2 == 0,
                            effort=Effort.FAST, instances=2)  # fmt: skip
    return repack(job.program, job.machine, facts, options, budget=Budget(evaluations=6))


def verdicts_hold(job: ProgramJob) -> None:
    """Two programs are called the same only if no memory tells them apart, different if one does.

    What is said of two programs is of memories on which neither fails, or names the one that does.
    """
    subject, other = Subject(job.other, job.machine), Subject(job.program, job.machine)
    same = prove_same(subject, other, job.facts)
    if same.answer is True:
        does_the_same(job, job.other, job.facts, "called the same", may_fail=True)
    if same.answer is False:
        assert same.evidence is not None
        seed = same.evidence.seed
        memory = random_memory(job.facts, job.memory_words, 0 if seed is None else seed)
        wanted = end_of(job.program, job.machine, memory, strict=False)
        found = end_of(job.other, job.machine, memory, strict=False)
        if same.evidence.other_fails:  # which is the program that the other is held against
            assert wanted is None
            assert found is not None
            return
        assert wanted is not None
        assert found is None or differ(wanted, found, job.facts), same
