"""What work is labelled with, what a trace shares, and work that need not be traced again.

`ValueTracer` adds operations on values to it. The examples of docstrings run as there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from inspect import iscoroutinefunction, isgeneratorfunction
from itertools import count
from operator import index as integer
from typing import Any, Self, TypeVar, TypeVarTuple, cast

from slotweave.base.diagnostics import InputError
from slotweave.frontend.misuse import misuse
from slotweave.frontend.recorder import Recorder
from slotweave.frontend.strands import (
    Call,
    PlainKeys,
    Recording,
    Strand,
    StrandMemory,
    Use,
    expect_function,
    leaves,
    repeat_step,
)
from slotweave.frontend.values import Value

#: Items have numbers below this.
MOST_ITEMS = 1 << 31

Rest = TypeVarTuple("Rest")
Given = TypeVar("Given")

_ENDED = object()


class StrandTracer:
    """Records nodes with labels, in strands or not."""

    def __init__(
        self, name: str = "", vector_length: int = 8, strands: StrandMemory | None = None
    ) -> None:
        self.vector_length = vector_length
        self.block = 0
        self._recorder = Recorder(name, vector_length)
        self._shared: dict[Hashable, Any] = {}  # what calls gave, by their keys
        self._given_by_number: dict[int, Sequence[Value]] = {}  # the same, by `Use.number`
        self._strands = StrandMemory() if strands is None else strands
        self._strands.make_room()
        self._keeps_strands = strands is not None
        self._plain = PlainKeys(self._recorder.regions)
        self._recording: Recording | None = None  # of the step that is traced now
        self._going: dict[object, InputError] = {}  # strands, and what is wrong if they do not end
        self._outside = 0  # the block outside of strands and shared values
        self._scopes = count(-1, -1)  # numbers for `block` in these

    # Labels

    @contextmanager
    def item(self, number: int) -> Iterator[None]:
        """Label what is traced within as work for item (or group of items) `number`.

        -1 says that the work is for several. Labels change no result: they name work in reports,
        and plans may order it by item.

        >>> with k.item(3):
        ...     out.store(3, a[3])
        """
        item = integer(number)
        if not -MOST_ITEMS <= item < MOST_ITEMS:
            raise misuse(f"items are numbered from 0 to {MOST_ITEMS - 1}; this one is {item}")
        before, self._recorder.item = self._recorder.item, item
        try:
            yield
        finally:
            self._recorder.item = before

    @contextmanager
    def stage(self, label: str) -> Iterator[None]:
        """Label what is traced within with the name of a stage, which reports show.

        >>> with k.stage("hash"):
        ...     x = a[0] * 5
        """
        before, self._recorder.stage = self._recorder.stage, str(label)
        try:
            yield
        finally:
            self._recorder.stage = before

    # Values that the whole trace shares

    def once(self, function: Callable[[Self, *Rest], Given], *arguments: *Rest) -> Given:
        """Take what `function(k, *arguments)` gives, a value or a tuple of values, traced once.

        It is traced where it is asked for first, as work for several items; who asks later with the
        same arguments gets the same. The function depends on nothing but its arguments: numbers,
        names, regions as `.region` of them, tuples and frozen dataclasses of such (SW211). It does
        not jump, pause, write to the trace, declare memory or use variables.

        >>> def row(k, region, number):
        ...     return k.vload(k.constant(region.start + 8 * number), region)
        >>> words(k.once(row, a.region, 2) + k.once(row, a.region, 2))
        [32, 34, 36, 38, 40, 42, 44, 46]
        """
        call = self._call("a shared value", function, arguments)
        if isgeneratorfunction(function) or iscoroutinefunction(function):
            raise misuse("a shared value is traced by a plain function, which returns it")
        given: Given = self._given(call)
        return given

    def _call(self, what: str, function: Callable[..., Any], arguments: tuple[object, ...]) -> Call:
        expect_function(what, function)
        return Call(function, arguments, (function, self._plain.of(what, arguments)))

    def _given(self, call: Call, by_function: bool = True, here: str | None = None) -> Any:
        """What a call gives; its nodes are from lines of the function, or else from the user's, or
        from `here`."""
        recorder, recording, key = self._recorder, self._recording, call.key
        made_from = len(recorder.nodes)
        if key not in self._shared:
            before = recorder.here
            recorder.here = here or before
            try:
                with self._apart(next(self._scopes), -1, ""):
                    made = call.function(self, *call.arguments)
                    leaves(made)
            finally:
                recorder.here = before
            self._shared[key] = self._as_of(made, self._outside)
        given = self._shared[key]
        if self.block == self._outside:
            return given
        given = self._as_of(given, self.block)
        if recording is not None and key not in recording.used:
            where = None if by_function else recorder.line()
            recording.use(call, leaves(given), made_from, where)
            recording.used[key] = given
        return given

    def _as_of(self, given: Any, block: int) -> Any:
        """The same values, for use in a block, a strand or a shared value."""
        if isinstance(given, tuple):
            return tuple(self._as_of(each, block) for each in given)
        value = type(given)(self, given.index, given.width)
        value.block = block
        return value

    # Work that need not be traced again

    def strand(
        self, function: Callable[[Self, *Rest], Iterator[None]], *arguments: *Rest
    ) -> Iterator[None]:
        """Trace `function(k, *arguments)` step by step: each `next` to its next `yield`.

        Steps of different strands may follow each other in any order; each strand is run to its end
        (SW211). Its labels are its own, and so are its values: it shares those of `k.once` alone.
        Otherwise the function, a generator function, is like one for `k.once`. Where a kernel is
        traced for many plans, as kernels with choices are by `tune`, a strand of a function and
        arguments that were there before is not run again: its operations are known.

        >>> def twice(k, source, target, i):
        ...     value = k.load(k.literal(source.start + i), source)
        ...     yield
        ...     k.store(target.start + i, value * 2, target)
        >>> strands = [k.strand(twice, a.region, out.region, i) for i in range(3)]
        >>> for strand in strands:
        ...     next(strand)
        >>> for strand in strands:
        ...     next(strand, None)
        >>> words(out)[:4]
        [0, 2, 4, 0]
        """
        call = self._call("a strand", function, arguments)
        if not isgeneratorfunction(function):
            raise misuse("a strand is traced by a generator function: `yield` ends each of its "
                         "steps")  # fmt: skip
        known = self._known(call)
        token = object()
        self._going[token] = misuse("this strand is not run to its end before a jump or the end of "
                                    "the kernel: call `next` on it until it stops")  # fmt: skip
        return Steps(self._run(call, token) if known is None else self._repeated(known, token))

    def _known(self, call: Call) -> Strand | None:
        """The strand of that call, if it was traced before, in another trace."""
        return self._strands.strand(call, self.vector_length) if self._keeps_strands else None

    def _run(self, call: Call, token: object) -> Iterator[None]:
        recording, scope = Recording(self._recorder, self._strands), next(self._scopes)
        outside = self._outside
        steps = cast(Iterator[None], call.function(self, *call.arguments))
        labels, ended = (-1, ""), False
        while not ended:
            with self._step(outside, scope, labels, recording):
                given: object = next(steps, _ENDED)
                ended = given is _ENDED
                labels = self._recorder.item, self._recorder.stage
            if given is not None and not ended:
                raise misuse("a `yield` ends a step of a strand, and gives nothing to anybody")
            if not ended:
                yield
        strand = recording.strand()
        if self._keeps_strands:
            self._strands.keep(call, self.vector_length, strand)
        del self._going[token]

    def _repeated(self, strand: Strand, token: object) -> Iterator[None]:
        self._recorder.know_places(strand.places)
        numbered, outside, scope = list[int](), self._outside, next(self._scopes)
        for number, step in enumerate(strand.steps):
            if number:
                yield
            with self._step(outside, scope, (-1, "")):
                repeat_step(step, numbered, self._recorder, self._used)
                self._recorder.expect_room()
        del self._going[token]

    def _used(self, use: Use) -> Sequence[Value]:
        found = self._given_by_number.get(use.number)
        if found is None:
            call = self._strands.call(use.number)
            found = leaves(self._given(call, here=use.where))
            self._given_by_number[use.number] = found
        return found

    @contextmanager
    def _step(
        self,
        outside: int,
        scope: int,
        labels: tuple[int, str],
        recording: Recording | None = None,
    ) -> Iterator[None]:
        """A step of the strand `scope`, which began in the block `outside`."""
        if outside != self._outside:
            raise misuse("a strand cannot go on after a jump")
        self._refuse_apart("a strand goes on")
        with self._apart(scope, *labels, recording):
            if recording is not None:
                recording.begin_step()
            yield
            if recording is not None:
                recording.end_step()

    @contextmanager
    def _apart(
        self, scope: int, item: int, stage: str, recording: Recording | None = None
    ) -> Iterator[None]:
        """With these labels, trace what a strand or a shared value is made of."""
        recorder = self._recorder
        before = self.block, self._recording, recorder.item, recorder.stage
        self.block, self._recording = scope, recording
        recorder.item, recorder.stage = item, stage
        try:
            yield
        finally:
            self.block, self._recording, recorder.item, recorder.stage = before

    def _begin_block(self) -> None:
        """Nothing is shared with what was traced until now."""
        self._outside += 1
        self.block = self._outside
        self._shared, self._given_by_number = {}, {}

    def _expect_ended(self) -> None:
        for wrong in self._going.values():
            raise wrong

    def _refuse_apart(self, what: str) -> None:
        if self.block != self._outside:
            raise misuse(f"{what} within a strand or a shared value, which is not possible")


class Steps(Iterator[None]):
    """The steps of a strand, which nothing but `next` is done to."""

    def __init__(self, steps: Iterator[None]) -> None:
        self._steps = steps

    def __next__(self) -> None:
        return next(self._steps)
