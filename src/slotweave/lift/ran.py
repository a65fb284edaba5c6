"""A slot as it ran while a program was lifted: on which values it worked, and which it made."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.lift.builder import Ref


@dataclass(frozen=True, slots=True)
class Ran:
    """Slot number `slot` of `engine` in `bundle`, which ran when `cycle` cycles were over.

    `args` and `result` are references to words of the graph, source by source; the result of a
    gather's lane is one word. `makers` are the slots, by their number in the run, that wrote the
    scratch words it reads; `unwritten` are those of the words that nothing has written before.
    """

    cycle: int
    bundle: int
    engine: str
    slot: int
    operation: str
    args: tuple[tuple[Ref, ...], ...]
    result: tuple[Ref, ...]
    makers: tuple[int, ...]
    unwritten: tuple[int, ...]
