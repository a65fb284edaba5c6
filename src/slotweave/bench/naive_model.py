"""The CP-SAT model of a modulo problem that one writes first: the twin of ours in the benchmark.

One model with the period as a variable: start = stage * period + row by a product, a cumulative
constraint on the rows for each resource, lags as they stand. No bound, no warm start.
"""

from __future__ import annotations

import time

from slotweave.ir.project import Project, horizon


def naive_seconds(
    project: Project, seconds: float, workers: int, *, with_makespan: bool
) -> tuple[int | None, float | None]:
    """The period found, and the seconds until it was proved to be the least; None if in vain.

    With `with_makespan` the proof covers the makespan at that period too. For projects whose
    activities have one mode and use resources in their first cycle alone.
    """
    from ortools.sat.python import cp_model

    uses = [use for activity in project.activities for use in activity.modes[0].uses]
    if not project.is_modulo or any((use.first, use.cycles) != (0, 1) for use in uses):
        raise ValueError("the naive model is of modulo projects with uses of one cycle")
    model, last = cp_model.CpModel(), horizon(project)
    period = model.new_int_var(1, last, "period")
    starts, rows = [], []
    for _ in project.activities:
        start, stage = model.new_int_var(0, last, ""), model.new_int_var(0, last, "")
        row, turned = model.new_int_var(0, last, ""), model.new_int_var(0, last, "")
        model.add_multiplication_equality(turned, [period, stage])
        model.add(start == turned + row)
        model.add(row < period)
        starts.append(start)
        rows.append(row)
    for lag in project.lags:
        begin = starts[lag.before] + lag.lag
        if lag.from_end:
            begin += project.activities[lag.before].modes[0].duration
        model.add(begin <= starts[lag.after] + lag.distance * period)
    for number, resource in enumerate(project.resources):
        held = [
            (model.new_fixed_size_interval_var(row, 1, ""), use.units)
            for row, activity in zip(rows, project.activities, strict=True)
            for use in activity.modes[0].uses
            if use.resource == number
        ]
        model.add_cumulative([one for one, _ in held], [units for _, units in held],
                             resource.capacity)  # fmt: skip
    makespan = model.new_int_var(0, last, "makespan")
    for start, activity in zip(starts, project.activities, strict=True):
        model.add(start + activity.modes[0].duration <= makespan)
    model.minimize((last + 1) * period + makespan if with_makespan else period)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.catch_sigint_signal = False
    began = time.monotonic()
    status = solver.solve(model)
    took = time.monotonic() - began
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    is_proved = round(solver.objective_value) == round(solver.best_objective_bound)
    return int(solver.value(period)), took if is_proved else None
