"""Work that makes many objects, and no cycles of them, without a collector that looks for them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No cyclic garbage collection within; nothing changes if there is none anyway.

    Else a graph of many nodes is walked again and again: a fifth to a third of the time. What is
    left afterwards counts as old, or the collector would walk it at once.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
