"""The ladder of tree hash measured: every strategy compiled, checked and run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.base.wording import plural
from slotweave.challenge.ladder.ladder_flow import any_rung_summary, rung_run
from slotweave.challenge.ladder.ladder_pictures import ladder_plot, timeline
from slotweave.challenge.ladder.ladder_scratch import batches_in_scratch, spilling_in_scratch
from slotweave.challenge.ladder.ladder_table import ladder_markdown, ladder_view
from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS, Rung
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from rich.table import Table

    from slotweave.challenge.ladder.rung_run import RungRun
    from slotweave.machine import Machine


@dataclass(frozen=True)
class MeasuredRung:
    """A strategy: its `summary`, as JSON knows it, and a run of its program on `machine`."""

    summary: Mapping[str, Any]
    run: RungRun
    machine: Machine

    @property
    def name(self) -> str:
        """What its plan is called."""
        return str(self.summary["name"])

    def timeline(self) -> str:
        """What is in use over time, as SVG."""
        return timeline(self.name, self.run, self.machine)


@dataclass(frozen=True, repr=False)
class Ladder:
    """The strategies that were measured for `job`, from the scalar program to the best.

    `batches` says in how few words of scratch 2 to 8 batches fit, `spilling` what spilling does in
    ever less scratch; both are empty unless a size of scratch was given.
    """

    job: Job
    rungs: Sequence[Mapping[str, Any]]
    batches: Sequence[Mapping[str, Any]] = ()
    spilling: Sequence[Mapping[str, Any]] = ()

    def __repr__(self) -> str:
        least = min(rung["cycles"] for rung in self.rungs)
        return f"<ladder of {plural(len(self.rungs), 'rung')}: down to {plural(least, 'cycle')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave ladder --json` prints."""
        return {
            "kernel": self.job.kernel.name,
            "params": dict(self.job.parameters),
            "contract": self.job.contract,
            "machine": self.job.machine.name,
            "rungs": list(self.rungs),
            "batches": list(self.batches),
            "spilling": list(self.spilling),
        }

    def plot(self) -> str:
        """The cycles of all strategies, as SVG."""
        return ladder_plot(self.rungs)

    def tables(self) -> Sequence[Table]:
        """What `slotweave ladder` prints, table by table."""
        return ladder_view(self.rungs, self.batches, self.spilling)

    def __str__(self) -> str:
        """The same as Markdown."""
        return ladder_markdown(self.rungs, self.batches, self.spilling)


def measure_ladder(
    job: Job,
    rungs: Iterable[str] = (),
    *,
    scratch: int | None = None,
    tell: Callable[[str], None] = lambda _text: None,
    watch: Callable[[MeasuredRung], None] = lambda _rung: None,
) -> Ladder:
    """Compile, check and run the strategies called `rungs` (all if none is) for the job's shape.

    The plan of `job` is not used. With `scratch` the machine has that many words of it, and what
    fits into how few words is found out, too. `tell` is told in words what is done, `watch` of each
    strategy that was measured; one that does not fit, or keeps another contract, is left out.

    Raises InputError (SW212) for an unknown strategy, NoSchedule (SW301) if none fits.
    """
    wanted = _rungs(list(rungs), job.kernel.plan_names)
    if scratch is not None and scratch != job.machine.scratch_words:
        name = f"{job.machine.name} (scratch {scratch})"
        job = replace(job, machine=replace(job.machine, name=name, scratch_words=scratch))
    found: list[Mapping[str, Any]] = []
    scalar = None
    for number, rung in enumerate(wanted, 1):
        tell(f"{number}/{len(wanted)} {rung.plan}: {rung.changes}")
        try:
            measured = _measured(job, rung, scalar)
        except (NoSchedule, InputError) as error:  # e.g. a contract that the rung does not keep
            tell(f"  left out: {error}")
            continue
        cycles = measured.summary["cycles"]
        scalar = cycles if rung.plan == "scalar" else scalar
        found.append(measured.summary)
        tell(f"  {cycles:,} cycles")
        watch(measured)
    if not found:
        raise NoSchedule(Diagnostic("SW301", "no rung fits into the scratch of this machine"))
    batches, spilling = ([], []) if scratch is None else _scratch_rows(job, tell)
    return Ladder(job, tuple(found), tuple(batches), tuple(spilling))


def _rungs(names: list[str], known: Sequence[str]) -> list[Rung]:
    """The rungs called so, all if none is named."""
    built = {rung.plan: rung for rung in RUNGS if rung.plan in known}
    for name in names:
        if name not in built:
            raise unknown("SW212", "rung", name, built)
    return [rung for name, rung in built.items() if not names or name in names]


def _measured(job: Job, rung: Rung, scalar: int | None) -> MeasuredRung:
    """A rung compiled and run; `scalar` is the cycles of the first one, if known."""
    plan = job.kernel.plan(rung.plan, job.parameters, job.contract)
    result = compile_job(replace(job, plan=plan))
    run = rung_run(result)
    known = result.cycles if rung.plan == "scalar" else scalar
    return MeasuredRung(any_rung_summary(rung, result, run, known), run, job.machine)


def _scratch_rows(
    job: Job, tell: Callable[[str], None]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What 2 to 8 batches at once take, and what spilling does in ever less scratch."""
    batches, spilling = [], []
    for row in batches_in_scratch(job):
        tell(f"{row['batches']} batches: fewest words {row['fewest_words']}")
        batches.append(row)
    for row in spilling_in_scratch(job):
        tell(f"{row['words']} words: {row['cycles']} cycles, spilling {row['cycles_spilling']}")
        spilling.append(row)
    return batches, spilling
