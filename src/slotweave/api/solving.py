"""The verb that solves scheduling problems from anywhere."""

from __future__ import annotations

from collections.abc import Callable

from slotweave.arguments import (
    evaluations_of,
    function_of,
    name_in,
    seconds,
    seed_of,
    wanted,
    whole_number,
)
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.project import Project
from slotweave.names import AnyPath, project_in
from slotweave.results.shown import shown_as
from slotweave.results.solved import Solved

#: How a problem may be solved; `auto` is exact if ortools is installed.
METHODS = ("list", "modulo", "exact", "auto")


def solve(
    problem: Project | AnyPath,
    *,
    method: str = "auto",
    time_limit: float | None = None,
    evaluations: int | None = None,
    seed: int = 0,
    workers: int = 2,
    watch: Callable[[Solved], None] = lambda _solution: None,
) -> Solved:
    """Solve a scheduling problem: a value, the name of a file, or the text of one of our own forms.

    `method` is list, modulo, exact or auto; `workers` are threads of the exact solver. `watch` is
    told of each better schedule. The result says what is proved of it, and by what.

    Raises InputError: SW223 for what holds no problem, SW212 for a method that does not fit it,
    SW217 where the exact method lacks ortools.

    >>> texts = {}
    >>> _ = sw.compile("saxpy", n=16, print_after={"lower": lambda text: texts.update(lower=text)})
    >>> sw.solve(texts["lower"], method="list")
    <solved by list: makespan 6, optimal>
    """
    from slotweave.driver.solving.solve import Limits, Method
    from slotweave.driver.solving.solve import solve as solved

    if not isinstance(problem, Project | str) and not hasattr(problem, "__fspath__"):
        raise wanted("SW212", "a problem must be a Project, or the name of a file", problem)
    project = problem if isinstance(problem, Project) else project_in(problem)
    chosen, tell = Method(name_in(method, "method", METHODS)), function_of("watch", watch)
    limits = Limits(
        seconds(time_limit), evaluations_of(evaluations), whole_number("workers", workers, 1),
        seed_of(seed),
    )  # fmt: skip
    try:
        found = solved(project, chosen, limits, lambda each: tell(shown_as(Solved, each)))
    except ModuleNotFoundError:
        reason = "exact scheduling needs ortools: `pip install 'slotweave[exact]'`"
        raise InputError(Diagnostic("SW217", reason)) from None
    return shown_as(Solved, found)
