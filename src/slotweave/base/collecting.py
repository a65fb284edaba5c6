"""Work that makes many objects, and few cycles of them, without a collector that looks for them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No cyclic garbage collection within; nothing changes if there is none anyway.

    Else a graph of many nodes is walked again and again: a fifth to a third of the time. What is
    left afterwards is walked once, if it is as much as the collector waits for: cycles in it go
    then, and the rest counts as old.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            if gc.get_count()[0] > gc.get_threshold()[0]:
                gc.collect(1)
            gc.enable()
