"""Tracing a kernel function: its graph, or an error at the user's line."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.trace import trace, trace_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import MINIMAL


def copy(k: Tracer, n: int = 4) -> None:
    """Copy n words."""
    source, target = k.region("in", 0, n, read_only=True), k.region("out", n, n, output=True)
    for i in range(n):
        target.store(i, source[i])


def line_of(function, offset: int) -> int:
    return function.__code__.co_firstlineno + offset


def test_a_function_is_traced_with_its_parameters() -> None:
    graph = trace_function(copy, "copy", 4, n=3)
    assert (graph.name, graph.memory_words) == ("copy", 6)
    assert sum(node.op == "store" for node in graph.nodes) == 3


def test_a_kernel_is_traced_for_the_machines_vectors() -> None:
    kernel = kernel_of_function(copy, "copy")
    plan = kernel.plan("default", {"n": 2}, "graph")
    graph = trace(kernel, {"n": 2}, "graph", plan, MINIMAL)
    assert (graph.vector_length, graph.memory_words) == (4, 4)


def divide(_k: Tracer) -> None:
    _helper(0)


def _helper(n: int) -> None:
    1 // n


def test_an_exception_is_reported_at_the_innermost_of_the_users_lines() -> None:
    with pytest.raises(InputError) as caught:
        trace_function(divide, "divide", 4)
    found = caught.value.diagnostic
    assert (found.code, found.file, found.line) == ("SW206", __file__, line_of(_helper, 1))
    assert "ZeroDivisionError" in found.message


def call_wrongly(k: Tracer) -> None:
    k.load(1)  # type: ignore[call-overload]


def test_a_wrong_call_is_reported_at_the_call() -> None:
    with pytest.raises(InputError) as caught:
        trace_function(call_wrongly, "call", 4)
    found = caught.value.diagnostic
    assert (found.code, found.line) == ("SW206", line_of(call_wrongly, 1))
    assert "missing 1 required positional argument: 'region'" in found.message


def leave(_k: Tracer) -> None:
    raise SystemExit


def test_leaving_the_program_is_a_failure_of_the_kernel() -> None:
    with pytest.raises(InputError, match=r"SW206 .*SystemExit"):
        trace_function(leave, "leave", 4)


class _OwnError(BaseException):
    """No Exception: a kernel's own way to end."""


def end_otherwise(_k: Tracer) -> None:
    raise _OwnError("over")


def close(_k: Tracer) -> None:
    raise GeneratorExit


def interrupt(_k: Tracer) -> None:
    raise KeyboardInterrupt


def test_whatever_a_kernel_raises_is_its_failure_but_an_interruption_is_none() -> None:
    with pytest.raises(InputError, match=r"SW206 .*_OwnError: over"):
        trace_function(end_otherwise, "k", 4)
    with pytest.raises(InputError, match=r"SW206 .*GeneratorExit"):
        trace_function(close, "k", 4)
    with pytest.raises(KeyboardInterrupt):
        trace_function(interrupt, "k", 4)


def branch(k: Tracer) -> None:
    if k.core_id() == 0:
        k.pause()


def test_misuse_keeps_its_own_code() -> None:
    with pytest.raises(InputError) as caught:
        trace_function(branch, "branch", 4)
    found = caught.value.diagnostic
    assert (found.code, found.line) == ("SW211", line_of(branch, 1))
