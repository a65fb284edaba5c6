"""The oracle: what is right does not differ, what is wrong or fails does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.trace import trace_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.selftest import oracle
from slotweave.selftest.oracle import Oracle, oracle_for
from support.small_results import small_result

INDICES, VALUES = 7 + 15, 7 + 15 + 16


@cache
def small_oracle() -> Oracle:
    return oracle_for(TREE_HASH, small_result().job.parameters, "values", seed=0, count=3)


def differs(program: Program, **options: Any) -> str:
    return small_oracle().program_differs(program, CHALLENGE, **options)


def then(*bundles: Bundle) -> Program:
    """The right program and more behind it."""
    return replace(small_result().program, bundles=(*small_result().program.bundles, *bundles))


def storing(word: int, address: int) -> tuple[Bundle, ...]:
    constants = (("const", 0, word), ("const", 1, address))
    return {"load": constants}, {"store": (("store", 1, 0),)}


def test_what_is_right_does_not_differ() -> None:
    assert differs(small_result().program) == differs(small_result().program, both=True) == ""
    assert small_oracle().graph_differs(small_result().block.traced) == ""


def test_a_wrong_word_of_the_output_differs() -> None:
    assert f"memory[{VALUES + 2}] is 5 instead of" in differs(then(*storing(5, VALUES + 2)))


def test_a_changed_input_differs() -> None:
    assert "memory[9] is 5 instead of" in differs(then(*storing(5, 9)))


def test_working_memory_may_end_as_it_likes() -> None:
    assert differs(then(*storing(5, INDICES))) == ""


def test_a_run_that_fails_differs() -> None:
    assert "memory has" in differs(then(*storing(5, 10_000)))


def test_what_only_strict_mode_refuses_does_not_differ() -> None:
    twice: Bundle = {"load": (("const", 0, 1), ("const", 0, 2))}
    assert differs(then(twice), both=True) == ""


def test_a_wrong_node_of_a_graph_differs() -> None:
    traced = small_result().block.traced
    nodes = [replace(node, op="sub") if node.op == "xor" else node for node in traced.nodes]
    assert "instead of" in small_oracle().graph_differs(
        small_result().block.traced.with_nodes(tuple(nodes))
    )


def traces(k: Tracer) -> None:
    a = k.region("a", 0, 2, output=True)
    k.trace_write(a[0])


def test_another_trace_differs() -> None:
    kernel = kernel_of_function(traces, "traces", CHALLENGE.vector_length)
    judge = oracle_for(kernel, {}, CONTRACT, seed=0, count=3)
    load: Bundle = {"load": (("load", 1, 0),)}
    silent = replace(small_result().program, bundles=({"load": (("const", 0, 0),)}, load))
    right = replace(silent, bundles=(*silent.bundles, {"flow": (("trace_write", 1),)}))
    assert judge.program_differs(right, CHALLENGE, both=True) == ""
    assert "the trace buffer holds ()" in judge.program_differs(silent, CHALLENGE)
    graph = trace_function(traces, "traces", CHALLENGE.vector_length)
    assert judge.graph_differs(graph) == ""
    untraced = tuple(node for node in graph.nodes if node.op != "trace_write")
    assert "the trace buffer holds ()" in judge.graph_differs(graph.with_nodes(untraced))


def test_simulators_that_end_differently_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    right = oracle.run

    def wrong(program: Program, *arguments: Any, **options: Any) -> Any:
        shorter = replace(program, bundles=program.bundles[:-1])
        return right(shorter, *arguments, **options)

    monkeypatch.setattr(oracle, "run", wrong)
    with pytest.raises(CheckFailed) as failure:
        differs(small_result().program, both=True)
    assert "two simulators" in failure.value.diagnostic.message
    assert differs(small_result().program) == ""
