"""Functions as kernels: their parameters, and the decorator that gives one a reference of its own.

    @kernel(reference=tripled)
    def triple(k, n=64): ...

Integer defaults are the parameters. Mistakes raise InputError (SW202) at the line of the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, overload

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.frontend.kernel import Parameter

Function = Callable[..., object]

#: `reference(memory, **parameters)` gives memory after the kernel; `memory` is its own copy.
Reference = Callable[..., Any]

_PARAMETER_LIMIT = 2**32 - 1


@dataclass(frozen=True)
class KernelFunction:
    """A kernel's function, its name, and its reference if it has one; a call calls the function."""

    function: Function
    name: str
    reference: Reference | None = None

    def __call__(self, *arguments: Any, **parameters: Any) -> object:
        return self.function(*arguments, **parameters)


@overload
def kernel(function: Function, /) -> KernelFunction: ...
@overload
def kernel(
    *, reference: Reference | None = None, name: str = ""
) -> Callable[[Function], KernelFunction]: ...
def kernel(
    function: Function | None = None, /, *, reference: Reference | None = None, name: str = ""
) -> KernelFunction | Callable[[Function], KernelFunction]:
    """Make a kernel of a function `f(k, n=64, ...)` whose integer defaults are its parameters.

    `reference(memory, **parameters)` says what the kernel must do, in NumPy: it gets a copy of
    memory, an array of uint32, with the kernel's parameters by name, and returns memory after the
    kernel, as long and as integers from 0 to 2^32 - 1; it may change its copy and return that. It
    is compared where memory is judged: in the regions that are output and those that are read-only.
    (What a kernel writes to the trace buffer is judged by its traced graph.)
    "verified" then means against the reference, and a kernel that differs from it is refused
    (SW403). Without one the kernel is judged by what its traced graph does, node by node.
    `name` is what results call the kernel (default: the name of the function).

    Raises InputError (SW202) if the function cannot be a kernel, or if the reference does not take
    its parameters.

    >>> def tripled(memory, n):
    ...     memory[n : 2 * n] = memory[:n] * 3
    ...     return memory
    >>> @kernel(reference=tripled)
    ... def triple(k, n=64):
    ...     source = k.region("in", 0, n, read_only=True)
    ...     result = k.region("out", n, n, output=True)
    ...     for i in range(0, n, k.vector_length):
    ...         result.vstore(i, source.vload(i) * 3)
    >>> triple.name, triple.reference is tripled
    ('triple', True)
    """

    def decorated(function: Function) -> KernelFunction:
        if not inspect.isfunction(function):
            reason = f"a kernel is a Python function f(k, n=64), not {function!r}"
            raise InputError(Diagnostic("SW202", reason))
        parameters = parameters_of(function)
        if reference is not None:
            _expect_takes(reference, function, parameters)
        return KernelFunction(function, name or function.__name__, reference)

    return decorated if function is None else decorated(function)


def parameters_of(function: Function) -> dict[str, Parameter]:
    """The parameters after the tracer: each needs an integer default."""
    signature = list(inspect.signature(function).parameters.values())
    if not signature or signature[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise _bad_signature(function, "its first parameter must be the tracer")
    found = {}
    for parameter in signature[1:]:
        default = parameter.default
        if type(default) is not int or parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            raise _bad_signature(function, f"{parameter.name} needs an integer default (n=64)")
        found[parameter.name] = Parameter(default, -_PARAMETER_LIMIT, _PARAMETER_LIMIT)
    return found


def _expect_takes(
    reference: Reference, function: Function, parameters: Mapping[str, Parameter]
) -> None:
    """Refuse a reference that cannot be called with memory and the kernel's parameters."""
    wanted = f"reference(memory{''.join(f', {name}' for name in parameters)})"
    if not callable(reference):
        reason = f"its reference is {reference!r}, not a function {wanted}"
        raise _bad_signature(function, reason)
    try:
        signature = inspect.signature(reference)
    except ValueError:  # a built-in function without one: the first call will tell
        return
    try:
        signature.bind(None, **dict.fromkeys(parameters))
    except TypeError as error:
        reason = f"its reference cannot be called as {wanted}: {error}"
        raise _bad_signature(function, reason) from None


def _bad_signature(function: Function, reason: str) -> InputError:
    code = inspect.unwrap(function).__code__
    place = Diagnostic("SW202", reason, file=code.co_filename, line=code.co_firstlineno)
    return InputError(place)
