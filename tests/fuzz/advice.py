"""Claims about programs that stand in each other's way: what is said of operations can be done."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from slotweave.machine import CHALLENGE, Machine
from strategies.machines import machines
from strategies.tangled_programs import tangle
from support.advice import case_of, false_advice

advised = st.tuples(
    st.one_of(st.just(CHALLENGE), st.just(CHALLENGE), machines(max_latency=3)),
    st.integers(0, 2**32 - 1),
)


def advice_is_true(drawn: Any) -> None:
    """Moved as advised, or left out as unused, the program shows what it showed."""
    machine, seed = drawn
    assert isinstance(machine, Machine)
    rng = random.Random(seed)
    found = next(false_advice(case_of(tangle(machine, seed), machine, rng), rng), None)
    assert found is None, found
