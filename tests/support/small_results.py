"""Tree hash compiled for shapes so small that a test can break it a hundred times."""

from __future__ import annotations

from functools import cache

from slotweave.driver.compiled import Compiled
from slotweave.frontend.trace import trace_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import CHALLENGE
from support.compiled import Compiled as CompiledGraph
from support.compiled import compiled as compiled_graph
from support.tree_hash import compiled


@cache
def small_result(contract: str = "values") -> Compiled:
    """Two vectors of items, five rounds in a tree of height 3."""
    return compiled((3, 5, 16), contract, instances=2)


@cache
def constants_stored() -> CompiledGraph:
    """So many constants that most of them may also be sums, or added immediates."""

    def build(k: Tracer) -> None:
        out = k.region("out", 0, 200, output=True)
        for address in range(200):
            k.store(address, 1000 + 3 * address, out)

    return compiled_graph(trace_function(build, "constants", CHALLENGE.vector_length), CHALLENGE)
