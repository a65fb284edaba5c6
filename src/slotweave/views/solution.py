"""What `slotweave solve` says of a scheduling problem: JSON values, and lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slotweave.driver.solving.solve import BOUND, Shown, Solution
from slotweave.ir.project_bound import MAKESPAN, PERIOD


def status_of(solution: Solution) -> str:
    """`optimal`, `feasible`, `infeasible` (shown to have no schedule) or `unknown`."""
    if solution.infeasible is not None:
        return "infeasible"
    if solution.schedule is None:
        return "unknown"
    proved = solution.proof(solution.objective) is not None
    return "optimal" if proved else "feasible"


def solution_json(solution: Solution) -> dict[str, Any]:
    """The result. `proved` is about the objective, the period of a modulo problem; `proved_by` says
    by what: `bound` is our own, with a proof that was checked, `solver` the solver's word."""
    objective, schedule = solution.objective, solution.schedule
    shown = solution.infeasible or solution.proof(objective)
    best, least = solution.best(objective), solution.proof(MAKESPAN)
    reason = shown or best
    activities = solution.project.activities
    return {
        "method": solution.method,
        "heuristic": solution.heuristic or None,
        "objective": objective,
        "status": status_of(solution),
        "makespan": solution.makespan,
        "period": solution.period,
        "bound": None if best is None else best.value,
        "proved": shown is not None,
        "proved_by": None if shown is None else shown.by,
        "why": reason.why if reason is not None else None,
        "makespan_bound": _value(solution.best(MAKESPAN)),
        "makespan_proved": least is not None and _period_is_least(solution),
        "makespan_proved_by": None if least is None else least.by,
        "starts": None if schedule is None else list(schedule.starts),
        "modes": None if schedule is None else list(schedule.modes),
        "activities": [activity.name for activity in activities],
        "bounds": [
            {"of": one.of, "value": one.value, "by": one.by, "why": one.why}
            for one in solution.shown
        ],
        "tried": [
            {"period": one.period, "found": one.found, "placements": one.placements, "why": one.why}
            for one in sorted(solution.attempts, key=lambda one: one.period)
        ],
        "evaluations": solution.evaluations,
        "seconds": {name: round(value, 3) for name, value in solution.seconds.items()},
    }


def _value(shown: Shown | None) -> int | None:
    return None if shown is None else shown.value


def _period_is_least(solution: Solution) -> bool:
    return solution.objective == MAKESPAN or solution.proof(PERIOD) is not None


def solution_lines(solution: Solution) -> Iterator[str]:
    """The outcome first, then what shows it, the periods tried, and the schedule."""
    if solution.infeasible is not None:
        yield f"no schedule exists: {_said(solution.infeasible)}"
        return
    for of in (PERIOD, MAKESPAN) if solution.objective == PERIOD else (MAKESPAN,):
        yield _outcome(solution, of)
    if solution.heuristic:
        yield f"heuristic: {solution.heuristic}"
    yield from _tried(solution)
    yield from _starts(solution)


def _outcome(solution: Solution, of: str) -> str:
    value = solution.period if of == PERIOD else solution.makespan
    best, proof = solution.best(of), solution.proof(of)
    if value is None:
        known = "" if best is None else f"; it is at least {best.value:,} ({_said(best)})"
        return f"{of}: no schedule found{known}"
    if proof is not None:
        return f"{of} {value:,}, proved to be the least: {_said(proof)}"
    if best is None:
        return f"{of} {value:,}, no bound"
    return f"{of} {value:,}, not proved: at least {best.value:,} ({_said(best)})"


def _said(shown: Shown) -> str:
    return shown.why if shown.by == BOUND else f"{shown.why} (the solver's word)"


def _tried(solution: Solution) -> Iterator[str]:
    """Each period and what came of it."""
    if solution.objective != PERIOD:
        return
    for one in solution.shown:
        if one.of == PERIOD and one.by == BOUND and one.value is not None and one.value > 1:
            yield f"  period < {one.value:<5,} not possible: {one.why}"
    for attempt in sorted(solution.attempts, key=lambda one: one.period):
        placements = f" in {attempt.placements:,} placements" if attempt.placements else ""
        if attempt.found:
            stages = _stages(solution) if attempt.period == solution.period else ""
            yield f"  period {attempt.period:<7,} schedule found{placements}{stages}"
        else:
            yield f"  period {attempt.period:<7,} none found{placements}: {attempt.why}"


def _stages(solution: Solution) -> str:
    assert solution.schedule is not None
    period = solution.schedule.period or 1
    stages = 1 + max(solution.schedule.starts, default=0) // period
    return f", {stages} stages"


def _starts(solution: Solution) -> Iterator[str]:
    """A line for each activity, in the order of the starts."""
    schedule, project = solution.schedule, solution.project
    if schedule is None:
        return
    yield "start  end  activity  mode  uses"
    rows = zip(schedule.starts, schedule.modes, project.activities, strict=True)
    for start, mode, activity in sorted(rows, key=lambda row: row[0]):
        chosen = activity.modes[mode]
        uses = ", ".join(
            f"{use.units} {project.resources[use.resource].name}" for use in chosen.uses
        )
        end = start + chosen.duration
        number = mode + 1 if len(activity.modes) > 1 else "-"
        yield f"{start:>5,} {end:>4,}  {activity.name:<8}  {number!s:>4}  {uses}".rstrip()
