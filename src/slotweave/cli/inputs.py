"""What users name on the command line, as values: files, machines, kernels, parameters, programs.

Guarantees: whatever the name and whatever the file holds, the result is a value or an InputError
that says what is wrong and, for a misspelt name, what was probably meant.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from slotweave.base import files
from slotweave.base.diagnostics import Diagnostic, InputError, naming
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.options import EFFORTS
from slotweave.extensions import kernels, machines
from slotweave.extensions.lookup import (
    described_machine,
    expect_parameter,
    expect_parameters,
    unknown,
)

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.program import Program
    from slotweave.machine import Machine

STDIN = "-"


def read_text(file: str, code: str) -> str:
    """The text of `file`, `-` being stdin. Text that is not UTF-8 is a mistake called `code`."""
    if file != STDIN:
        return files.read_text(file, code)
    try:
        content = sys.stdin.buffer.read(files.MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise files.unreadable(shown(file), error) from None
    return files.text_of(content, shown(file), code)


def expect_one_from_stdin(given: Mapping[str, str | None]) -> None:
    """Refuse two inputs from stdin. `given` are the names of files by the arguments and options."""
    readers = [name for name, file in given.items() if file == STDIN]
    if len(readers) > 1:
        reason = f"stdin can be read once; name a file for {readers[0]} or {readers[1]}"
        raise InputError(Diagnostic("SW212", reason))


def shown(file: str) -> str:
    """`file` as diagnostics call it."""
    return "stdin" if file == STDIN else file or "''"


def with_file(file: str) -> AbstractContextManager[None]:
    """Errors raised within that name no file name `file`."""
    return naming(shown(file))


def machine_named(name: str) -> Machine:
    """A machine that comes with Slotweave, or the one that a .toml file describes."""
    known = machines()
    if name in known:
        return known[name]
    if name.endswith(".toml") or name == STDIN:
        return described_machine(read_text(name, "SW205"), shown(name))
    raise unknown("SW208", "machine", name, known, shown_by="slotweave machines list")


def kernel_named(name: str, machine: Machine) -> Kernel:
    """A kernel that comes with Slotweave, or `file.py:function`, written for `machine`."""
    known = kernels()
    if name in known:
        return known[name]
    if ".py:" in name:
        from slotweave.names import kernel_of

        return kernel_of(name, machine)
    _expect_no_file(name)
    raise unknown("SW201", "kernel", name, known, shown_by="slotweave kernels list")


def _expect_no_file(name: str) -> None:
    """Complain about a kernel of which the name is that of a file, whether it is there or not."""
    path = Path(name)
    if name == STDIN or (path.is_file() and not name.endswith(".py")):
        reason = (
            f"{shown(name)} is not a kernel, but a file; programs are what `slotweave repack` and "
            "`slotweave inspect` take"
        )
    elif name.endswith(".py"):
        from slotweave.cli.program_files import seems_built

        reason = f"which function of {name}? Name it as {name}:function"
        if builder := seems_built(name):
            reason += f"; {builder}, which `slotweave repack {name}` takes"
    elif path.suffix or len(path.parts) > 1:
        raise InputError(Diagnostic("SW203", "no such file", file=name))
    else:
        return
    raise InputError(Diagnostic("SW201", reason))


def parameters_of(
    kernel: Kernel, given: Iterable[str], defaults: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The parameters of `kernel`: what `-p name=value` says, else `defaults`, else the kernel's."""
    values = {name: parameter.default for name, parameter in kernel.parameters.items()}
    values.update({name: value for name, value in (defaults or {}).items() if name in values})
    with given_as("-p NAME=VALUE"):
        values.update(whole_numbers(kernel, assigned(given, "SW202")))
    expect_parameters(kernel, values)
    return values


def whole_numbers(kernel: Kernel, given: Mapping[str, str]) -> dict[str, int]:
    """The values that `given` has as text. Raises InputError for what is no parameter of `kernel`,
    no number, or out of range."""
    values = {}
    for name, text in given.items():
        expect_parameter(kernel, name)
        digits = text.strip().removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 20):
            raise _bad_parameter(f"{name} must be a whole number, not {text!r}")
        values[name] = int(text)
    expect_parameters(kernel, values)
    return values


def _bad_parameter(reason: str) -> InputError:
    return InputError(Diagnostic("SW202", reason))


def expect_effort(name: str) -> None:
    """Refuse what is no effort."""
    if name not in EFFORTS:
        raise unknown("SW212", "effort", name, EFFORTS)


def machine_of(program: Program, given: str | None) -> Machine:
    """The machine called `given`, else the one that `program` is for."""
    if given is not None:
        return machine_named(given)
    known = machines()
    if program.machine not in known:
        reason = (
            f"the program is for a machine called {program.machine!r}, which does not come with "
            "Slotweave; give it with --machine FILE.toml"
        )
        raise InputError(Diagnostic("SW208", reason))
    return known[program.machine]


def memory_in(file: str | None) -> list[int]:
    """The words that the JSON list in `file` holds; no memory at all without a file."""
    from slotweave.ir.text.file_kind import MEMORY, another_kind
    from slotweave.ir.text.program_values import FormError, excerpt, load_json
    from slotweave.isa import WORD_MASK

    if file is None:
        return []
    text, name = read_text(file, "SW210"), shown(file)
    try:
        words = load_json(text)
    except FormError as error:
        raise InputError(Diagnostic("SW210", str(error), file=name, line=error.line)) from None
    if reason := another_kind(words, MEMORY):
        raise InputError(Diagnostic("SW210", reason, file=name))
    if not isinstance(words, list):
        reason = f"memory is a list of words, not {excerpt(words)}"
        raise InputError(Diagnostic("SW210", reason, file=name))
    for address, word in enumerate(words):
        if type(word) is not int or not 0 <= word <= WORD_MASK:
            reason = f"word {address} must be an integer from 0 to 2^32 - 1, not {excerpt(word)}"
            raise InputError(Diagnostic("SW210", reason, file=name))
    return words


def span_named(text: str, cycles: int | None = None) -> tuple[int, int]:
    """The cycles that `A..B` stands for: the first, and the one after the last.

    Raises InputError (SW212) for what is no span, or does not lie within `cycles`.
    """
    first, dots, last = text.partition("..")
    if not (dots and first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        reason = f"cycles are given as A..B, such as 100..140, not {text!r}"
        raise InputError(Diagnostic("SW212", reason))
    if cycles is not None and int(last) >= cycles:
        reason = f"there are cycles 0 to {cycles - 1:,} to show, not {text}"
        raise InputError(Diagnostic("SW212", reason))
    return int(first), int(last) + 1
