"""Runs of a program on random memories, compared with a plain reference.

Guarantees, if `run_against_reference` returns: for each instance the program ran to its end without
a fault (in strict mode, unless compatible mode is asked for), every word of the regions that are
output is what the reference says, and every word of the read-only ones is as it was (without
regions: all of memory is what the reference says), and the trace buffer holds the words that
`trace` says, if that is given. With `both` the first instance also runs on the reference simulator,
which must end the same way. Instances depend on seed and number alone. The same holds for each
directed memory (see `inputs`) on which the reference itself does not fail; where the reference is
another program, none of these makes one of the two fail and not the other (unless it means
nothing). This is evidence about these memories, not a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import CheckFailed, Diagnostic, ReferenceDiffers
from slotweave.base.wording import only_or_first
from slotweave.check.runs.inputs import NOTHING_DIRECTED, Coverage, Directed
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from slotweave.simulate.run import MAX_CYCLES, Run

Words = NDArray[np.uint32]


@dataclass(frozen=True)
class Verified:
    """`instances` runs on random memories, of which `mismatches` went wrong; `cycles` is the
    longest of them. As many more as `directed` were on memories made for what is rare, the longest
    of which took `directed_cycles`, and `coverage` says which sides of jumps were reached in all.
    `left_out` more were made, for which no result is defined: where the reference fails, as by a
    division by 0, nothing is asked of a program. `too_long` more are not tried, because the search
    for sides did not follow their runs to an end. `against` names the reference."""

    instances: int
    mismatches: int
    cycles: int
    directed: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    against: str = "the reference"
    left_out: int = 0
    too_long: int = 0
    directed_cycles: int = 0

    def to_json(self) -> Mapping[str, Any]:
        """As the JSON of all commands has it."""
        return {
            "instances": self.instances,
            "mismatches": self.mismatches,
            "directed": self.directed,
            "directed_cycles": self.directed_cycles,
            "left_out": self.left_out,
            "too_long": self.too_long,
            "against": self.against,
            "coverage": {
                "sides": self.coverage.sides,
                "reached": self.coverage.reached,
                "unreached": list(self.coverage.unreached),
                "followed": self.coverage.followed,
            },
        }


@dataclass(frozen=True)
class Told:
    """What is said of a memory on which two programs end differently.

    `whole`: it names a word that differs, and what each of them leaves there.
    """

    said: str
    whole: bool


def instance_memory(
    memory: Callable[[np.random.Generator], Words], seed: int, instance: int
) -> Words:
    """The memory of one instance of a seed."""
    return memory(np.random.default_rng([seed, instance]))


#: A first run of more slots, about, is not simulated twice, by both simulators.
MOST_TWICE = 1_000_000


def run_against_reference(
    program: Program,
    machine: Machine,
    *,
    facts: Facts,
    memory: Callable[[np.random.Generator], Words],
    reference: Callable[[Words], Words],
    trace: Callable[[Words], Sequence[int]] | None = None,
    instances: int,
    directed: Directed = NOTHING_DIRECTED,
    seed: int = 0,
    max_cycles: int = MAX_CYCLES,
    both: bool = True,
    strict: bool = True,
    against: str = "the reference",
    asked: Callable[[Words], bool] | None = None,
    told: Callable[[Words], Told] | None = None,
) -> Verified:
    """Run `program` on `instances` random memories and on the directed ones.

    Where the reference is another program, `asked` says whether either must end on a memory on
    which one of the two fails. `told` says more of a memory on which the ends differ.

    Raises CheckFailed for the first instance that goes wrong, naming seed and instance: a fault of
    the simulator, a wrong word of memory or of the trace (SW403), or a read-only word that was
    changed (SW404).
    """
    encoded = encode(program, machine)
    slots_a_bundle = _slots_a_bundle(program)

    def run_on(before: Words) -> Run:
        return run_compiled(encoded, before, strict=strict, max_cycles=max_cycles)

    question = _Question(run_on, reference, trace, facts, asked, told)
    cycles, ran = 0, list[int]()
    for instance in range(instances):
        before = instance_memory(memory, seed, instance)
        with _naming_input(f"seed {seed}, instance {instance}"):
            ends = question.ends(before)
            slots = ends.end.cycles * slots_a_bundle
            # The slow one second: it need not see an endless program.
            if both and instance == 0 and slots <= MOST_TWICE:
                slow = run(program, machine, before, strict=strict, max_cycles=max_cycles,
                           checked=encoded.refusal is None)  # fmt: skip
                _expect_same_end(ends.end, slow)
            question.judge(before, ends)
        cycles = max(cycles, ends.end.cycles)
    for number, before in enumerate(directed.memories):
        with _naming_input(f"directed input {number} of seed {seed}"):
            try:
                ends = question.ends(before)
            except CheckFailed:
                if question.asks_nothing_of(before):
                    continue
                raise
            question.judge(before, ends)
        ran.append(ends.end.cycles)
    left_out = directed.left_out + len(directed.memories) - len(ran)
    found = Verified(instances, 0, cycles, len(ran), directed.coverage, against, left_out)
    return replace(found, too_long=directed.too_long, directed_cycles=max(ran, default=0))


def _slots_a_bundle(program: Program) -> float:
    """How many slots a bundle of `program` has on average."""
    slots = sum(len(row) for bundle in program.bundles for row in bundle.values())
    return slots / max(1, len(program.bundles))


@dataclass(frozen=True)
class _Ends:
    """How the program ended, and what memory the reference says."""

    end: Run
    expected: Words


@dataclass(frozen=True)
class _Question:
    """What must hold of the runs of a program: see `run_against_reference`."""

    run: Callable[[Words], Run]
    reference: Callable[[Words], Words]
    trace: Callable[[Words], Sequence[int]] | None
    facts: Facts
    asked: Callable[[Words], bool] | None
    told: Callable[[Words], Told] | None

    def asks_nothing_of(self, before: Words) -> bool:
        """May the program fail on a memory that was not drawn for the workload?

        Where the reference fails, if it is no program; where both programs fail; and where one of
        two fails on a memory that means nothing.
        """
        wanted = _fault(self.reference, before)
        if self.asked is None:
            return wanted is not None
        both = wanted is not None and _fault(self.run, before) is not None
        return both or not self.asked(before)

    def ends(self, before: Words) -> _Ends:
        """Raises CheckFailed for a fault of either; of two programs it says if the other ends."""
        try:
            expected = self.reference(before)  # first: where it fails, it names the kernel's line
        except CheckFailed as error:
            raise self._beside(error, self.run, before) from None
        try:
            return _Ends(self.run(before), expected)
        except CheckFailed as error:
            raise self._beside(error, self.reference, before) from None

    def _beside(
        self, error: CheckFailed, other: Callable[[Words], object], before: Words
    ) -> CheckFailed:
        """`error`, which says that the other of two programs ends on this memory, if it does."""
        if self.asked is None or _fault(other, before) is not None:
            return error
        message = f"{error.diagnostic.message}; the other program ends on this input"
        return type(error)(replace(error.diagnostic, message=message))

    def judge(self, before: Words, ends: _Ends) -> None:
        """Raise CheckFailed for the first word that is not as it must be."""
        wrong = _wrong_word(ends.end.memory, before, ends.expected, self.facts)
        if wrong is not None:
            told = None if self.told is None or wrong.is_input else self.told(before)
            raise CheckFailed(wrong.diagnostic(told))
        if self.trace is not None:
            _expect_trace(ends.end.trace, self.trace(before), self.told, before)


@contextmanager
def _naming_input(name: str) -> Iterator[None]:
    """Failures say on which input."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        raise type(error)(replace(found, message=f"{found.message} ({name})")) from None


def _fault(run: Callable[[Words], object], before: Words) -> CheckFailed | None:
    """How a run on `before` fails, if it does.

    A promise that is broken, or a reference that differs from its kernel, is raised: it is no
    failure of a run.
    """
    try:
        run(before)
    except CheckFailed as error:
        if error.diagnostic.code == "SW116" or isinstance(error, ReferenceDiffers):
            raise
        return error
    return None


def expect_inputs_kept(
    program: Program,
    machine: Machine,
    facts: Facts,
    memory: Callable[[np.random.Generator], Words],
    instances: int,
    max_cycles: int = MAX_CYCLES,
) -> None:
    """Raise CheckFailed (SW404) if one of a few runs changes a word that is read-only.

    Runs are in compatible mode; one that fails shows nothing.
    """
    encoded = encode(program, machine)
    for instance in range(instances):
        before = instance_memory(memory, 0, instance)
        try:
            after = run_compiled(encoded, before, strict=False, max_cycles=max_cycles).memory
        except CheckFailed:
            continue
        if (changed := _wrong_word(after, before, after, facts)) is not None:
            raise CheckFailed(changed.diagnostic(None))


def _expect_same_end(fast: Run, slow: Run) -> None:
    if fast != slow:
        reason = "the two simulators end differently; this is a fault of theirs, please report it"
        raise CheckFailed(Diagnostic("SW403", reason))


@dataclass(frozen=True)
class _WrongWord:
    """The first of `count` words that are not as they must be."""

    place: str
    got: int
    wanted: int
    count: int
    is_input: bool

    def diagnostic(self, told: Told | None) -> Diagnostic:
        """What is wrong (SW403, SW404); `told` if the word is one of two programs."""
        which = only_or_first(self.count)
        if told is not None and told.whole:
            return Diagnostic("SW403", f"{told.said}; it is {which}")
        code = "SW404" if self.is_input else "SW403"
        what = "is an input and was changed" if self.is_input else "is wrong"
        what = what if told is None else "differs"
        more = "" if told is None else f"; {told.said}"
        words = f"{self.got} instead of {self.wanted}"
        return Diagnostic(code, f"{self.place} {what}: {words}, {which}{more}")


def _wrong_word(after: Words, before: Words, expected: Words, facts: Facts) -> _WrongWord | None:
    """The first judged word that is not as it must be."""
    whole = Region("memory", 0, len(before), output=True)
    found: list[tuple[Region, NDArray[np.intp], Words]] = []
    for region in facts.regions or (whole,):
        if region.read_only or region.output:
            words = slice(region.start, region.stop)
            wanted = (before if region.read_only else expected)[words]
            wrong = np.flatnonzero(after[words] != wanted)
            if len(wrong):
                found.append((region, wrong, wanted))
    if not found:
        return None
    first, wrong, wanted = found[0]
    index = int(wrong[0])
    return _WrongWord(
        f"{first.name}[{index}] (address {first.start + index})",
        int(after[first.start + index]),
        int(wanted[index]),
        sum(len(all_wrong) for one, all_wrong, _ in found if one.read_only == first.read_only),
        first.read_only,
    )


def _expect_trace(
    got: Sequence[int],
    wanted: Sequence[int],
    told: Callable[[Words], Told] | None,
    before: Words,
) -> None:
    """Raise CheckFailed (SW403) for the first word of the trace buffer that differs."""
    differs = [at for at, (one, other) in enumerate(zip(got, wanted, strict=False)) if one != other]
    if len(got) == len(wanted) and not differs:
        return
    more = None if told is None else told(before)
    if len(got) != len(wanted):
        reason = f"{len(got)} words are written to the trace buffer instead of {len(wanted)}"
    elif more is not None and more.whole:
        raise CheckFailed(Diagnostic("SW403", more.said))
    else:
        at = differs[0]
        what = "is wrong" if more is None else "differs"
        reason = f"word {at} of the trace buffer {what}: {got[at]} instead of {wanted[at]}"
    raise CheckFailed(Diagnostic("SW403", reason if more is None else f"{reason}; {more.said}"))
