"""Where in the user's file a call into the frontend comes from, and errors that point there."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from types import FrameType

from slotweave.base.diagnostics import Diagnostic, InputError

_HERE = str(Path(__file__).parent) + os.sep


@cache
def is_frontend_file(file: str) -> bool:
    """Whether code of `file` belongs to this package, or to what runs its `with` blocks."""
    return file.startswith(_HERE) or file == contextlib.__file__


def user_frame() -> FrameType:
    """The innermost frame outside this package."""
    frame = sys._getframe(1)
    while is_frontend_file(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return frame


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
    return InputError(Diagnostic("SW211", reason, frame.f_code.co_filename, frame.f_lineno))
