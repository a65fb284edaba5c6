"""Strands: work that a kernel traces step by step, and that need not be traced again.

A *strand* is a generator function of plain arguments, and what it traces depends on them alone (see
`Tracer.strand`). While it runs, each step is noted as nodes that refer to each other, and to values
that the trace shares (`Tracer.once`). Whoever traces the same kernel again, for a plan with other
choices, keeps a `StrandMemory`: a strand that was called with the same arguments before is not run,
its nodes are added as they were noted. So a change of choices costs the strands that it changes.

Guarantees: the graph is, node for node, the one that running all strands gives. Accesses find their
order among all others anew, and shared values are made where they are wanted first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from types import FunctionType
from typing import Any, cast

import numpy as np

from slotweave.frontend.misuse import misuse
from slotweave.frontend.recorder import Recorder, Said
from slotweave.frontend.regions import RegionHandle
from slotweave.frontend.values import Value
from slotweave.ir.demand import demanded_words
from slotweave.ir.graph import Node, Region

#: How many strands are kept (those of two traces in any case), and calls that give shared values.
STRANDS_KEPT, CALLS_KEPT = 256, 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function of a tracer, and its other arguments. Equal `key`s are the same call."""

    function: Callable[..., object]
    arguments: tuple[object, ...]
    key: Hashable


@dataclass(frozen=True, slots=True)
class Use:
    """A strand uses what a call gives, here for the first time: `number` is the memory's for that
    call, `where` the line that its nodes are from, if they are not from lines of the function."""

    number: int
    where: str | None


#: A node with arguments numbered in its strand, and what is known of it, if anything is; or values
#: to be used.
Entry = Node | tuple[Node, Said] | Use


@dataclass(frozen=True, slots=True)
class Strand:
    """The steps of a strand, and the lines that they come from."""

    steps: tuple[tuple[Entry, ...], ...]
    places: Mapping[tuple[str, int], str]


@dataclass
class StrandMemory:
    """Strands by what they were called with and for which length of vectors; the last ones."""

    _strands: OrderedDict[Hashable, Strand] = field(default_factory=OrderedDict, repr=False)
    _numbers: dict[Hashable, int] = field(default_factory=dict, repr=False)
    _calls: list[Call] = field(default_factory=list, repr=False)
    _asked_for: int = field(default=0, repr=False)

    @property
    def kept(self) -> int:
        """How many strands are kept."""
        return len(self._strands)

    def make_room(self) -> None:
        """Forget what is too much, before a kernel is traced."""
        while len(self._strands) > max(STRANDS_KEPT, 2 * self._asked_for):
            self._strands.popitem(last=False)
        self._asked_for = 0
        if len(self._calls) > CALLS_KEPT:
            self._strands.clear()
            self._numbers.clear()
            self._calls.clear()

    def strand(self, call: Call, lanes: int) -> Strand | None:
        """That of this call for vectors of `lanes` words, if it is known."""
        self._asked_for += 1
        key = call.key, lanes
        found = self._strands.get(key)
        if found is not None:
            self._strands.move_to_end(key)
        return found

    def keep(self, call: Call, lanes: int, strand: Strand) -> None:
        """`strand` is that of this call."""
        self._strands[call.key, lanes] = strand

    def number(self, call: Call) -> int:
        """The number of a call that gives shared values."""
        number = self._numbers.setdefault(call.key, len(self._calls))
        if number == len(self._calls):
            self._calls.append(call)
        return number

    def call(self, number: int) -> Call:
        """The call that has this number."""
        return self._calls[number]


def expect_function(what: str, function: object) -> None:
    """Raises InputError (SW211) if `function` may depend on more than its arguments."""
    if not isinstance(function, FunctionType):
        kind = type(function).__name__
        raise misuse(f"{what} is traced by a function written with `def`, not by a {kind}")
    if function.__closure__ is not None:
        raise misuse(f"{what} is traced by a function that uses no variables of functions around "
                     "it: what it depends on are its arguments")  # fmt: skip


class PlainKeys:
    """What tells plain values apart, for good: by it strands are known in other traces."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = regions  # may grow
        self._known: dict[int, tuple[object, Hashable]] = {}  # of dataclasses, which it keeps

    def of(self, what: str, value: object) -> Hashable:
        """Equal only for values of the same kinds. Raises InputError (SW211) for a value that is
        not plain, or of which a region is not declared."""
        kind = type(value)
        if kind in _ATOMS or isinstance(value, np.integer | Enum):
            return kind, value
        if isinstance(value, range):
            return kind, value.start, value.stop, value.step  # all empty ones are equal
        if kind is float:
            return kind, cast(float, value).hex()  # 0.0 and -0.0 are equal, and nan is not
        if kind is tuple:
            return kind, *[self.of(what, each) for each in cast("tuple[object, ...]", value)]
        known = self._known.get(id(value))
        if known is None:
            _expect_plain(what, value)
            if isinstance(value, Region) and value not in self._regions:
                raise misuse(f"region {value.name!r} is not declared in this trace")
            names = [each.name for each in fields(cast(Any, value))]
            key = kind, *[self.of(what, getattr(value, name)) for name in names]
            known = self._known[id(value)] = value, key
        return known[1]


_ATOMS = frozenset({int, bool, str, bytes, type(None)})


def _expect_plain(what: str, value: object) -> None:
    """Raises InputError (SW211) if `value` is no frozen dataclass."""
    if isinstance(value, Value):
        raise misuse(f"{what} is given numbers and names, not values: let it make them itself, or "
                     "share them by k.once")  # fmt: skip
    if isinstance(value, RegionHandle):
        raise misuse(f"{what} is given a region as `.region` of it, which is the same in every "
                     "trace; load and store take it, too")  # fmt: skip
    kind = type(value)
    if not is_dataclass(value) or not cast(Any, kind).__dataclass_params__.frozen:
        raise misuse(f"{what} is given numbers, names, regions (as `.region`), and tuples and "
                     f"frozen dataclasses of these, not a {kind.__name__}")  # fmt: skip


def leaves(result: object) -> tuple[Value, ...]:
    """The values that a call of `k.once` gives: one, or a tuple of them. Raises InputError."""
    found = result if type(result) is tuple else (result,)
    if not all(isinstance(each, Value) for each in found):
        raise misuse(f"k.once shares a value or a tuple of values, not {result!r}")
    return found


class Recording:
    """Notes what a strand traces while it runs; `used` is what calls gave it, by their keys."""

    def __init__(self, recorder: Recorder, memory: StrandMemory) -> None:
        self.used: dict[Hashable, Any] = {}
        self._recorder, self._memory = recorder, memory
        self._numbers: dict[int, int] = {}  # of nodes, in the strand
        self._own: list[Node] = []  # by number; for what it uses, nodes without arguments
        self._restricted: list[int] = []  # vloads of its own of which some words may be used
        self._steps: list[tuple[Entry, ...]] = []
        self._entries: list[Entry] = []
        self._lines: set[str] = set()
        self._noted = 0

    def begin_step(self) -> None:
        """Nodes from now on are the strand's own."""
        self._entries, self._noted = [], len(self._recorder.nodes)

    def use(self, call: Call, values: Sequence[Value], made_from: int, where: str | None) -> None:
        """The strand uses `values`, for which the nodes from `made_from` on were made."""
        self._note_nodes(made_from)
        self._noted = len(self._recorder.nodes)
        self._entries.append(Use(self._memory.number(call), where))
        self._lines.update(() if where is None else (where,))
        for value in values:
            self._number(value.index, Node("const", value.width))

    def end_step(self) -> None:
        """A step is over."""
        self._note_nodes(len(self._recorder.nodes))
        self._steps.append(tuple(self._entries))

    def strand(self) -> Strand:
        """All steps. Raises InputError (SW211) if words of a vload are used that must not be: only
        the strand itself uses what it loads."""
        recorder = self._recorder
        demand = demanded_words(self._own) if self._restricted else []
        for index in self._restricted:
            recorder.usable.settle(index, demand[self._numbers[index]], recorder.regions)
        return Strand(tuple(self._steps), recorder.places_of(self._lines))

    def _number(self, index: int, own: Node) -> None:
        self._numbers[index] = len(self._own)
        self._own.append(own)

    def _note_nodes(self, stop: int) -> None:
        """The nodes before `stop` that are not noted yet; accesses find their joins anew."""
        recorder, numbers = self._recorder, self._numbers
        for index in range(self._noted, stop):
            node = recorder.nodes[index]
            if node.op == "join":
                continue
            args = tuple([numbers[arg] for arg in node.args])
            own, said = node.with_edges(args, ()), recorder.said_of(index)
            self._entries.append(own if said is None else (own, said))
            self._lines.add(node.where)
            self._number(index, own)
            if said is not None and said.usable is not None:
                self._restricted.append(index)


def repeat_step(
    step: Sequence[Entry],
    numbered: list[int],
    recorder: Recorder,
    given: Callable[[Use], Sequence[Value]],
) -> None:
    """Add the nodes of a step once more. `numbered` are the nodes of the strand so far, `given`
    gives what it uses."""
    repeat, add, note = recorder.repeat, recorder.repeat_with, numbered.append
    for entry in step:
        if isinstance(entry, Node):
            note(repeat(entry, tuple([numbered[arg] for arg in entry.args])))
        elif isinstance(entry, Use):
            numbered += [value.index for value in given(entry)]
        else:
            node, said = entry
            note(add(node, tuple([numbered[arg] for arg in node.args]), said))
