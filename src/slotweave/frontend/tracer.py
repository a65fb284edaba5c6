"""The tracer: what a kernel writes a graph through.

A kernel is a Python function that calls a `Tracer` and computes on the symbolic values it gets back
(see `values`). It runs once; Python loops unroll, and what was called, in that order, is the graph.
Each node knows the user's line. Misuse raises InputError (SW211) pointing there. `value_tracer`
says in what surroundings the examples of docstrings run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import index as integer
from typing import cast, overload

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.frontend.blocks import BlockList, Variable
from slotweave.frontend.misuse import is_unstarted, misuse
from slotweave.frontend.regions import RegionHandle, known_words
from slotweave.frontend.strands import StrandMemory
from slotweave.frontend.value_tracer import Kind, ValueTracer
from slotweave.frontend.values import Block, Vector, Word
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Region

__all__ = ["Block", "RegionHandle", "Tracer", "Variable", "Vector", "Word"]


#: A region as `k.region` gives it, or the description of one.
SomeRegion = RegionHandle | Region


class Tracer(ValueTracer):
    """Records a graph. Vectors have `vector_length` words."""

    def __init__(
        self, name: str = "", vector_length: int = 8, strands: StrandMemory | None = None
    ) -> None:
        super().__init__(name, vector_length, strands)
        self._blocks = BlockList()

    def graph(self) -> Graph:
        """The graph recorded so far, of a kernel without jumps."""
        self._expect_whole()
        if len(self._blocks):
            reason = "the kernel jumps (k.loop, k.branch), which is not possible here"
            raise InputError(Diagnostic("SW211", reason))
        return self._recorder.graph()

    def flow(self) -> Flow:
        """The blocks recorded so far."""
        self._expect_whole()
        self._assign_variables()
        flow = self._blocks.flow(self._recorder.graph())
        return replace(flow, sources=self._recorder.sources())

    def _expect_whole(self) -> None:
        self._refuse_apart("the graph is taken")
        self._expect_ended()

    def forget(self) -> None:
        """Let go of what was recorded.

        The tracer and the values of a kernel hold each other: only the collector of cycles would
        find the nodes.
        """
        recorder, self._recorder = self._recorder, self._recorder.successor()
        recorder.forget()
        self._strands = StrandMemory()
        self._blocks = BlockList()
        self._begin_block()

    @property
    def is_judged(self) -> bool:
        """Whether what was traced leaves anything to judge it by: output, or a trace."""
        return self._recorder.is_judged

    # Memory

    def memory(self, words_total: int) -> None:
        """Declare the length of memory in words; without it, memory ends with the last region.

        Regions must lie within it, and addresses have 32 bits (SW211).

        >>> k.memory(80)
        """
        self._refuse_apart("memory is declared")
        self._recorder.declare_memory(integer(words_total))

    def region(
        self,
        name: str,
        start: int,
        length: int,
        read_only: bool = False,
        output: bool = False,
        words: Sequence[int] = (),
    ) -> RegionHandle:
        """Declare `length` words of memory from address `start` on; gives a handle to access them.

        `read_only` regions are inputs, which the program must leave as they are. `output` regions
        are what a program is judged by: at least one is needed, unless the kernel writes a trace.
        The words of all others are scratch memory and may end as they like. `words` are the first
        ones that the region holds before each run, if that is known. Names differ, and regions must
        not overlap (SW211).

        >>> k.region("more", 80, 8, output=True)
        <region 'more': addresses 80 to 87>
        """
        self._refuse_apart("a region is declared")
        region = Region(
            str(name), integer(start), integer(length), bool(read_only), bool(output),
            known_words(str(name), words),
        )  # fmt: skip
        self._recorder.declare_region(region)
        return RegionHandle(self, region)

    @overload
    def load(self, address: Word | int, region: SomeRegion) -> Word: ...
    @overload
    def load(self, address: Vector, region: SomeRegion) -> Vector: ...
    def load(self, address: Word | Vector | int, region: SomeRegion) -> Word | Vector:
        """Load the word at `address` of memory; for a vector of addresses a gather, lane by lane.

        `region` is a promise that the addresses lie in it (SW116 if one does not). `region[i]` and
        `region.gather(v)` are the same by index. This, `vload`, `store` and `vstore` also take the
        `.region` of a region, which is the same whenever the kernel is traced.

        >>> words(k.load(a.start + 3, a))
        [3]
        """
        source = self._operand(address)
        index = self._recorder.load(source.index, source.width, self._region(region))
        return type(source)(self, index, source.width)

    def vload(
        self, address: Word | int, region: SomeRegion, used: int | Collection[int] | None = None
    ) -> Vector:
        """Load `vector_length` consecutive words from `address` on, the first of them in `region`.

        `used` promises which lanes will be used: an integer N for the first N, or a collection of
        lane numbers. Stores to the others need not wait, and the others may lie outside the
        region, as long as memory is long enough. Without `used` that is true of words after the
        region's end. Using another lane is an error (SW211).

        >>> words(k.vload(a.start + 3, a))
        [3, 4, 5, 6, 7, 8, 9, 10]
        """
        lanes = used if used is None or isinstance(used, Collection) else range(integer(used))
        source = self._word(address)
        index = self._recorder.vload(source.index, self._region(region), lanes)
        return Vector(self, index, self.vector_length)

    def store(
        self, address: Word | Vector | int, value: Word | Vector | int, region: SomeRegion
    ) -> None:
        """Store a word at `address`; for a vector of addresses a scatter, each lane at its own.

        Where two lanes may have the same address, the last lane stands. An integer is stored in
        every lane. `region` must not be read-only (SW211).

        >>> k.store(out.start + 1, 7, out)
        """
        target = self._operand(address)
        source = self._lift(value, type(target))
        self._recorder.store(target.index, source.index, self._region(region))

    def vstore(self, address: Word | int, vector: Vector | int, region: SomeRegion) -> None:
        """Store `vector_length` consecutive words from `address` on; all lie in `region`.

        >>> k.vstore(out.start, a.vload(8), out)
        """
        value = self._lift(vector, Vector)
        self._recorder.vstore(self._word(address).index, value.index, self._region(region))

    def _region(self, region: SomeRegion) -> Region:
        """A region of this trace."""
        found = region.region if isinstance(region, RegionHandle) else region
        if not isinstance(found, Region):
            raise misuse(f"a region is needed here, not {region!r}")
        if found not in self._recorder.regions:
            raise misuse(f"region {found.name!r} is not declared in this trace")
        return found

    # Control

    def variable(self, start: Kind | int) -> Variable[Kind]:
        """Make a variable that holds `start`, a word or a vector; an integer makes it a word.

        Only variables carry values through jumps. Read and set what it holds as `.value`; it keeps
        its shape (SW211).

        >>> total = k.variable(0)
        >>> with k.loop(4):
        ...     total.value = total.value + 10
        >>> words(total.value)
        [40]
        """
        self._refuse_apart("a variable is made")
        value = self._operand(start)
        self._blocks.widths.append(value.width)
        return Variable(self, len(self._blocks.widths) - 1, cast(Kind, value))

    def read_variable(self, number: int, width: int) -> int:
        """Record reading variable `number` as the present block found it (see `Variable.value`)."""
        self._refuse_apart("a variable is read")
        if number in self._blocks.unset:
            raise misuse("this variable was made in a loop that may run no times: make it before "
                         "the loop")  # fmt: skip
        return self._recorder.add("variable", width, imm=number)

    def assign(self, number: int, value: Kind | int, kind: type[Kind]) -> Kind:
        """Let variable `number` hold `value`, returned as that kind (see `Variable.value`)."""
        self._refuse_apart("a variable is set")
        lifted = self._lift(value, kind)
        self._blocks.assigned[number] = lifted.index
        return lifted

    @contextmanager
    def loop(self, times: Word | int) -> Iterator[Variable[Word]]:
        """Run what is traced within `times` times: a loop of the program, which Python traces once.

        `times` is an integer, not negative (SW211), or a word, which is decided when the program
        runs; 0 times is not at all. The variable that `with` gives holds the number of rounds
        left, the present one included; setting it changes how many follow. Only variables carry
        values from round to round, into the loop and out of it. One that is made in a loop that
        may not run cannot be read after it (SW211).

        >>> i = k.variable(0)
        >>> with k.loop(4) as left:
        ...     out.store(i.value, left.value)
        ...     i.value = i.value + 1
        >>> words(out)[:5]
        [4, 3, 2, 1, 0]
        """
        self._refuse_apart("the program jumps")
        if isinstance(times, int) and times < 0:
            raise misuse(f"a loop cannot run {times} times")
        if isinstance(times, Vector):
            raise misuse("a loop runs a number of times that is one word, not a vector")
        left: Variable[Word] = self.variable(times)
        nothing = self._recorder.may_be(left.value.index, 0)
        skip, first = self._blocks.label(), len(self._blocks.widths)
        if nothing is None:
            self._cut(skip, self.variable(left.value == 0).number)
        else:
            self._cut(skip if nothing else None)
        start = self._blocks.place(self._blocks.label())
        yield left
        left.value = left.value - 1
        self._cut(start, left.number)
        self._blocks.place(skip)
        if nothing is not False:
            self._blocks.unset.update(range(first, len(self._blocks.widths)))

    def branch(self, condition: Word, yes: Callable[[], object], no: Callable[[], object]) -> None:
        """Run what `yes` traces if the word `condition` is not 0, else what `no` traces.

        `yes` and `no` are functions of no arguments; both are traced, one of them runs. Only
        variables carry values into them and out of them. `k.select` chooses without a jump.

        >>> k.branch(a[3] > 2, lambda: out.store(0, 5), lambda: out.store(0, 6))
        >>> words(out)[0]
        5
        """
        self._refuse_apart("the program jumps")
        if isinstance(condition, Vector):
            raise misuse("a branch is decided by one word, not by a vector: take a lane of it, or "
                         "choose lane by lane with k.select")  # fmt: skip
        decision = self.variable(self._word(condition))
        label, end = self._blocks.label(), self._blocks.label()
        self._cut(label, decision.number)
        _expect_run(no())
        self._cut(end)
        self._blocks.place(label)
        _expect_run(yes())
        self._cut()
        self._blocks.place(end)

    def _cut(self, label: int | None = None, condition: int | None = None) -> None:
        """End the present block, with a jump if a label is given, and begin another one."""
        self._expect_ended()
        self._assign_variables()
        self._blocks.end(self._recorder.graph(), label, condition)
        self._recorder = self._recorder.successor()
        self._begin_block()

    def _assign_variables(self) -> None:
        for number, node in self._blocks.assigned.items():
            self._recorder.add("assign", 0, (node,), imm=number)

    def pause(self) -> None:
        """Pause here where the simulator is told to; all memory accesses stay on their side of it.

        >>> k.pause()
        """
        self._refuse_apart("the program pauses")
        self._recorder.pause()

    def trace_write(self, word: Word | int) -> None:
        """Append a word to the trace buffer; these writes stay in order.

        The trace is part of what a program is judged by, like the regions marked as output.

        >>> k.trace_write(a[2])
        """
        self._refuse_apart("the trace is written to")
        self._recorder.trace_write(self._word(word).index)

    def core_id(self) -> Word:
        """Get the number of the core that runs this, 0 for the first.

        >>> words(k.core_id())
        [0]
        """
        return Word(self, self._recorder.add("core_id", 1), 1)


def _expect_run(result: object) -> None:
    """Refuse what a generator or an async function returns: nothing in it has run."""
    if is_unstarted(result):
        raise misuse("a side of a branch is a plain function: this one is a generator or async, "
                     "and nothing in it has run")  # fmt: skip
