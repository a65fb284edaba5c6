"""Blocks run node by node: what loops compute, and that endless ones are given up."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow, Jump
from slotweave.simulate.graph import run_flow


def summing() -> Flow:
    k = Tracer("summing", 4)
    out = k.region("out", 0, 2, output=True)
    total = k.variable(0)
    with k.loop(4) as left:
        total.value = total.value + left.value
    out.store(0, total.value)
    return k.flow()


def test_a_loop_counts_down_to_one() -> None:
    assert run_flow(summing(), [0, 9]) == [4 + 3 + 2 + 1, 9]


def test_a_loop_without_end_is_given_up() -> None:
    flow = summing()
    first, *others = flow.blocks
    endless = type(first)(first.graph, Jump(0))
    with pytest.raises(CheckFailed, match=r"SW114 test_flow.py:\d+: still running after 50 blocks"):
        run_flow(Flow(flow.name, flow.variables, (endless, *others)), [0, 0], max_blocks=50)
