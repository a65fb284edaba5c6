"""Adapter: operations on NumPy arrays of words, one element after the other independent.

Arrays are of dtype uint64 and hold words; so does the result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.isa.codegen import argument_names, numpy_source
from slotweave.isa.expression import WORD_MASK
from slotweave.isa.operations import OPERATIONS

WordArray = NDArray[np.uint64]


@cache
def array_function(name: str) -> Callable[..., WordArray]:
    """The operation `name` on arrays (broadcast against each other) of words.

    The function raises ZeroDivisionError if the operation is not defined for some element.
    """
    operation = OPERATIONS[name]
    if operation.meaning is None:
        raise ValueError(f"{name} has no value of its own")
    names = argument_names(operation)
    lines = [f"def {name}_({', '.join(names)}):"]
    if operation.defined_if is not None:
        defined = numpy_source(operation.defined_if, names)
        lines.append(f"    if not ({defined} != 0).all(): raise ZeroDivisionError({name!r})")
    result = numpy_source(operation.meaning, names)
    lines.append(f"    return {result} & uint64({WORD_MASK})")
    namespace: dict[str, Any] = {"where": np.where, "uint64": np.uint64}
    exec("\n".join(lines), namespace)  # our own text
    function: Callable[..., WordArray] = namespace[f"{name}_"]
    return function
