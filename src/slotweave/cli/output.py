"""What a command writes: files that appear whole or not at all, and JSON objects.

Guarantees: a regular file is written under a temporary name beside its place and then renamed, so
that nobody ever sees half of it, and a failure leaves what was there before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.files import write_whole
from slotweave.cli.terminal import Terminal

STDOUT = "-"
SCHEMA_VERSION = 1


def print_json(value: Mapping[str, Any]) -> None:
    """Print `value` as one JSON object, the schema version first."""
    versioned = {"schema_version": SCHEMA_VERSION, **value}
    print(json.dumps(versioned, indent=2, allow_nan=False, default=_plain))


def _plain(value: Any) -> Any:
    """Read-only mappings and NumPy numbers as JSON knows them."""
    return dict(value) if isinstance(value, Mapping) else value.item()


def expect_outputs(
    outputs: Mapping[str, str | None], json: bool = False, *, as_python: bool = False
) -> None:
    """Complain before long work about outputs that cannot be written after it, or not beside each
    other: --json, if it is given, and the destinations in `outputs`, by the options that name them.
    """
    _expect_one_on_stdout(outputs, json)
    for destination in outputs.values():
        expect_writable(destination, as_python=as_python)
    expect_apart(outputs)


def _expect_one_on_stdout(outputs: Mapping[str, str | None], json: bool) -> None:
    """Refuse two outputs on stdout, which holds one of them."""
    given = ["--json"] if json else []
    given += [f"{option} -" for option, destination in outputs.items() if destination == STDOUT]
    if len(given) > 1:
        cure = f"give {given[1].removesuffix(' -')} a file"
        reason = f"{given[0]} and {given[1]} would both write to stdout; {cure}"
        raise InputError(Diagnostic("SW212", reason))


def expect_apart(outputs: Mapping[str, str | None]) -> None:
    """Refuse two outputs in one file, of which the later one would replace the other."""
    named = [(option, name) for option, name in outputs.items() if name is not None]
    for (option, name), (other, again) in combinations(named, 2):
        if is_same_file(name, again) and not _is_device(name):
            reason = f"{option} and {other} would both write to {name}; give {other} another file"
            raise InputError(Diagnostic("SW212", reason))


def is_same_file(name: str, other: str) -> bool:
    """Whether both names are those of one file, be it there or not; `-` is none."""
    if STDOUT in (name, other):
        return False
    both = Path(name), Path(other)
    if all(map(Path.exists, both)):
        return both[0].samefile(both[1])
    return both[0].resolve() == both[1].resolve()


def _is_device(name: str) -> bool:
    """Whether what is there is a device or a pipe, which has no whole to replace."""
    return Path(name).exists() and not Path(name).is_file()


def expect_writable(destination: str | None, *, as_python: bool = False) -> None:
    """Complain before long work about a destination that cannot be written after it.

    A name of Python files is refused too, unless what is written is Python: the program or the
    kernel that was meant to stay could lie there.
    """
    if destination is None or destination == STDOUT:
        return
    if not destination:
        raise InputError(Diagnostic("SW207", "the name of the output file is empty"))
    path = Path(destination)
    if path.is_dir():
        raise unwritable(destination, "it is a directory")
    if not path.parent.is_dir():
        raise unwritable(destination, f"there is no directory {path.parent}")
    if not as_python and ".py" in (path.suffix, path.resolve().suffix):
        reason = "the name is that of a Python file, and what is written is not; give another name"
        raise unwritable(destination, f"{reason}{_forms_in_python()}")


def _forms_in_python() -> str:
    """How a program is written as Python, where an extension has such a form."""
    from slotweave.extensions import extensions

    forms = (form for extension in extensions() for form in extension.exports if form.is_python)
    return "".join(
        f" (`slotweave export PROGRAM --format {form.name}` writes a program as Python)"
        for form in forms
    )


def expect_other_file(destination: str, source: str) -> None:
    """Refuse to write where the Python file `source` lies, which nothing could bring back."""
    if source.endswith(".py") and Path(source).exists() and is_same_file(destination, source):
        raise unwritable(destination, "it is the file that the program is built by")


def stdout_by_any_name(destination: str | None) -> str | None:
    """`destination`, but `-` for what the system calls stdout."""
    names = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
    return STDOUT if destination in names else destination


def write_output(destination: str, content: str | bytes) -> None:
    """Write `content` to the file `destination`, or to stdout if it is `-`."""
    if destination == STDOUT:
        if isinstance(content, str) and sys.stdout.encoding in (None, "utf-8", "UTF-8"):
            sys.stdout.write(content)
        else:  # whatever the terminal's encoding is, files are in UTF-8
            sys.stdout.flush()
            sys.stdout.buffer.write(_encoded(content))
        return
    try:
        _write_file(destination, content)
    except OSError as error:
        raise unwritable(destination, error.strerror or str(error)) from None


def say_written(destination: str, terminal: Terminal) -> None:
    """Say that a file was written; stdout is no file."""
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")


def _write_file(destination: str, content: str | bytes) -> None:
    named, data = Path(destination), _encoded(content)
    if _is_device(destination):
        named.write_bytes(data)
        return
    write_whole(named, data)


def _encoded(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def unwritable(destination: str, reason: str) -> InputError:
    return InputError(Diagnostic("SW207", f"cannot be written: {reason}", file=destination))
