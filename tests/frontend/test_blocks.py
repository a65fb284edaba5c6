"""Loops and branches as they are traced: blocks, jumps, and what must not cross them."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.frontend.tracer import RegionHandle, Tracer
from slotweave.ir.flow import Jump
from slotweave.ir.text.graph_text import graph_from_text, graph_to_text
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.simulate.graph import run_flow


def tracer() -> tuple[Tracer, RegionHandle]:
    k = Tracer("blocks", 4)
    return k, k.region("out", 0, 4, output=True)


def test_a_loop_is_a_block_that_jumps_to_its_own_start() -> None:
    k, out = tracer()
    total = k.variable(5)
    with k.loop(3) as left:
        total.value = total.value + left.value
    out.store(0, total.value)
    flow = k.flow()
    assert [block.jump for block in flow.blocks] == [None, Jump(1, left.number), None]
    assert flow.variables == (1, 1)


def test_a_branch_goes_to_one_of_two_blocks_and_on_behind_them() -> None:
    k, out = tracer()
    chosen = k.variable(0)

    def yes() -> None:
        chosen.value = 1

    def no() -> None:
        chosen.value = 2

    k.branch(out[0], yes, no)
    out.store(1, chosen.value)
    jumps = [block.jump for block in k.flow().blocks]
    assert jumps == [Jump(2, 1), Jump(3), None, None]


def test_graphs_of_blocks_are_well_formed_and_survive_as_text() -> None:
    k, out = tracer()
    total = k.variable(k.broadcast(out[0]))
    with k.loop(2):
        total.value = total.value + 1
    out.vstore(0, total.value)
    for block in k.flow().blocks:
        assert not list(graph_faults(block.graph))
        assert graph_from_text(graph_to_text(block.graph)) == block.graph


def test_a_value_does_not_cross_a_jump() -> None:
    k, out = tracer()
    word = out[0]
    with k.loop(2), pytest.raises(InputError, match=r"SW211 .*carry it here in a k\.variable"):
        out.store(1, word + 1)


def test_neither_does_one_on_the_right_of_an_operator() -> None:
    k, out = tracer()
    word = out[0]
    with k.loop(2), pytest.raises(InputError, match=r"carry it here"):
        out[1] + word


def test_a_loop_cannot_run_less_than_no_times() -> None:
    k, _out = tracer()
    with pytest.raises(InputError, match=r"SW211 .*a loop cannot run -1 times"), k.loop(-1):
        pass


def test_a_loop_of_no_rounds_leaves_no_block() -> None:
    k, out = tracer()
    total = k.variable(3)
    with k.loop(0):
        total.value = total.value + 1
        out.store(0, 9)
    out.store(1, total.value)
    flow = k.flow()
    assert not any(node.op == "store" for node in flow.blocks[0].graph.nodes)
    assert len(flow.blocks) == 2
    assert run_flow(flow, [5] * 40)[:2] == [5, 3]


def test_a_word_of_no_rounds_runs_nothing() -> None:
    k, out = tracer()
    with k.loop(out[0]) as left:
        out.store(2, left.value)
    out.store(1, left.value)
    flow = k.flow()
    assert run_flow(flow, [0] + [5] * 39)[:3] == [0, 0, 5]
    assert run_flow(flow, [2] + [5] * 39)[:3] == [2, 0, 1]


def test_a_word_that_is_known_needs_no_test_for_no_rounds() -> None:
    k, _out = tracer()
    with k.loop(k.literal(3)):
        pass
    assert [block.jump for block in k.flow().blocks] == [None, Jump(1, 0), None]


def test_neither_does_one_of_a_few_words_without_0() -> None:
    k, out = tracer()
    with k.loop(k.select(out[0], 3, 5)):
        pass
    assert [block.jump for block in k.flow().blocks] == [None, Jump(1, 0), None]
    with k.loop(k.select(out[0], 3, 0)):
        pass
    assert len([block for block in k.flow().blocks if block.jump is not None]) == 3


def test_what_is_made_in_a_loop_that_may_not_run_ends_with_it() -> None:
    k, out = tracer()
    with k.loop(out[0]):
        inner = k.variable(1)
    with pytest.raises(InputError, match=r"SW211 .*a loop that may run no times"):
        out.store(1, inner.value)


def test_a_kernel_that_jumps_has_no_single_graph() -> None:
    k, _out = tracer()
    with k.loop(2):
        pass
    with pytest.raises(InputError, match=r"SW211 the kernel jumps"):
        k.graph()


def test_a_malformed_assignment_is_reported() -> None:
    k, _out = tracer()
    k.variable(3)
    text = graph_to_text(k.flow().blocks[0].graph).replace("%1 = assign %0", "%1 = assign")
    assert "assigns not one value" in str(next(graph_faults(graph_from_text(text))))
