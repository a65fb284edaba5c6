"""Series of scheduling problems, solved one after the other: `python -m slotweave.bench.instances`.

    python -m slotweave.bench.instances FOLDER [--method exact] [--time-limit 20] [--naive]

prints a Markdown table with a row for each problem in FOLDER: what was found, the bound, what
proves it, and the seconds until the proof. Where FOLDER has an `optimum.csv` (`name,value`,
`name,lower..upper` or `name,unsat`) it is compared with. `--naive` solves modulo problems by the
naive model as well.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from slotweave.bench.naive_model import naive_seconds
from slotweave.driver.solving.solve import Limits, Method, Solution, solve
from slotweave.instances import FORMS, read_instance
from slotweave.ir.project_bound import MAKESPAN, PERIOD


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a problem: bounds of the optimum, or that there is no schedule."""

    text: str
    lower: int | None
    upper: int | None

    @property
    def is_unsat(self) -> bool:
        return self.text == "unsat"


@dataclass(frozen=True, slots=True)
class Row:
    """A problem, what became of it, and the seconds of the naive model for period and makespan."""

    name: str
    solution: Solution
    known: Known | None
    naive: tuple[float | None, float | None] | None = None

    @property
    def value(self) -> int | None:
        """The objective of the schedule."""
        found = self.solution
        return found.period if found.objective == PERIOD else found.makespan

    @property
    def is_decided(self) -> bool:
        """Proved optimal, or proved to have no schedule."""
        found = self.solution
        return found.infeasible is not None or found.proof(found.objective) is not None

    @property
    def contradicts(self) -> bool:
        """Whether what was found or proved cannot be, if what is known is so."""
        if self.known is None:
            return False
        if self.solution.infeasible is not None:
            return not self.known.is_unsat
        if self.value is None:
            return False
        low, high = self.known.lower, self.known.upper
        too_long = self.is_decided and high is not None and self.value > high
        return self.known.is_unsat or (low is not None and self.value < low) or too_long

    @property
    def gap(self) -> float | None:
        """By how much the schedule is longer than the best known one."""
        if self.known is None or self.known.upper is None or self.value is None:
            return None
        return self.value / self.known.upper - 1


#: What is known of a problem: its optimum, what it lies between, or that there is no schedule.
_KNOWN = re.compile(r"unsat|\d+|\d*\.\.\d+")


def known_of(folder: Path) -> Mapping[str, Known]:
    """The content of `optimum.csv`, by name, with or without a line of titles; nothing if there is
    none."""
    file = folder / "optimum.csv"
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as lines:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if len(row) > 1]
    if rows and not _KNOWN.fullmatch(rows[0][1]):
        rows = rows[1:]
    return {name: _known(text) for name, text, *_rest in rows}


def _known(text: str) -> Known:
    if text == "unsat":
        return Known(text, None, None)
    low, dots, high = text.partition("..")
    upper = int(high if dots else low)
    return Known(text, int(low) if low else None, upper)


def files_of(folder: Path) -> list[Path]:
    """The problems of a folder, by name."""
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in FORMS)


def solved(
    files: Sequence[Path], method: Method, limits: Limits, naive: bool = False
) -> Iterator[Row]:
    """Each problem, solved."""
    for file in files:
        project = read_instance(file.read_text(encoding="utf-8"), str(file))
        solution = solve(project, method, limits)
        twin = None
        if naive and project.is_modulo:
            seconds = limits.seconds or 1e6
            one, both = (
                naive_seconds(project, seconds, limits.workers, with_makespan=with_makespan)[1]
                for with_makespan in (False, True)
            )
            twin = (one, both)
        yield Row(file.name, solution, known_of(file.parent).get(file.name), twin)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as a Markdown table, and a line that sums them up."""
    modulo = any(row.solution.objective == PERIOD for row in rows)
    naive = any(row.naive is not None for row in rows)
    titles = ["problem", *(["period"] if modulo else []), "makespan", "bound", "known", "proved by",
              "seconds", *(["naive, period", "naive, both"] if naive else [])]  # fmt: skip
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(_cells(row, modulo, naive))} |"
    yield ""
    yield summary(rows)


def _cells(row: Row, modulo: bool, naive: bool) -> Iterator[str]:
    found = row.solution
    best = found.best(found.objective)
    yield row.name
    if modulo:
        yield _text(found.period)
    yield "none exists" if found.infeasible is not None else _text(found.makespan)
    yield "-" if best is None or found.infeasible is not None else _text(best.value)
    yield "-" if row.known is None else row.known.text
    yield ", ".join(_proofs(row))
    yield _seconds(found.seconds.get(MAKESPAN, found.seconds["all"]))
    if naive:
        yield from map(_seconds, row.naive or (None, None))


def _proofs(row: Row) -> Iterator[str]:
    found = row.solution
    if found.infeasible is not None:
        yield found.infeasible.by
    for of in (PERIOD, MAKESPAN) if found.objective == PERIOD else (MAKESPAN,):
        proof = found.proof(of)
        if found.infeasible is None:
            yield "-" if proof is None else proof.by


def _text(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def summary(rows: Sequence[Row]) -> str:
    """Counts, the average gap, and the medians beside the naive model's."""
    parts = [f"{sum(row.is_decided for row in rows)} of {len(rows)} decided"]
    gaps = [row.gap for row in rows if row.gap is not None]
    if gaps:
        average, most = 100 * sum(gaps) / len(gaps), 100 * max(gaps)
        parts.append(f"{average:.2f} % above the best known on average, {most:.2f} % at most")
    wrong = [row.name for row in rows if row.contradicts]
    if wrong:
        parts.append(f"contradicting what is known: {', '.join(wrong)}")
    if any(row.naive is not None for row in rows):
        ours = [row.solution.seconds.get(PERIOD) for row in rows]
        both = [row.solution.seconds.get(MAKESPAN) for row in rows]
        naive = [row.naive or (None, None) for row in rows]
        parts.append(
            f"median seconds to the proof of the period {_median(ours)} "
            f"(naive {_median([n[0] for n in naive])}), of period and makespan {_median(both)} "
            f"(naive {_median([n[1] for n in naive])})"
        )
    return "; ".join(parts)


def _median(seconds: Sequence[float | None]) -> str:
    """Of all problems, those without a proof counting as slower than any."""
    middle = median(float("inf") if one is None else one for one in seconds)
    return "none" if middle == float("inf") else f"{middle:.2f}"


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    method: Annotated[Method, typer.Option()] = Method.EXACT,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds for each problem.")] = 20.0,
    workers: Annotated[int, typer.Option(min=1)] = 2,
    naive: Annotated[bool, typer.Option("--naive", help="Run the naive model beside.")] = False,
    only: Annotated[str, typer.Option(metavar="GLOB", help="Problems of these names.")] = "*",
) -> None:
    """Solve the scheduling problems of FOLDER and print a table."""
    files = [file for file in files_of(folder) if file.match(only)]
    rows = []
    for row in solved(files, method, Limits(time_limit, workers=workers), naive):
        rows.append(row)
        print(f"{row.name}: {_text(row.value)}", file=sys.stderr, flush=True)
    print("\n".join(table(rows)))


if __name__ == "__main__":
    typer.run(main)
