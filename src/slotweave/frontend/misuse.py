"""Where in the user's file a call into the frontend comes from, and errors that point there."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir import memory_order

_HERE = str(Path(__file__).parent) + os.sep


@cache
def is_frontend_file(file: str) -> bool:
    """Whether code of `file` belongs to this package, or to what it is called back by."""
    return file.startswith(_HERE) or file in (contextlib.__file__, memory_order.__file__)


def user_frame() -> FrameType:
    """The innermost frame outside this package."""
    frame = sys._getframe(1)
    while is_frontend_file(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def as_typed(file: str, others: Iterable[str]) -> str:
    """`file`, which imports name by an absolute path, in the folder as one of the `others` that
    lie beside it is named: as its user typed it."""
    folder = Path(file).parent
    for other in others:
        typed = Path(other).parent
        if typed.resolve() == folder.resolve():
            return str(typed / Path(file).name)
    return file


def _callers(frame: FrameType | None) -> Iterator[str]:
    """The files of the code that called `frame`, the outermost last."""
    while frame is not None:
        if not frame.f_code.co_filename.startswith("<"):  # "<frozen runpy>" is no file
            yield frame.f_code.co_filename
        frame = frame.f_back


def warn(reason: str) -> None:
    """Warn of something at the user's line, once for each line."""
    frame = user_frame()
    seen = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(reason, UserWarning, frame.f_code.co_filename, frame.f_lineno,
                           registry=seen)  # fmt: skip


def is_unstarted(result: object) -> bool:
    """Whether `result` is what calling a generator or an async function gives: it has not run."""
    if inspect.iscoroutine(result):
        result.close()
        return True
    return inspect.isgenerator(result) or inspect.isasyncgen(result)


def misuse(reason: str) -> InputError:
    """An error (SW211) at the user's line."""
    frame = user_frame()
    file = frame.f_code.co_filename
    relative = (other for other in _callers(frame) if not Path(other).is_absolute())
    return InputError(Diagnostic("SW211", reason, as_typed(file, relative), frame.f_lineno))
