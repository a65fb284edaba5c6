"""Constants of all blocks are made in the first one."""

from __future__ import annotations

from slotweave.backend.lower import share_constants
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow
from slotweave.ir.verify.graph_verify import graph_faults


def looping() -> Flow:
    k = Tracer("constants", 4)
    out = k.region("out", 0, 8, output=True)
    total, row = k.variable(7), k.variable(k.literal_vector(7))
    with k.loop(3):
        total.value = total.value + 5
        row.value = row.value * 7
    out.vstore(0, row.value)
    k.trace_write(total.value + 5)
    return k.flow()


def test_only_the_first_block_makes_constants() -> None:
    first, *others = share_constants(looping()).blocks
    assert any(node.op == "const" for node in first.graph.nodes)
    assert not any(node.op == "const" for block in others for node in block.graph.nodes)


def test_a_constant_is_carried_once_for_all_blocks() -> None:
    before = looping()
    after = share_constants(before)
    assert sorted(after.variables[len(before.variables) :]) == [1, 1, 1, 4]  # 0, 1, 5; 7777


def test_graphs_stay_well_formed() -> None:
    for block in share_constants(looping()).blocks:
        assert not list(graph_faults(block.graph))
