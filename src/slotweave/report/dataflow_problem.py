"""What a program computes as a scheduling problem: any order, any engine, any words of scratch.

Its operations are those of the program whose results reach memory or another effect, each once: one
whose words have been computed before adds nothing, and what it has made is read from those that
computed them. Each may run in any mode of the machine; it waits for its operands and for accesses
that it may meet in memory. So the program's own schedule is one of those that a bound of the
problem is about.

Known words: an operation on known words alone costs nothing (another way to have its result may be
cheaper), unless it is a constant, or copies one into a vector, for one that is no such operation.
That costs a slot, once for each different one. A word that is 0 costs nothing: scratch that nobody
has written is 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from slotweave.bound import Bound, bound_ladder
from slotweave.bound.critical_path import path_why
from slotweave.ir.certificate import PathCertificate
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.isa import WORD_MASK, Shape
from slotweave.machine import Machine
from slotweave.report.issued import Issued
from slotweave.report.placements import Placements
from slotweave.report.word_values import Value

#: Engine, slots, latency.
Row = tuple[int, int, int]

#: Of each operation the numbers of those whose results it reads.
Makers = Sequence[tuple[int, ...]]

#: By what a word or a vector can come to hold a known word.
_CONSTANT = {
    Shape.WORD: ("const", "add", "add_immediate"),
    Shape.VECTOR: ("broadcast", "add"),
}


def dataflow_problem(placed: Placements, machine: Machine) -> Problem:
    """The problem; `nodes` has the numbers of the operations in `placed`."""
    modes = _Modes(machine)
    makers = _makers(placed)
    costing, stands_for = _costing(placed, makers)
    number = {issued: operation for operation, issued in enumerate(costing)}
    rows = [modes.of(placed.issued[one], one in stands_for) for one in costing]
    edges = [_edges(placed, makers, one, number, stands_for) for one in costing]
    none = np.zeros(0, np.int32)
    table = np.array([mode for row in rows for mode in row], np.int32).reshape(-1, 3)
    preds = np.array([edge for row in edges for edge in row], np.int32).reshape(-1, 3)
    return Problem(
        engines=tuple(machine.slots),
        slots=tuple(machine.slots.values()),
        nodes=np.array(costing, np.int32),
        items=np.full(len(costing), -1, np.int32),
        mode_offset=_offsets(map(len, rows)),
        mode_engine=np.ascontiguousarray(table[:, 0]),
        mode_slots=np.ascontiguousarray(table[:, 1]),
        mode_latency=np.ascontiguousarray(table[:, 2]),
        mode_source=np.full(len(table), -1, np.int32),
        pred_offset=_offsets(map(len, edges)),
        pred=np.ascontiguousarray(preds[:, 0]),
        pred_kind=np.ascontiguousarray(preds[:, 1]),
        pred_lag=np.ascontiguousarray(preds[:, 2]),
        writes=np.full(len(costing), -1, np.int32),
        read_offset=np.zeros(len(costing) + 1, np.int32),
        read=none,
        storage_words=none,
    )


def dataflow_ladder(
    placed: Placements, machine: Machine, times: Sequence[int]
) -> tuple[Bound, ...]:
    """The bounds of the problem; operations go by their places, `times` being those of bundles."""
    problem = dataflow_problem(placed, machine)
    return tuple(_located(bound, problem, placed, times) for bound in bound_ladder(problem))


def _located(bound: Bound, problem: Problem, placed: Placements, times: Sequence[int]) -> Bound:
    certificate = bound.certificate
    if not isinstance(certificate, PathCertificate) or certificate.operation < 0:
        return bound
    bundle, engine, slot = placed.issued[int(problem.nodes[certificate.operation])].place
    return replace(bound, why=path_why(f"{times[bundle]}:{engine}:{slot}"))


def _offsets(lengths: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([0, *accumulate(lengths)], np.int32)


def _known(lanes: tuple[Value, ...]) -> bool:
    """Are all words of a result known?"""
    return bool(lanes) and max(lanes) <= WORD_MASK


def _makers(placed: Placements) -> Makers:
    """By whom what each operation reads was computed first."""
    again = _computed_before(placed)
    return [
        tuple(
            dict.fromkeys(first for maker in one.producers for first in again.get(maker, (maker,)))
        )
        for one in placed.issued
    ]


def _computed_before(placed: Placements) -> dict[int, tuple[int, ...]]:
    """Of each operation that adds nothing those that add its words, which land no later."""
    before: dict[int, tuple[int, ...]] = {}
    first: dict[Hashable, int] = {}
    for number, one in enumerate(placed.issued):
        keys = [key for key in placed.values.keys(number, one) if not _is_known_word(key)]
        if keys and number in placed.values.again:
            adding = {first[key] for key in keys}
            if all(placed.issued[other].lands <= one.lands for other in adding):
                before[number] = tuple(sorted(adding))
                continue
        for key in keys:
            if key not in first or one.lands < placed.issued[first[key]].lands:
                first[key] = number
    return before


def _is_known_word(key: Hashable) -> bool:
    return isinstance(key, int) and key <= WORD_MASK


def _costing(placed: Placements, makers: Makers) -> tuple[list[int], dict[int, int]]:
    """The operations that cost a slot, and for each constant the one that stands for all like it"""
    unused = placed.unused_of(makers)
    results = placed.values.results
    known = [_known(lanes) for lanes in results]
    wanted = {
        maker
        for number, one in enumerate(placed.issued)
        if not known[number] and number not in unused and not one.kind.breaks
        for maker in makers[number]
    }
    costing: list[int] = []
    first: dict[Hashable, int] = {}
    stands_for: dict[int, int] = {}
    for number, one in enumerate(placed.issued):
        if number in unused or one.kind.breaks:
            continue
        if not known[number]:
            costing.append(number)
        elif (
            number in wanted
            and any(results[number])
            and one.kind.operation.name in ("const", "broadcast")
        ):
            words = results[number]
            if words not in first:
                first[words] = number
                costing.append(number)
            stands_for[number] = first[words]
    return costing, stands_for


def _edges(
    placed: Placements,
    makers: Makers,
    number: int,
    operations: dict[int, int],
    stands_for: dict[int, int],
) -> list[tuple[int, int, int]]:
    """(predecessor, kind, lag) of an operation; a constant has none."""
    if number in stands_for:
        return []
    waits = {stands_for.get(maker, maker) for maker in makers[number]}
    row = [(operations[maker], DATA, 0) for maker in sorted(waits) if maker in operations]
    edge = placed.edges["memory"].of(number)
    if edge and edge.source in operations and edge.source not in waits:
        lag = edge.earliest - placed.issued[edge.source].bundle
        row.append((operations[edge.source], ORDER, lag))
    return row


class _Modes:
    """The modes of an operation, looked up once a kind."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._engine = {name: number for number, name in enumerate(machine.slots)}
        self._rows: dict[tuple[str, Shape, bool], tuple[Row, ...]] = {}

    def of(self, issued: Issued, known: bool) -> tuple[Row, ...]:
        form = issued.kind.form
        key = (form.operation, form.shape, known)
        if key not in self._rows:
            names = {form.operation, *(_CONSTANT[form.shape] if known else ())}
            self._rows[key] = tuple(sorted(self._of(names, form.shape)))
        return self._rows[key]

    def _of(self, names: Iterable[str], shape: Shape) -> set[Row]:
        lanes = self._machine.vector_length
        return {
            (self._engine[mode.engine], lanes if mode.per_lane else 1, mode.latency)
            for name in names
            for mode in self._machine.modes_of(name, shape)
            if self._machine.slots[mode.engine]
        }
