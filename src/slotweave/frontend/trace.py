"""Run a kernel on a tracer: `trace` gives its graph, or an error at the user's line."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from traceback import walk_tb
from types import CodeType, TracebackType
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError, SlotweaveError
from slotweave.base.interruption import TimeIsUpError
from slotweave.frontend.kernel import Kernel, Parameters
from slotweave.frontend.misuse import as_typed, is_frontend_file, is_unstarted
from slotweave.frontend.strands import StrandMemory
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.machine import Machine

_PACKAGE = str(Path(__file__).parents[1]) + os.sep


def trace(
    kernel: Kernel, parameters: Parameters, contract: str, plan: Plan, machine: Machine
) -> Graph:
    """The graph of `kernel` for vectors as long as those of `machine` (see `trace_function`)."""
    build, lanes = kernel.build, machine.vector_length
    return trace_function(build, kernel.name, lanes, parameters, contract, plan)


def trace_function(
    build: Callable[..., object],
    name: str,
    vector_length: int,
    /,
    *arguments: Any,
    **parameters: Any,
) -> Graph:
    """The graph that `build(tracer, *arguments, **parameters)` writes.

    Raises InputError at the line in the user's file: SW211 for misuse of the tracer, SW206 for any
    other exception.
    """
    tracer = _traced(build, Tracer(name, vector_length), *arguments, **parameters)
    graph = tracer.graph()
    tracer.forget()
    return graph


def trace_flow(
    kernel: Kernel,
    parameters: Parameters,
    contract: str,
    plan: Plan,
    machine: Machine,
    strands: StrandMemory | None = None,
) -> Flow:
    """The blocks of `kernel`, one if it does not jump (see `trace_function`).

    A kernel that knows them already is not run again, nor are strands that the memory knows.
    """
    build, lanes = kernel.build, machine.vector_length
    known = kernel.traced(parameters, lanes) if kernel.traced is not None else None
    if known is not None:
        return known
    return _flow_of(_traced(build, Tracer(kernel.name, lanes, strands), parameters, contract, plan))


def trace_blocks(
    build: Callable[..., object],
    name: str,
    vector_length: int,
    /,
    *arguments: Any,
    **parameters: Any,
) -> Flow:
    """The blocks that `build(tracer, *arguments, **parameters)` writes (see `trace_function`)."""
    return _flow_of(_traced(build, Tracer(name, vector_length), *arguments, **parameters))


def _flow_of(tracer: Tracer) -> Flow:
    flow = tracer.flow()
    tracer.forget()
    return flow


def _traced(
    build: Callable[..., object], tracer: Tracer, /, *arguments: Any, **parameters: Any
) -> Tracer:
    try:
        with redirect_stdout(sys.stderr):  # what a kernel prints is no data of ours
            unstarted = is_unstarted(build(tracer, *arguments, **parameters))
    except (SlotweaveError, KeyboardInterrupt):
        raise
    except TimeIsUpError as error:
        file = _file_of(build)
        if not file.startswith(_PACKAGE):  # a kernel that ships is known to end
            error.file, error.line = _users_line(error.__traceback__, file)
        raise
    except BaseException as error:  # a kernel's own may be any
        raise kernel_failure(error, _file_of(build)) from error
    if unstarted:
        reason = "a kernel is a plain function: a generator or an async function does not run"
        code = _code_of(build)
        raise InputError(
            Diagnostic("SW211", reason, _file_of(build), code.co_firstlineno if code else None)
        )
    return tracer


def kernel_failure(error: BaseException, file: str, what: str = "") -> InputError:
    """`error` as an InputError (SW206) at the innermost line of code that lies with `file`.

    `what` begins the message.
    """
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    place, line = _users_line(error.__traceback__, file)
    return InputError(Diagnostic("SW206", f"{what}{reason}", file=place, line=line))


def _file_of(build: Callable[..., object]) -> str:
    code = _code_of(build)
    return code.co_filename if code else ""


def _code_of(build: Callable[..., object]) -> CodeType | None:
    """The code of a function as its author wrote it."""
    code: CodeType | None = getattr(inspect.unwrap(build), "__code__", None)
    return code


def _users_line(traceback: TracebackType | None, file: str) -> tuple[str, int | None]:
    """The innermost place in the folder of `file`, else the innermost outside this package."""
    places: list[tuple[str, int | None]] = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(traceback)
        if not is_frontend_file(frame.f_code.co_filename)
        and not frame.f_code.co_filename.startswith("<frozen ")  # the import system itself
    ]
    folder = Path(file).parent.resolve()
    near = [(as_typed(place, [file]), line) for place, line in places
            if file and Path(place).parent.resolve() == folder]  # fmt: skip
    return (near or places or [(file, None)])[-1]
