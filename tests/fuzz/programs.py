"""Programs of every origin with facts about memory: random, compiled, and compiled but changed.

`memories_of` gives memories that keep the facts, `end_of` what a program leaves of one. A run that
fails says nothing: what two programs have in common is asked only where the first ends well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from fuzz.kernels import KernelJob, compiled_job, kernel_jobs
from fuzz.memories import memories
from fuzz.writing import MEMORY_WORDS as KERNEL_WORDS
from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Program
from slotweave.ir.text.facts_json import facts_from_json, facts_to_json
from slotweave.ir.text.program_files import parse_program, program_to_text
from slotweave.machine import CHALLENGE, MINIMAL, Machine, machine_from_toml, machine_to_toml
from slotweave.selftest.program_mutations import program_mutations
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run
from strategies.jumping_programs import jumping_tangle
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from strategies.tangled_programs import MEMORY_WORDS as TANGLED_WORDS

MEMORIES = 16
MAX_CYCLES = 3_000
_CUT = "----"


@dataclass(frozen=True)
class ProgramJob:
    """A program, what is known of memory before it runs, and another program like it."""

    program: Program
    other: Program
    machine: Machine
    facts: Facts
    seed: int

    @property
    def memory_words(self) -> int:
        assert self.facts.memory_words is not None
        return self.facts.memory_words

    def text(self) -> str:
        """What `program_job_from_text` reads."""
        parts = (str(self.seed), machine_to_toml(self.machine), facts_to_json(self.facts),
                 program_to_text(self.program), program_to_text(self.other))  # fmt: skip
        return f"\n{_CUT}\n".join(parts)


def program_job_from_text(text: str) -> ProgramJob:
    """The job that has this text."""
    seed, machine, facts, program, other = text.split(f"\n{_CUT}\n")
    return ProgramJob(
        parse_program(program), parse_program(other), machine_from_toml(machine),
        facts_from_json(facts), int(seed),
    )  # fmt: skip


# Memories and runs


def memories_of(job: ProgramJob, facts: Facts | None = None) -> Iterator[list[int]]:
    """Memories that keep the facts, the constants of both programs among their words."""
    known = job.facts if facts is None else facts
    constants = sorted({
        operand & 0xFFFFFFFF
        for program in (job.program, job.other)
        for bundle in program.bundles
        for slots in bundle.values()
        for slot in slots
        if slot[0] == "const"
        for operand in slot[2:]
    })  # fmt: skip
    for memory in memories(job.memory_words, constants[:20], MEMORIES, job.seed):
        yield kept_to(known, memory)


def kept_to(facts: Facts, memory: list[int]) -> list[int]:
    """The nearest thing to `memory` that the facts allow."""
    kept = list(memory)
    for region in facts.regions:
        low, high = facts.ranges.get(region.name, (0, 0xFFFFFFFF))
        for word in range(region.start, region.stop):
            kept[word] = low + kept[word] % (high - low + 1)
    for word, value in facts.words.items():
        kept[word] = value
    return kept


def judged(facts: Facts, words: int) -> list[int]:
    """The addresses by which a run is judged."""
    if not facts.regions:
        return list(range(words))
    kept = [region for region in facts.regions if region.output or region.read_only]
    return [word for region in kept for word in range(region.start, region.stop)]


def end_of(program: Program, machine: Machine, memory: list[int], *, strict: bool) -> Run | None:
    """The end of a run, None if it fails."""
    try:
        return run(program, machine, memory, strict=strict, max_cycles=MAX_CYCLES)
    except CheckFailed:
        return None


def differ(first: Run, second: Run, facts: Facts) -> str:
    """How two runs end differently where they are judged; nothing if they do not."""
    words = judged(facts, len(first.memory))
    wrong = {word: (int(first.memory[word]), int(second.memory[word])) for word in words
             if first.memory[word] != second.memory[word]}  # fmt: skip
    if wrong:
        return f"memory {{word: (wanted, found)}}: {wrong}"
    if first.trace != second.trace:
        return f"trace {list(first.trace)} and {list(second.trace)}"
    return ""


def does_the_same(
    job: ProgramJob, made: Program, facts: Facts, what: str, *, may_fail: bool = False
) -> None:
    """Wherever the job's program ends well under `facts`, `made` ends alike (or may fail)."""
    for memory in memories_of(job, facts):
        wanted = end_of(job.program, job.machine, memory, strict=False)
        if wanted is None:
            continue
        found = end_of(made, job.machine, memory, strict=False)
        if found is None and may_fail:
            continue
        assert found is not None, f"{what}: fails on {memory}\n{program_to_text(made)}"
        wrong = differ(wanted, found, facts)
        assert not wrong, f"{what}: {wrong}, begun with {memory}\n{program_to_text(made)}"


# Jobs


@st.composite
def program_jobs(draw: st.DrawFn) -> ProgramJob:
    """Random straight programs, and compiled ones as they are or changed a little."""
    seed = draw(st.integers(0, 2**16))
    if draw(st.integers(0, 3)) < 2:
        machine = draw(st.just(MINIMAL) | machines(max_latency=draw(st.sampled_from([1, 1, 3]))))
        program = draw(straight_programs(machine))
        facts = draw(_straight_facts())
        assume(not any(fault.code != "SW104" for fault in static_faults(program, machine)))
    else:
        kernel = draw(kernel_jobs(jumps=draw(st.booleans())))
        program, machine = _compiled(kernel), kernel.machine
        facts = draw(_kernel_facts())
    other = mutant_of(program, machine, seed)
    if draw(st.integers(0, 3)) == 0:
        program, other = other, program
    job = ProgramJob(program, other, machine, facts, seed)
    assume(any(end_of(program, machine, memory, strict=False) for memory in memories_of(job)))
    assume(not _runs_on(job))
    return job


@st.composite
def jumping_jobs(draw: st.DrawFn) -> ProgramJob:
    """Random programs whose jumps depend on data."""
    seed = draw(st.integers(0, 2**32 - 1))
    latency = draw(st.sampled_from([1, 1, 3]))
    machine = draw(st.sampled_from([CHALLENGE, MINIMAL]) | machines(max_latency=latency))
    tangle = jumping_tangle(machine, seed)
    program, facts = tangle.program, replace(tangle.facts, memory_words=TANGLED_WORDS)
    job = ProgramJob(program, program, machine, facts, seed)
    assume(not _refused(program, machine))
    assume(any(end_of(program, machine, memory, strict=False) for memory in memories_of(job)))
    return job


def _runs_on(job: ProgramJob) -> bool:
    """Does one of the programs run for very long on one of the first memories?"""
    for memory in islice(memories_of(job), 4):
        for program in (job.program, job.other):
            try:
                run(program, job.machine, memory, strict=False, max_cycles=MAX_CYCLES)
            except CheckFailed as failure:
                if failure.diagnostic.code == "SW114":
                    return True
    return False


def always_ends(job: ProgramJob) -> bool:
    """Does the program end well on all of the memories?"""
    return all(
        end_of(job.program, job.machine, memory, strict=False) for memory in memories_of(job)
    )


def _compiled(job: KernelJob) -> Program:
    try:
        result = compiled_job(job)
    except CheckFailed:  # found by the target of kernels
        result = None
    if result is None:
        raise UnsatisfiedAssumption
    assume(len(result.program.bundles) < 120)
    return replace(result.program, meta=MappingProxyType({}))


def mutant_of(program: Program, machine: Machine, seed: int) -> Program:
    """`program` with one to three small changes that the machine lets pass."""
    rng = np.random.default_rng(seed)
    changes = program_mutations(machine)
    mutant = program
    for _ in range(int(rng.integers(1, 4))):
        for _ in range(20):
            made = changes[int(rng.integers(len(changes)))](mutant, rng)
            if made is not None and not _refused(made.value, machine):
                mutant = made.value
                break
    return mutant


def _refused(program: Program, machine: Machine) -> bool:
    return any(fault.code != "SW104" for fault in static_faults(program, machine))


@st.composite
def _straight_facts(draw: st.DrawFn) -> Facts:
    """Facts that keep loaded addresses inside memory, mostly."""
    which = draw(st.integers(0, 4))
    if which == 0:
        return Facts(MEMORY_WORDS)
    if which == 1:
        return FACTS
    cut = draw(st.integers(5, MEMORY_WORDS - 1))
    first = draw(st.booleans())
    regions = (
        Region("addresses", 0, 4),
        Region("left", 4, cut - 4, output=first),
        Region("right", cut, MEMORY_WORDS - cut, output=not first or draw(st.booleans())),
    )
    words: Mapping[int, int] = draw(
        st.dictionaries(st.integers(0, MEMORY_WORDS - 1), st.integers(0, 8), max_size=2)
    )
    ranges = {"addresses": (0, draw(st.sampled_from([8, 8, 1])))}
    for word in words:
        if word < 4:
            ranges = {"addresses": (0, 8)}
    return Facts(MEMORY_WORDS, words, regions, ranges)


@st.composite
def _kernel_facts(draw: st.DrawFn) -> Facts:
    """Nothing but the length of memory, what the kernel says, or more."""
    from fuzz.writing import REGION_WORDS, REGIONS

    which = draw(st.integers(0, 3))
    if which == 0:
        return Facts(KERNEL_WORDS)
    named = enumerate(REGIONS)
    regions = tuple(
        Region(name, number * REGION_WORDS, REGION_WORDS, **kind) for number, (name, kind) in named
    )
    if which == 3:  # only the last is output
        regions = tuple(replace(region, output=region.name == "p") for region in regions)
    if which == 1:
        return Facts(KERNEL_WORDS, {}, regions)
    top = draw(st.sampled_from([1, 7, 0xFFFF, 0xFFFFFFFF]))
    words = draw(st.dictionaries(st.integers(0, 24), st.integers(0, top), max_size=3))
    return Facts(KERNEL_WORDS, words, regions, {"a": (0, top)})
