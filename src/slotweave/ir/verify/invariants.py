"""What the verifiers of column values share: faults with the name of the invariant they break.

A verifier is a generator of faults (SW501); a sound value has none. Each of its invariants is one
function, and its name is the first word of the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import CheckFailed, Diagnostic


def fault(invariant: str, reason: str) -> Diagnostic:
    """A breach of `invariant`."""
    return Diagnostic("SW501", f"{invariant}: {reason}")


def require_none(faults: Iterable[Diagnostic]) -> None:
    """Raise CheckFailed with the first of `faults`, if there is one."""
    for first in faults:
        raise CheckFailed(first)


def column_faults(**columns: tuple[NDArray[Any], int]) -> Iterator[Diagnostic]:
    """Each column is one row of integers, of the length given with it."""
    for name, (column, length) in columns.items():
        if column.ndim != 1 or column.dtype.kind not in "iu":
            yield fault(
                "columns-are-integers", f"{name} is not a one-dimensional column of integers"
            )
        elif len(column) != length:
            yield fault("columns-fit", f"{name} has {len(column)} entries instead of {length}")


def row_faults(name: str, offset: NDArray[Any], rows: int, values: int) -> Iterator[Diagnostic]:
    """`offset` cuts `values` entries into `rows` rows, one after the other."""
    if offset.ndim != 1 or offset.dtype.kind not in "iu" or len(offset) != rows + 1:
        yield fault("rows-are-contiguous", f"{name} needs {rows + 1} integers")
    elif offset[0] != 0 or offset[-1] != values or np.any(np.diff(offset) < 0):
        yield fault("rows-are-contiguous", f"{name} does not rise from 0 to {values}")


def first_index(mask: NDArray[np.bool_]) -> int | None:
    """The first place where `mask` holds."""
    return int(np.argmax(mask)) if mask.any() else None


def row_of(offset: NDArray[Any], entry: int) -> int:
    """The row of a ragged column in which `entry` stands."""
    return int(np.searchsorted(offset, entry, side="right")) - 1
