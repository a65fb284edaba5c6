"""stdin, stdout and stderr that were closed before the command began, or that take nothing more."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper
from typing import Literal, TextIO

#: What the system says where nothing more can be written.
FULL_OR_CLOSED = frozenset({
    errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.ENXIO, errno.EPIPE,
})  # fmt: skip


def replace_closed_streams() -> None:
    """Where Python found stdin or stdout closed, put one that says so when it is used.

    A closed stderr takes what it is given and drops it, for there is nowhere to complain; Python
    would print on stdout what is meant for it.
    """
    if sys.stdin is None:
        sys.stdin = _opened("r", os.O_WRONLY)
    if sys.stdout is None:
        sys.stdout = _opened("w", os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _opened("w", os.O_WRONLY)


def show_what_can_be_shown() -> None:
    """Let stdout show a question mark where its encoding has no such character."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


def _opened(mode: Literal["r", "w"], access: int) -> TextIO:
    """A stream of that mode on what has no content; if `access` is the other one, its use fails."""
    return os.fdopen(os.open(os.devnull, access), mode, encoding="utf-8")


def discard(stream: TextIO) -> None:
    """Drop what `stream` still holds and is given, so that its end brings no complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
