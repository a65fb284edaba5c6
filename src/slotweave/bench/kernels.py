"""Each kernel in both forms on each machine: cycles, bound and gap; of loops the period (II).

A kernel has both forms if its plans are called `unrolled` and `loop`. It is compiled at its default
parameters, and runs on one random input. The bound of an unrolled form is that of its operations,
the bound of a loop that of its period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import exp, log
from typing import Any

from slotweave.backend.pipeline import modulo_project
from slotweave.backend.schedule.exact import Status, modulo_model, run_model
from slotweave.backend.schedule.exact.modulo_model import MOST_LITERALS, literals_of
from slotweave.base.diagnostics import InputError, NoSchedule
from slotweave.bounds import best_bound
from slotweave.bounds.projects.chains import chains
from slotweave.driver.compile import compile_job, draft_after
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.driver.pipeline_loops import PipelinedLoop
from slotweave.frontend.kernel import Kernel
from slotweave.ir.loop_problem import LoopReport
from slotweave.machine import Machine

UNROLLED, LOOP = "unrolled", "loop"


@dataclass(frozen=True, slots=True)
class LoopRow:
    """A loop: its period, None where it is not pipelined, the least possible, and why it is longer.

    Both are those of `rounds` rounds of the loop together.
    `optimal` says who shows that no less period is possible, or that the least one was found:
    "bound", "solver", or "" if nobody does. `solver` is what CP-SAT said of the periods below, if
    it was asked.
    """

    where: str
    period: int | None
    bound: int
    stages: int
    optimal: str
    why: str
    rounds: int = 1
    solver: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A kernel on a machine in one form; `refused` says why it does not compile there."""

    kernel: str
    machine: str
    form: str
    cycles: int = 0
    bound: int = 0
    loops: tuple[LoopRow, ...] = ()
    refused: str = ""

    @property
    def said(self) -> str:
        """What came of it, in a few words."""
        if self.refused:
            return self.refused
        if self.form == UNROLLED:
            return f"{self.cycles} cycles, bound {self.bound}"
        periods = ", ".join("-" if one.period is None else str(one.period) for one in self.loops)
        return f"{self.cycles} cycles, II {periods}"


def measured_kernels(
    kernels: Iterable[Kernel], machines: Sequence[Machine], exact: float = 0.0
) -> Iterator[Row]:
    """A row for each kernel with both forms, each machine and form.

    For `exact` seconds each CP-SAT looks for a period shorter than one that no bound shows to be
    the least.
    """
    for kernel in kernels:
        if {UNROLLED, LOOP} <= set(kernel.plan_names):
            for machine in machines:
                for form in (UNROLLED, LOOP):
                    yield _measured(kernel, machine, form, exact)


def _measured(kernel: Kernel, machine: Machine, form: str, exact: float) -> Row:
    values = {name: one.default for name, one in kernel.parameters.items()}
    contract = kernel.contracts[0]
    job = Job(kernel, values, contract, kernel.plan(form, values, contract), machine, instances=1)
    try:
        result = compile_job(job)
    except (NoSchedule, InputError) as refused:
        return Row(kernel.name, machine.name, form, refused=str(refused.diagnostic))
    if form == UNROLLED:
        bound = best_bound(result.block.bounds).cycles
        return Row(kernel.name, machine.name, form, result.cycles, bound)
    loops = tuple(_loop(result, report, exact) for report in result.loops)
    return Row(kernel.name, machine.name, form, result.cycles, loops=loops)


def _loop(result: Compiled, report: LoopReport, exact: float) -> LoopRow:
    bound = max((value for _name, value, _why in report.bounds), default=0)
    if report.schedule is None:
        return LoopRow(report.where, None, bound, 0, "", report.why)
    period, stages = report.schedule.period, report.schedule.stages
    rounds = report.schedule.rounds
    if period == bound:
        return LoopRow(report.where, period, bound, stages, "bound", "", rounds)
    if report.single is not None and report.single <= -(-bound // rounds):
        why = f"II {report.single} of one round is the least, and this one takes fewer cycles"
        return LoopRow(report.where, period, bound, stages, "bound", why, rounds)
    if any(one.found and one.period == bound for one in report.tried):
        why = f"II {bound} was found, and this one takes fewer cycles in all"
        return LoopRow(report.where, period, bound, stages, "bound", why, rounds)
    failed = [one for one in report.tried if one.period < period and not one.found]
    why = failed[-1].why if failed else ""
    least, said = False, ""
    if exact and failed:
        loop = draft_after(result.job, "pipeline").pipelined[report.block]
        least, said = _solver_says(loop, bound, exact)
    optimal = "solver" if least else ""
    return LoopRow(report.where, period, bound, stages, optimal, why, rounds, said)


def _solver_says(loop: PipelinedLoop, bound: int, seconds: float) -> tuple[bool, str]:
    """Whether CP-SAT refutes each period from `bound` on that is below that of the loop, and what
    it says of the first that it does not."""
    project = modulo_project(loop.body.loop, loop.units).project
    for period in range(bound, loop.schedule.period):
        longest = chains(project, period)
        if longest is None:
            continue
        if literals_of(project, period) > MOST_LITERALS:
            return False, f"II {period} is a model too large for CP-SAT"
        status = run_model(modulo_model(project, period, longest), seconds).status
        if status is Status.UNKNOWN:
            return False, f"CP-SAT does not decide II {period} within {seconds:g} s"
        if status is not Status.INFEASIBLE:
            return False, f"CP-SAT finds II {period} if scratch is left out of account"
    return True, f"optimal: CP-SAT refutes every II from {bound} to {loop.schedule.period - 1}"


def suite_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows and what they come to, as plain values."""
    return {"rows": [asdict(row) for row in rows], "geometric_mean": _geometric_mean(rows),
            "loops": _counts(rows)}  # fmt: skip


def suite_lines(rows: Sequence[Row]) -> Iterator[str]:
    """A Markdown table, and below it means, shares, and each loop above its bound."""
    yield "| kernel | machine | form | cycles | bound or II | gap |"
    yield "|---|---|---|---:|---|---|"
    for row in rows:
        yield "| " + " | ".join(_cells(row)) + " |"
    yield ""
    mean = _geometric_mean(rows)
    if mean is not None:
        yield f"geometric mean of cycles over bound, unrolled: {mean:.4f}"
    counts = _counts(rows)
    yield (
        f"{counts['least']} of {counts['pipelined']} pipelined loops found at their least II, "
        f"{counts['solver']} more by CP-SAT; {counts['plain']} not pipelined"
    )
    for row in rows:
        for loop in row.loops:
            if loop.why:
                name = f"{row.kernel} on {row.machine}, {loop.where}"
                said = f"; {loop.solver}" if loop.solver else ""
                yield f"{name}: {_period(loop)}: {loop.why}{said}"


def _cells(row: Row) -> tuple[str, ...]:
    start = row.kernel, row.machine, row.form
    if row.refused:
        return (*start, "-", row.refused.split(":")[0], "-")
    if row.form == UNROLLED:
        return (*start, f"{row.cycles:,}", f"{row.bound:,}", f"{row.cycles / row.bound - 1:.1%}")
    gap = ", ".join(
        "-" if loop.period is None else f"{loop.period - loop.bound}" for loop in row.loops
    )
    return (*start, f"{row.cycles:,}", ", ".join(map(_period, row.loops)), gap)


def _period(loop: LoopRow) -> str:
    if loop.period is None:
        return "not pipelined"
    rounds = f" of {loop.rounds} rounds" if loop.rounds > 1 else ""
    return f"II {loop.period}{rounds} (least {loop.bound})"


def _geometric_mean(rows: Sequence[Row]) -> float | None:
    """Of cycles over bound of the unrolled forms."""
    logs = [log(row.cycles / row.bound) for row in rows if row.bound]
    return exp(sum(logs) / len(logs)) if logs else None


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    loops = [loop for row in rows for loop in row.loops]
    return {
        "pipelined": sum(loop.period is not None for loop in loops),
        "least": sum(loop.optimal == "bound" for loop in loops),
        "solver": sum(loop.optimal == "solver" for loop in loops),
        "plain": sum(loop.period is None for loop in loops),
    }
