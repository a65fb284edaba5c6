"""Problems as text, one line an operation; `problem_from_text(problem_to_text(p)) == p`.

    problem operations=2 storages=1
    engines alu=12 valu=6
    words 8
    operation node item modes after writes reads
    0 0 -1 valu*1@1#4|alu*8@1 - 0 -
    1 3 0 *0@0 0,1:-1 -1 0

A mode is `engine*slots@latency`, with `#source` if it has one; the engine is left out where there
is none. A predecessor is its number, with `:lag` for an order edge. Names are percent-encoded.
Holds for every problem without faults (see `problem_verify`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.text.table_text import (
    Line,
    RaggedColumn,
    TableReader,
    int_column,
    list_cell,
    shortened,
    table_text,
)

_COLUMNS = ("operation", "node", "item", "modes", "after", "writes", "reads")
_MODE = re.compile(r"([^*]*)\*([^@]+)@([^#]+)(?:#([0-9]+))?", re.ASCII)


def problem_to_text(problem: Problem) -> str:
    """`problem` as text."""
    engines = [
        f"{_encoded(name)}={slots}"
        for name, slots in zip(problem.engines, problem.slots, strict=True)
    ]
    header = (
        f"problem operations={problem.size} storages={len(problem.storage_words)}",
        " ".join(("engines", *engines)),
        f"words {list_cell(problem.storage_words.tolist())}",
    )
    return table_text(header, _COLUMNS, _rows(problem))


def _rows(problem: Problem) -> Iterator[str]:
    names = [_encoded(name) for name in problem.engines]
    modes = [
        f"{names[engine] if engine >= 0 else ''}*{slots}@{latency}"
        + (f"#{source}" if source >= 0 else "")
        for engine, slots, latency, source in zip(
            problem.mode_engine.tolist(),
            problem.mode_slots.tolist(),
            problem.mode_latency.tolist(),
            problem.mode_source.tolist(),
            strict=True,
        )
    ]
    preds = [
        str(pred) if kind == DATA else f"{pred}:{lag}"
        for pred, kind, lag in zip(
            problem.pred.tolist(),
            problem.pred_kind.tolist(),
            problem.pred_lag.tolist(),
            strict=True,
        )
    ]
    reads = problem.read.tolist()
    mode_at, pred_at = problem.mode_offset.tolist(), problem.pred_offset.tolist()
    read_at = problem.read_offset.tolist()
    nodes, items, writes = problem.nodes.tolist(), problem.items.tolist(), problem.writes.tolist()
    for i in range(problem.size):
        yield (
            f"{nodes[i]} {items[i]} {'|'.join(modes[mode_at[i] : mode_at[i + 1]])} "
            f"{list_cell(preds[pred_at[i] : pred_at[i + 1]])} {writes[i]} "
            f"{list_cell(reads[read_at[i] : read_at[i + 1]])}"
        )


def problem_from_text(text: str, file: str = "") -> Problem:
    """The problem that `text` says. Raises InputError (SW213) naming the line."""
    reader = TableReader(text, file)
    operations, storages = reader.header("problem", "operations", "storages")
    engines = _engines(reader.line("the engines"))
    words = _words(reader.line("the words of the storages"), storages)
    columns = _Columns({name: number for number, name in enumerate(engines)})
    for line in reader.rows(operations, *_COLUMNS):
        columns.add(line)
    reader.end()
    return columns.problem(engines, words)


class _Columns:
    """The columns of a problem, built operation by operation."""

    def __init__(self, engine_number: dict[str, int]) -> None:
        self._engine_number = engine_number
        self._single: tuple[list[int], list[int], list[int]] = ([], [], [])
        self._modes = tuple(RaggedColumn() for _ in range(4))
        self._preds = tuple(RaggedColumn() for _ in range(3))
        self._reads = RaggedColumn()

    def add(self, line: Line) -> None:
        _number, node, item, modes, after, writes, reads = line.cells
        for column, cell in zip(self._single, (node, item, writes), strict=True):
            column.append(line.integer(cell))
        self._add_rows(self._modes, [self._mode(line, cell) for cell in modes.split("|")])
        preds = [] if after == "-" else after.split(",")
        self._add_rows(self._preds, [_predecessor(line, cell) for cell in preds])
        self._reads.add(line.integers(reads))

    def _add_rows(self, columns: tuple[RaggedColumn, ...], rows: list[tuple[int, ...]]) -> None:
        for index, column in enumerate(columns):
            column.add(row[index] for row in rows)

    def _mode(self, line: Line, cell: str) -> tuple[int, ...]:
        match = _MODE.fullmatch(cell)
        if match is None:
            line.fail(f"{shortened(cell)} is not a mode 'engine*slots@latency'")
        name, slots, latency, source = match.groups()
        engine = self._engine_number.get(_decoded(name, line), -1) if name else -1
        if name and engine < 0:
            line.fail(f"{shortened(name)} is not among the engines")
        return (
            engine,
            line.integer(slots),
            line.integer(latency),
            -1 if source is None else line.integer(source),
        )

    def problem(self, engines: dict[str, int], words: list[int]) -> Problem:
        nodes, items, writes = (int_column(column) for column in self._single)
        engine, slots, latency, source = (column.values for column in self._modes)
        pred, kind, lag = (column.values for column in self._preds)
        return Problem(
            engines=tuple(engines),
            slots=tuple(engines.values()),
            nodes=nodes,
            items=items,
            mode_offset=self._modes[0].offset,
            mode_engine=engine,
            mode_slots=slots,
            mode_latency=latency,
            mode_source=source,
            pred_offset=self._preds[0].offset,
            pred=pred,
            pred_kind=kind,
            pred_lag=lag,
            writes=writes,
            read_offset=self._reads.offset,
            read=self._reads.values,
            storage_words=int_column(words),
        )


def _predecessor(line: Line, cell: str) -> tuple[int, ...]:
    pred, colon, lag = cell.partition(":")
    if colon:
        return line.integer(pred), ORDER, line.integer(lag)
    return line.integer(pred), DATA, 0


def _engines(line: Line) -> dict[str, int]:
    if line.cells[0] != "engines":
        line.fail("expected the line 'engines NAME=SLOTS ...'")
    engines: dict[str, int] = {}
    for cell in line.cells[1:]:
        encoded, _equals, slots = cell.partition("=")
        name = _decoded(encoded, line)
        if not name or name in engines:
            line.fail(f"engine {shortened(name)} is listed twice or has no name")
        engines[name] = line.integer(slots)
    return engines


def _words(line: Line, storages: int) -> list[int]:
    if line.cells[0] != "words" or len(line.cells) != 2:
        line.fail("expected the line 'words N,N,...'")
    words = line.integers(line.cells[1])
    if len(words) != storages:
        line.fail(f"{len(words)} storages where the header says {storages}")
    return words


def _encoded(name: str) -> str:
    return quote(name, safe="", errors="surrogatepass")


def _decoded(name: str, line: Line) -> str:
    try:
        return unquote(name, errors="surrogatepass")
    except UnicodeError:
        line.fail(f"{shortened(name)} is not a percent-encoded name")
