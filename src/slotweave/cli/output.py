"""What a command writes: files that appear whole or not at all, and JSON objects.

Guarantees: a regular file is written under a temporary name beside its place and then renamed, so
that nobody ever sees half of it, and a failure leaves what was there before.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError

STDOUT = "-"
SCHEMA_VERSION = 1


def print_json(value: Mapping[str, Any]) -> None:
    """Print `value` as one JSON object, the schema version first."""
    versioned = {"schema_version": SCHEMA_VERSION, **value}
    print(json.dumps(versioned, indent=2, allow_nan=False, default=_plain))


def _plain(value: Any) -> Any:
    """Read-only mappings and NumPy numbers as JSON knows them."""
    return dict(value) if isinstance(value, Mapping) else value.item()


def expect_one_on_stdout(destination: str | None, json: bool) -> None:
    """Refuse `-o -` together with --json: stdout holds one of them."""
    if json and destination == STDOUT:
        reason = "--json and -o - would both write to stdout; give -o a file"
        raise InputError(Diagnostic("SW212", reason))


def expect_writable(destination: str | None) -> None:
    """Complain before long work about a destination that cannot be written after it."""
    if destination is None or destination == STDOUT:
        return
    path = Path(destination)
    if path.is_dir():
        raise _unwritable(destination, "it is a directory")
    if not path.parent.is_dir():
        raise _unwritable(destination, f"there is no directory {path.parent}")


def write_output(destination: str, text: str) -> None:
    """Write `text` to the file `destination`, or to stdout if it is `-`."""
    if destination == STDOUT:
        sys.stdout.write(text)
        return
    try:
        _write_file(Path(destination).resolve(), text)
    except OSError as error:
        raise _unwritable(destination, error.strerror or str(error)) from None


def _write_file(path: Path, text: str) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe has no whole to replace
        path.write_text(text, encoding="utf-8")
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(destination: str, reason: str) -> InputError:
    return InputError(Diagnostic("SW207", f"cannot be written: {reason}", file=destination))
