"""The order of operations by urgency: that of a stable sort, whatever the numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.schedule.list_schedule import _most_urgent_first

WHOLE = st.integers(-(2**40), 2**40).map(float)
ANY = st.floats(allow_nan=False)


@given(st.lists(WHOLE) | st.lists(ANY) | st.lists(st.sampled_from([0.5, 1.0, 1.5, -np.inf])))
def test_the_most_urgent_is_first_and_of_equal_ones_the_first(numbers):
    urgency = np.array(numbers, dtype=np.float64)
    expected = np.argsort(-urgency, kind="stable")
    assert _most_urgent_first(urgency).tolist() == expected.tolist()
