"""Repacks every imitation, checks what comes back, and says what was gained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, log

import numpy as np

from imitations.catalogue import Imitation, facts_of, parameters
from slotweave.backend.fit import Effort
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.driver.comparison import Subject, prove_same
from slotweave.extensions import kernels
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json, program_to_json
from slotweave.machine import CHALLENGE
from slotweave.repacking import Repacked, RepackOptions, repack
from slotweave.simulate.reference import run

#: The shape of the table in the documentation.
SHAPE = Shape(height=6, rounds=8, batch=64)


@dataclass(frozen=True)
class Row:
    """An imitation and what was made of it."""

    imitation: Imitation
    before: int
    after: int
    best: int


def repacked(
    imitation: Imitation, shape: Shape, effort: Effort, instances: int
) -> tuple[Row, Repacked]:
    """It repacked; raises AssertionError if what comes back is slower, wrong or not proved."""
    program, facts = imitation.program, facts_of(shape)
    result = repack(program, CHALLENGE, facts, RepackOptions(effort=effort))
    assert result.cycles <= result.before, imitation.name
    assert result.program is program or proved(result), imitation.name
    check_runs(result.program, program, shape, instances, imitation.name)
    return Row(imitation, result.before, result.cycles, imitation.compiled), result


def repacked_again(imitation: Imitation, once: Repacked, shape: Shape, effort: Effort) -> Repacked:
    """What came of it repacked again; raises AssertionError if it is not proved again first, from
    the two programs and what is written in the one."""
    facts = facts_of(shape)
    made = program_from_json(program_to_json(once.program))
    again = prove_same(Subject(made, CHALLENGE), Subject(imitation.program, CHALLENGE), facts)
    assert again.answer is True, (imitation.name, again.why)
    return repack(made, CHALLENGE, facts, RepackOptions(effort=effort))


def proved(result: Repacked) -> bool:
    return result.best is not None and result.best.proof.answer is True


def check_runs(made: Program, given: Program, shape: Shape, instances: int, name: str) -> None:
    """Both give the items' values of the plain reference, as the slow simulator runs them."""
    kernel, values = kernels()["tree-hash"], parameters(shape)
    first, last = 7 + shape.nodes + shape.batch, 7 + shape.nodes + 2 * shape.batch
    for seed in range(instances):
        memory = kernel.memory(values, "values", np.random.default_rng(seed))
        expected = kernel.reference(memory.copy(), values, "values")
        for program in (made, given):
            end = run(program, CHALLENGE, memory.copy(), strict=False)
            assert end.memory[first:last].tolist() == expected[first:last].tolist(), name


def geometric_mean_gain(rows: Iterable[Row]) -> float:
    """The speed-up in cycles, as a geometric mean."""
    gains = [log(row.before / row.after) for row in rows]
    return exp(sum(gains) / len(gains))


def table(rows: list[Row]) -> Iterator[str]:
    """The rows as Markdown, and the mean below them."""
    yield "| program | cycles | repacked | speed-up | compiled |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows:
        best = f"{row.best:,}" if row.best else "–"
        gain = row.before / row.after
        yield f"| {row.imitation.name} | {row.before:,} | {row.after:,} | {gain:.2f} | {best} |"
    yield ""
    yield f"Geometric mean of {len(rows)} programs: a speed-up of {geometric_mean_gain(rows):.2f}."
