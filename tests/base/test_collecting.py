"""Work without the collector of cycles leaves none behind."""

from __future__ import annotations

import gc
from weakref import ref

from slotweave.base.collecting import uncollected


class _Own:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.own = self


def test_cycles_that_work_leaves_are_gone_after_it() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        made = [ref(_Own()) for _ in range(gc.get_threshold()[0] + 1)]
        assert all(each() is not None for each in made)
    assert gc.isenabled()
    assert all(each() is None for each in made)


def test_nothing_changes_where_there_is_no_collector() -> None:
    gc.disable()
    try:
        with uncollected():
            made = ref(_Own())
        assert not gc.isenabled()
        assert made() is not None
    finally:
        gc.enable()
