"""What work is labelled with, what a trace shares, and work that need not be traced again.

`ValueTracer` adds operations on values to it. The examples of docstrings run as there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from operator import index as integer
from typing import Any, Self, TypeVar, TypeVarTuple, cast

from slotweave.frontend.misuse import misuse
from slotweave.frontend.recorder import Recorder
from slotweave.frontend.strands import (
    Call,
    Recording,
    Strand,
    StrandMemory,
    Use,
    leaves,
    pure_call,
    repeat_step,
    strand_call,
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
        self._strands = StrandMemory() if strands is None else strands
        self._strands.make_room()
        self._given_by_number: dict[int, Sequence[Value]] = {}  # the same, by `Use.number`
        self._recording: Recording | None = None  # of the step that is traced now
        self._is_apart = False  # whether what is traced now is a strand's, or a shared value's

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
        names, regions as `.region` of them, and frozen dataclasses of such (SW211). So strands
        share values (see `k.strand`).

        >>> def row(k, region, number):
        ...     return k.vload(k.constant(region.start + 8 * number), region)
        >>> words(k.once(row, a.region, 2) + k.once(row, a.region, 2))
        [32, 34, 36, 38, 40, 42, 44, 46]
        """
        given: Given = self._given(pure_call("a shared value", function, arguments))
        return given

    def _given(self, call: Call, by_function: bool = True, here: str | None = None) -> Any:
        """What a call gives; its nodes are from lines of the function, or else from the user's, or
        from `here`."""
        recorder, key = self._recorder, call.key
        made_from = len(recorder.nodes)
        if key not in self._shared:
            before = recorder.here
            recorder.here = here or before
            try:
                with self._apart(-1, ""):
                    made = call.function(self, *call.arguments)
            finally:
                recorder.here = before
            leaves(made)
            self._shared[key] = made
        given = self._shared[key]
        if self._recording is not None and key not in self._recording.used:
            where = None if by_function else recorder.line()
            self._recording.use(call, leaves(given), made_from, where)
        return given

    # Work that need not be traced again

    def strand(
        self, function: Callable[[Self, *Rest], Iterator[None]], *arguments: *Rest
    ) -> Iterator[None]:
        """Trace `function(k, *arguments)` step by step: each `next` to its next `yield`.

        Steps of different strands may follow each other in any order. Where a kernel is traced for
        many plans, as by `tune`, a strand that had the same arguments before is not run again: its
        operations are known. So the function, a generator function, is like one for `k.once`; it
        uses no values but its own and such, and does not jump, pause, write to the trace, declare
        memory or use variables (SW211).

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
        call = strand_call(function, arguments)
        known = self._strands.strand(call, self.vector_length)
        return self._run(call) if known is None else self._repeated(known)

    def _run(self, call: Call) -> Iterator[None]:
        recording, block = Recording(self._recorder, self._strands), self.block
        steps = cast(Iterator[None], call.function(self, *call.arguments))
        labels, ended = (-1, ""), False
        while not ended:
            with self._step(block, labels, recording):
                ended = next(steps, _ENDED) is _ENDED
                labels = self._recorder.item, self._recorder.stage
            if not ended:
                yield
        self._strands.keep(call, self.vector_length, recording.strand())

    def _repeated(self, strand: Strand) -> Iterator[None]:
        self._recorder.know_places(strand.places)
        numbered, block = list[int](), self.block
        for number, step in enumerate(strand.steps):
            if number:
                yield
            with self._step(block, (-1, "")):
                repeat_step(step, numbered, self._recorder, self._used)

    def _used(self, use: Use) -> Sequence[Value]:
        found = self._given_by_number.get(use.number)
        if found is None:
            call = self._strands.call(use.number)
            found = leaves(self._given(call, here=use.where))
            self._given_by_number[use.number] = found
        return found

    @contextmanager
    def _step(
        self, block: int, labels: tuple[int, str], recording: Recording | None = None
    ) -> Iterator[None]:
        """A step of a strand that began in `block`; it has labels of its own."""
        if block != self.block:
            raise misuse("a strand cannot go on after a jump")
        self._refuse_apart("a strand goes on")
        with self._apart(*labels, recording):
            if recording is not None:
                recording.begin_step()
            yield
            if recording is not None:
                recording.end_step()

    @contextmanager
    def _apart(self, item: int, stage: str, recording: Recording | None = None) -> Iterator[None]:
        """With these labels, trace what a strand or a shared value is made of."""
        recorder = self._recorder
        before = self._is_apart, self._recording, recorder.item, recorder.stage
        self._is_apart, self._recording = True, recording
        recorder.item, recorder.stage = item, stage
        try:
            yield
        finally:
            self._is_apart, self._recording, recorder.item, recorder.stage = before

    def _share_anew(self) -> None:
        """Nothing is shared with what was traced until now."""
        self._shared, self._given_by_number = {}, {}

    def _refuse_apart(self, what: str) -> None:
        if self._is_apart:
            raise misuse(f"{what} within a strand or a shared value, which is not possible")
