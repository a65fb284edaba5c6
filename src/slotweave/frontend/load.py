"""Kernels of the user's own: `file.py:function` names a function `f(k, n=64, ...)`.

Its integer defaults are the parameters. What the kernel must do is what its traced graph does, node
by node, and what its own reference says, if it brings one (see `kernel_function`). Such a kernel
has one contract and no choices to plan.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from functools import lru_cache, wraps
from pathlib import Path
from types import ModuleType

import numpy as np

from slotweave.base.diagnostics import Diagnostic, InputError, SlotweaveError
from slotweave.base.files import unreadable
from slotweave.base.interruption import TimeIsUpError
from slotweave.frontend.kernel import Kernel, Parameters, Words
from slotweave.frontend.kernel_function import KernelFunction, parameters_of
from slotweave.frontend.misuse import as_typed, is_unstarted
from slotweave.frontend.own_reference import reference_end, reference_name
from slotweave.frontend.trace import kernel_failure, trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, known_memory
from slotweave.ir.plan import Plan
from slotweave.simulate.graph import flow_end, run_flow

CONTRACT = "graph"

#: Memories of more words are not made for runs.
MOST_WORDS_RUN = 1 << 22


def load_kernel_file(spec: str, vector_length: int = 8) -> Kernel:
    """The kernel that `spec` ("file.py:function") names; its reference has that vector length.

    Raises InputError: SW203 if the file cannot be read, SW206 if it cannot be run, SW201 if it has
    no such function, SW202 if the function's parameters have no integer defaults.
    """
    file, _, name = spec.rpartition(":")
    if not file or not name:
        raise InputError(Diagnostic("SW201", f"a kernel is named file.py:function, not {spec!r}"))
    module = _run_file(file)
    function = getattr(module, name, None)
    if not isinstance(function, KernelFunction) and not inspect.isfunction(function):
        close = get_close_matches(name, _functions(module), n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise InputError(
            Diagnostic("SW201", f"there is no function {name!r} in it{hint}", file=file)
        )
    return kernel_of_function(function, spec, vector_length)


def _functions(module: ModuleType) -> list[str]:
    """The functions that a file defines, which may be kernels."""
    return [name for name, value in vars(module).items()
            if isinstance(value, KernelFunction) or inspect.isfunction(value)]  # fmt: skip


def kernel_of_function(
    given: KernelFunction | Callable[..., object], name: str, vector_length: int = 8
) -> Kernel:
    """A kernel whose program the function `given(k, **parameters)` writes."""
    whole = given if isinstance(given, KernelFunction) else KernelFunction(given, name)
    function, own = whole.function, whole.reference
    parameters, judged = parameters_of(function), _judged(function)

    @lru_cache(maxsize=4)  # a graph may be large; the last few shapes are what is asked for again
    def flow_of(values: tuple[tuple[str, int], ...]) -> Flow:
        return trace_blocks(judged, name, vector_length, **dict(values))

    def flow(values: Parameters) -> Flow:
        return flow_of(tuple(sorted(values.items())))

    def graph(values: Parameters) -> Graph:
        return flow(values).blocks[-1].graph  # the last block knows all regions

    def traced(values: Parameters, lanes: int) -> Flow | None:
        return flow(values) if lanes == vector_length else None

    @wraps(function)
    def build(k: Tracer, values: Parameters, _contract: str, _plan: Plan) -> object:
        return judged(k, **values)

    def memory(values: Parameters, _contract: str, rng: np.random.Generator) -> Words:
        traced = graph(values)
        if traced.memory_words > MOST_WORDS_RUN:
            raise _too_much_memory(function, traced.memory_words)
        return _drawn(traced, rng)

    def reference(words: Words, values: Parameters, _contract: str) -> Words:
        end = np.array(run_flow(flow(values), words.tolist()), dtype=np.uint32)
        return end if own is None else reference_end(own, words, end, graph(values), values)

    @lru_cache(maxsize=4)
    def traces(values: tuple[tuple[str, int], ...]) -> bool:
        return _traces(flow_of(values))

    def trace(words: Words, values: Parameters, _contract: str) -> tuple[int, ...]:
        if not traces(tuple(sorted(values.items()))):
            return ()
        return flow_end(flow(values), words.tolist()).trace

    def facts(values: Parameters, _contract: str) -> Facts:
        traced = graph(values)
        known = known_memory(traced.regions)
        return Facts(memory_words=traced.memory_words, words=known, regions=traced.regions)

    def plan(plan_name: str, _values: Parameters, _contract: str) -> Plan:
        return Plan(plan_name, kernel=name)

    text = (inspect.getdoc(function) or "").partition("\n")[0]
    return Kernel(
        name, text, parameters, (CONTRACT,), build, memory, reference, facts, plan,
        trace=trace, judged_by_trace=True, judge=reference_name(own) if own else "the traced graph",
        traced=traced,
    )  # fmt: skip


def _drawn(graph: Graph, rng: np.random.Generator) -> Words:
    """A random memory that holds what it is known to hold."""
    words = rng.integers(0, 2**32, graph.memory_words, dtype=np.uint32)
    for address, word in known_memory(graph.regions).items():
        words[address] = word
    return words


def _judged(function: Callable[..., object]) -> Callable[..., object]:
    """`function`, which raises InputError if it says of nothing that it is output."""

    @wraps(function)
    def judged(k: Tracer, **values: int) -> object:
        result = function(k, **values)
        if not is_unstarted(result) and not k.is_judged:
            raise _unjudged(function)
        return result

    return judged


def _unjudged(function: Callable[..., object]) -> InputError:
    reason = (
        "no region is output, so there is nothing to judge a program by: mark the regions whose "
        "words count with k.region(..., output=True)"
    )
    code = function.__code__
    return InputError(Diagnostic("SW211", reason, code.co_filename, code.co_firstlineno))


def _too_much_memory(function: Callable[..., object], words: int) -> InputError:
    reason = (
        f"memory has {words:,} words, and each program is run on a whole memory of at most "
        f"{MOST_WORDS_RUN:,} words; declare smaller regions, nearer to address 0"
    )
    code = function.__code__
    return InputError(Diagnostic("SW211", reason, code.co_filename, code.co_firstlineno))


def _traces(flow: Flow) -> bool:
    """Whether a block writes to the trace buffer."""
    return any(node.op == "trace_write" for block in flow.blocks for node in block.graph.nodes)


def _run_file(file: str) -> ModuleType:
    """The module that `file` makes, run like a script that can import its neighbours.

    Errors and tracebacks name the file as it is given.
    """
    path = Path(file)
    try:
        path.open("rb").close()
    except OSError as error:
        raise unreadable(file, error) from None
    module_name = f"slotweave_kernel_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise InputError(Diagnostic("SW203", "a kernel file has the suffix .py", file=file))
    module = importlib.util.module_from_spec(spec)
    with _importable(module, path.resolve().parent):
        try:
            with redirect_stdout(sys.stderr):
                # not by the loader, which would give the code an absolute path
                exec(compile(path.read_bytes(), file, "exec", dont_inherit=True), vars(module))
        except (SlotweaveError, KeyboardInterrupt, TimeIsUpError):
            raise
        except SyntaxError as error:
            place = Diagnostic("SW206", f"SyntaxError: {error.msg}",
                               as_typed(error.filename or file, [file]), error.lineno)  # fmt: skip
            raise InputError(place) from error
        except BaseException as error:  # a file's own may be any
            raise kernel_failure(error, file) from error
    return module


@contextmanager
def _importable(module: ModuleType, folder: Path) -> Iterator[None]:
    """While the module runs, it is known by its name (dataclasses ask) and finds its neighbours."""
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        del sys.modules[module.__name__]
