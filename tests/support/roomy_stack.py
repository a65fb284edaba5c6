"""A call whose callees never wait for room on the interpreter's stack.

CPython 3.11 and later keep the frames of Python functions in chunks of 16 KiB. A loop that calls
functions just where a chunk is full asks the system for a chunk, and gives it back, at each of the
calls, which takes a hundred times as long as the call. Compiling by Numba makes millions of calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Words of the frame of `call_with_room`. Its chunk gets the next power of two, of which what the
#: frame does not take, nearly a half, is left for those that it calls.
WORDS = 1 << 15


def call_with_room(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`function(*args, **kwargs)`, with room for a thousand frames in one chunk."""
    return function(*args, **kwargs)


call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=WORDS)
