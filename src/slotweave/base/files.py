"""Files: read with bounds, and written so that they appear whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from slotweave.base.diagnostics import Diagnostic, InputError

#: The longest file that is read: ten million bundles, more words than memories ever have.
MAX_FILE_BYTES = 1 << 28


def read_text(file: str, code: str) -> str:
    """The text of `file`. Raises InputError: SW203 if it cannot be read, `code` if not UTF-8."""
    try:
        if not file:
            raise FileNotFoundError(errno.ENOENT, "the name is empty")
        with Path(file).open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)  # one more than allowed: a device has no end
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise unreadable(file, error) from None
    return text_of(content, file or "''", code)


def text_of(content: bytes, called: str, code: str) -> str:
    """`content` as text, of what is `called` so. Raises as `read_text` does."""
    if len(content) > MAX_FILE_BYTES:
        reason = f"is longer than {MAX_FILE_BYTES >> 20} MiB"
        raise InputError(Diagnostic("SW203", reason, file=called))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(Diagnostic(code, "is not UTF-8 text", file=called, line=line)) from None


def unreadable(called: str, error: OSError | ValueError) -> InputError:
    """The complaint that a file cannot be read."""
    reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    if isinstance(error, FileNotFoundError) and called:
        reason = "no such file"
    return InputError(Diagnostic("SW203", reason, file=called or "''"))


def write_whole(named: Path, data: bytes) -> None:
    """Write `data` under a temporary name beside its place, then rename it.

    So nobody ever sees half of it, and a failure (OSError) leaves what was there before.
    """
    path = named.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
