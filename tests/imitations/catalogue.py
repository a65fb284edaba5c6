"""The imitations: compiled programs of each rung, the same made worse, and people's files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from imitations.files import STYLES
from imitations.worse import WORSE
from slotweave.challenge.foreign.confined import Limits
from slotweave.challenge.foreign.load import load_challenge_file
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.ir.facts import Facts
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE

KERNEL = kernels()["tree-hash"]

#: Rungs that run straight through.
RUNGS = (
    "scalar", "packed", "grouped", "cross-engine", "multi-batch", "dedup-static", "relayout",
    "default",
)  # fmt: skip

#: Those that are made worse.
MADE_WORSE = ("dedup-static", "default")


@dataclass(frozen=True)
class Imitation:
    """A program as somebody might have written it; `of` is what it is made from.

    `compiled` is what `compile` makes of the same graph, where there is one: 0 if there is none.
    """

    of: str
    how: str
    program: Program
    compiled: int = 0

    @property
    def name(self) -> str:
        return f"{self.of}, {self.how}"


def parameters(shape: Shape) -> dict[str, int]:
    return {"height": shape.height, "rounds": shape.rounds, "batch": shape.batch}


def facts_of(shape: Shape) -> Facts:
    """What is known of memory, and judged of it, under the contract that is judged."""
    return KERNEL.facts(parameters(shape), "values")


def plan_of(rung: str, shape: Shape) -> Plan:
    return KERNEL.plan(rung, parameters(shape), "values")


def compiled(plan: Plan, shape: Shape) -> Program:
    values = parameters(shape)
    return compile_job(Job(KERNEL, values, "values", plan, CHALLENGE, instances=1)).program


def imitations(shape: Shape) -> Iterator[Imitation]:
    """All of them, for a tree hash of this shape."""
    for rung in RUNGS:
        yield Imitation(rung, "as compiled", compiled(plan_of(rung, shape), shape))
    for rung in MADE_WORSE:
        yield from made_worse(rung, shape)
    yield from written_by_people(shape)


def made_worse(rung: str, shape: Shape) -> Iterator[Imitation]:
    """The program of a rung, rules and all, made worse in each way; in order, and hurried, too."""
    plan = replace(plan_of(rung, shape), rewrite=True)
    best = compiled(plan, shape)
    for worse in WORSE:
        name = worse.__name__.replace("_", " ")
        yield Imitation(rung, name, worse(best), len(best.bundles))
    for how, options in (
        ("words reused at once", ScheduleOptions(method="in-order")),
        ("in program order", ScheduleOptions(order="program")),
    ):
        program = compiled(replace(plan, schedule=options), shape)
        yield Imitation(rung, how, program, len(best.bundles))


def written_by_people(shape: Shape) -> Iterator[Imitation]:
    for style in STYLES:
        with TemporaryDirectory() as folder:
            yield Imitation("a file", style, loaded(style, Path(folder), shape))


def loaded(style: str, folder: Path, shape: Shape) -> Program:
    """What the files of `style`, written into `folder`, build for `shape`."""
    for name, text in STYLES[style].items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return load_challenge_file(str(folder / "perf_takehome.py"), shape, Limits(seconds=60))
