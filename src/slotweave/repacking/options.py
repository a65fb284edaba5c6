"""What may be done to a program, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slotweave.backend.fit import Effort

#: Random memories on which the new program is held against the given one.
INSTANCES = 20

#: Told of each stage, each better program and each evaluation: what it is ("" if the evaluation
#: found nothing better), the fewest cycles so far, and the evaluations so far.
Listener = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RepackOptions:
    """What may be done: rules, vectors, and how many ways to schedule.

    `vectorize` None packs operations on words into vectors where there are any to pack, and tries
    the variants without, too.
    """

    rewrite: bool = True
    vectorize: bool | None = None
    effort: Effort = Effort.DEFAULT
    seed: int = 0
    instances: int = INSTANCES
