"""The arrays that describe a program to the compiled simulator."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Where the result of a slot goes.
NOWHERE, SCRATCH, MEMORY = 0, 1, 2


class Code(NamedTuple):
    """An encoded program by columns, a row for each slot in listing order; see `encode`."""

    first: NDArray[np.int64]  # bundle -> first row; one more at the end
    counts: NDArray[np.bool_]  # bundle -> does it cost a cycle?
    controls: NDArray[np.bool_]  # bundle -> has it slots of control or trace?
    proved: NDArray[np.bool_]  # bundle -> is it known to read only words that were written?
    operation: NDArray[np.int16]  # see opcodes
    source: NDArray[np.uint32]  # (row, 3): scratch addresses, then constants
    reads: NDArray[np.int16]  # (row, 3): scratch words read from each source on
    dest: NDArray[np.uint32]  # first scratch word written
    width: NDArray[np.int32]  # words of the result
    space: NDArray[np.int8]  # where the result goes
    latency: NDArray[np.int32]
    out: NDArray[np.int32]  # place of the result among the results of its bundle


class Work(NamedTuple):
    """Working memory of one run; `depth` is the largest latency of the machine."""

    value: NDArray[np.uint32]  # depth blocks of results
    address: NDArray[np.uint64]  # memory address of each slot of the current bundle
    due: NDArray[np.int64]  # (depth, row, 3): what lands when; columns in `interpreter`
    due_count: NDArray[np.int64]  # rows used
    seen: NDArray[np.bool_]  # bundle -> have its reads been checked?
    visits: NDArray[np.int64]  # bundle -> how often it was run
