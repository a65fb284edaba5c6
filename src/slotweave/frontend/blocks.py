"""Blocks while they are traced: the variables of a kernel, its labels, and where jumps cut it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from slotweave.frontend.values import Operand
from slotweave.ir.flow import Block, Flow, Jump
from slotweave.ir.graph import Graph

if TYPE_CHECKING:
    from slotweave.frontend.tracer import Tracer

Kind = TypeVar("Kind", bound=Operand)


class Variable(Generic[Kind]):
    """A word or a vector that may change and lives on through jumps; `k.variable` makes it."""

    def __init__(self, tracer: Tracer, number: int, start: Kind) -> None:
        self.number = number
        self._tracer = tracer
        self._kind: type[Kind] = type(start)
        self._width = start.width
        self._block = -1
        self._now = start
        self.value = start

    def __repr__(self) -> str:
        return "<variable: its value is .value>"

    @property
    def value(self) -> Kind:
        """What it holds now; set it to a value of the same shape (SW211) or to an integer.

        >>> best = k.variable(a[1])
        >>> best.value = k.select(a[2] > best.value, a[2], best.value)
        >>> words(best.value)
        [2]
        """
        if self._block != self._tracer.block:
            index = self._tracer.read_variable(self.number, self._width)
            self._now = self._kind(self._tracer, index, self._width)
            self._block = self._tracer.block
        return self._now

    @value.setter
    def value(self, value: Kind | int) -> None:
        self._now = self._tracer.assign(self.number, value, self._kind)
        self._block = self._tracer.block


@dataclass(frozen=True, slots=True)
class _LabelledJump:
    label: int
    condition: int | None


class BlockList:
    """The blocks traced so far. Labels are numbers that get their block when they are placed.

    `unset` are variables that may never have been assigned, made in loops that may not run.
    """

    def __init__(self) -> None:
        self.widths: list[int] = []
        self.unset: set[int] = set()
        self.assigned: dict[int, int] = {}  # variable -> node, in the present block
        self._blocks: list[tuple[Graph, _LabelledJump | None]] = []
        self._place: list[int] = []

    def __len__(self) -> int:
        return len(self._blocks)

    def label(self) -> int:
        """A label that has yet to be placed."""
        self._place.append(-1)
        return len(self._place) - 1

    def place(self, label: int) -> int:
        """`label` is the block that begins now."""
        self._place[label] = len(self._blocks)
        return label

    def end(self, graph: Graph, label: int | None = None, condition: int | None = None) -> None:
        """The present block ends, with a jump to `label` if there is one."""
        jump = None if label is None else _LabelledJump(label, condition)
        self._blocks.append((graph, jump))
        self.assigned = {}

    def flow(self, last: Graph) -> Flow:
        """All blocks that may run, `last` after them."""
        blocks = [
            Block(graph, None if jump is None else Jump(self._place[jump.label], jump.condition))
            for graph, jump in self._blocks
        ]
        return Flow(last.name, tuple(self.widths), _reachable((*blocks, Block(last))))


def _reachable(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that a way from the first one leads to, and the last one."""
    reached, waiting = {len(blocks) - 1}, [0]
    while waiting:
        number = waiting.pop()
        if number in reached or number >= len(blocks):
            continue
        reached.add(number)
        jump = blocks[number].jump
        if jump is None or jump.condition is not None:
            waiting.append(number + 1)
        if jump is not None:
            waiting.append(jump.target)
    kept = sorted(reached)
    place = [bisect_left(kept, number) for number in range(len(blocks) + 1)]
    return tuple(_moved(blocks[number], place) for number in kept)


def _moved(block: Block, place: list[int]) -> Block:
    """`block` where block number n has become number place[n]."""
    jump = block.jump
    return block if jump is None else replace(block, jump=Jump(place[jump.target], jump.condition))
