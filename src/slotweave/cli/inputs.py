"""What users name on the command line, as values: files, machines, kernels, parameters, programs.

Guarantees: whatever the name and whatever the file holds, the result is a value or an InputError
that says what is wrong and, for a misspelt name, what was probably meant.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from slotweave.base.diagnostics import Diagnostic, InputError, SlotweaveError
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.options import EFFORTS, SHAPE_FORM
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.challenge.foreign.confined import Ending
    from slotweave.frontend.kernel import Kernel, Words
    from slotweave.ir.program import Program
    from slotweave.machine import Machine

End = TypeVar("End")

STDIN = "-"

#: The parameters that --shape gives, in its order.
SHAPE = tuple(SHAPE_FORM.lower().split(","))

#: The longest file that is read: ten million bundles, more words than memories ever have.
MAX_FILE_BYTES = 1 << 28

#: As many names are listed in a complaint; where there are more, a command lists them.
_FEW = 12
#: So many of the last lines that a Python file printed are shown.
_SHOWN_LINES = 10


def read_text(file: str, code: str) -> str:
    """The text of `file`, `-` being stdin. Text that is not UTF-8 is a mistake called `code`."""
    try:
        content = _bytes_of(file)
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise _unreadable(file, error) from None
    if len(content) > MAX_FILE_BYTES:
        reason = f"is longer than {MAX_FILE_BYTES >> 20} MiB"
        raise InputError(Diagnostic("SW203", reason, file=shown(file)))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            Diagnostic(code, "is not UTF-8 text", file=shown(file), line=line)
        ) from None


def _unreadable(file: str, error: OSError | ValueError) -> InputError:
    """The complaint that `file` cannot be read."""
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(Diagnostic("SW203", f"cannot be read: {reason}", file=shown(file)))


def _bytes_of(file: str) -> bytes:
    """The content of `file`, at most one byte more than allowed: a device may have no end."""
    if file == STDIN:
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if not file:
        raise FileNotFoundError(errno.ENOENT, "the name is empty")
    with Path(file).open("rb") as stream:
        return stream.read(MAX_FILE_BYTES + 1)


def shown(file: str) -> str:
    """`file` as diagnostics call it."""
    return "stdin" if file == STDIN else file or "''"


@contextmanager
def with_file(file: str) -> Iterator[None]:
    """Errors raised within that name no file name `file`."""
    try:
        yield
    except SlotweaveError as error:
        if error.diagnostic.file:
            raise
        raise type(error)(replace(error.diagnostic, file=shown(file))) from None


def blamed(reference: Callable[[Words], End], file: str) -> Callable[[Words], End]:
    """`reference`, whose faults name `file`."""

    def run(memory: Words) -> End:
        with with_file(file):
            return reference(memory)

    return run


def unknown(code: str, what: str, name: str, known: Iterable[str]) -> InputError:
    """The complaint that there is no `what` called `name`."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    if close:
        hint = f"did you mean {close[0]!r}?"
    elif len(names) <= _FEW:
        hint = f"known: {', '.join(names)}"
    else:
        hint = f"`slotweave {what}s list` shows the {len(names)} names"
    return InputError(Diagnostic(code, f"there is no {what} {name!r} ({hint})"))


def machine_named(name: str) -> Machine:
    """A machine that comes with Slotweave, or the one that a .toml file describes."""
    from slotweave.machine import BUILTIN, machine_from_toml

    if name in BUILTIN:
        return BUILTIN[name]
    if name.endswith(".toml") or name == STDIN:
        machine = machine_from_toml(read_text(name, "SW205"), file=shown(name))
        if BUILTIN.get(machine.name, machine) != machine:
            # A program for it must not pass for one of the machine that comes with Slotweave.
            return replace(machine, name=f"{machine.name} (changed)")
        return machine
    raise unknown("SW208", "machine", name, BUILTIN)


def kernel_named(name: str, machine: Machine) -> Kernel:
    """A kernel that comes with Slotweave, or `file.py:function`, written for `machine`."""
    from slotweave.kernels import KERNELS

    if name in KERNELS:
        return KERNELS[name]
    if ".py:" in name:
        from slotweave.frontend.load import load_kernel_file

        return load_kernel_file(name, machine.vector_length)
    _expect_no_file(name)
    raise unknown("SW201", "kernel", name, KERNELS)


def _expect_no_file(name: str) -> None:
    """Complain about a kernel of which the name is that of a file, whether it is there or not."""
    path = Path(name)
    if name == STDIN or (path.is_file() and not is_python_file(name)):
        reason = (
            f"{shown(name)} is not a kernel, but a file; programs are what `slotweave repack` and "
            "`slotweave inspect` take"
        )
    elif is_python_file(name):
        reason = f"which function of {name}? Name it as {name}:function"
        if _has_builder(path):
            reason += f"; its KernelBuilder makes a program, which `slotweave repack {name}` takes"
    elif path.suffix or len(path.parts) > 1:
        raise InputError(Diagnostic("SW203", "no such file", file=name))
    else:
        return
    raise InputError(Diagnostic("SW201", reason))


def _has_builder(path: Path) -> bool:
    """Whether the Python file seems to have the challenge's interface."""
    try:
        return "class KernelBuilder" in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def parameters_of(
    kernel: Kernel, given: Iterable[str], defaults: Mapping[str, int] | None = None
) -> dict[str, int]:
    """The parameters of `kernel`: what `-p name=value` says, else `defaults`, else the kernel's."""
    values = {name: parameter.default for name, parameter in kernel.parameters.items()}
    values.update({name: value for name, value in (defaults or {}).items() if name in values})
    with given_as("-p NAME=VALUE"):
        values.update(_whole_numbers(kernel, assigned(given, "SW202")))
    _expect_within(kernel, values)
    return values


def _whole_numbers(kernel: Kernel, given: Mapping[str, str]) -> dict[str, int]:
    """The values that `given` has as text. Raises InputError for what is no parameter of `kernel`,
    no number, or out of range."""
    values = {}
    for name, text in given.items():
        if name not in kernel.parameters:
            raise unknown("SW202", f"parameter of {kernel.name} called", name, kernel.parameters)
        digits = text.strip().removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= 20):
            raise _bad_parameter(f"{name} must be a whole number, not {text!r}")
        values[name] = int(text)
    _expect_within(kernel, values)
    return values


def _expect_within(kernel: Kernel, values: Mapping[str, int]) -> None:
    for name, value in values.items():
        parameter = kernel.parameters[name]
        if not parameter.lowest <= value <= parameter.highest:
            allowed = f"{parameter.lowest} to {parameter.highest}"
            raise _bad_parameter(f"{name} must be from {allowed}, not {value}")


def _bad_parameter(reason: str) -> InputError:
    return InputError(Diagnostic("SW202", reason))


def contract_of(kernel: Kernel, given: str | None) -> str:
    """The contract called `given`; the first one of `kernel` if none is."""
    if given is None:
        return kernel.contracts[0]
    if given not in kernel.contracts:
        raise unknown("SW212", f"contract of {kernel.name} called", given, kernel.contracts)
    return given


def expect_effort(name: str) -> None:
    """Refuse what is no effort."""
    if name not in EFFORTS:
        raise unknown("SW212", "effort", name, EFFORTS)


@dataclass(frozen=True, slots=True)
class Building:
    """How a Python file is made to build its program: for which shape (None: the usual one), in how
    many seconds, and who is told if no shape was given."""

    shape: Mapping[str, int] | None
    seconds: float
    terminal: Terminal


def building(shape: str | None, seconds: float, terminal: Terminal) -> Building:
    """What the options --shape and --load-time-limit say."""
    return Building(None if shape is None else shape_named(shape), seconds, terminal)


def is_python_file(name: str) -> bool:
    """Whether the program called `name` is a Python file with the challenge's interface."""
    return name.endswith(".py")


def program_in(file: str, building: Building) -> Program:
    """The program in `file`: the JSON or the text form, or what a Python file builds."""
    if is_python_file(file):
        from slotweave.challenge.foreign.confined import Limits
        from slotweave.challenge.foreign.load import load_challenge_file
        from slotweave.challenge.tree_hash.workload import Shape

        shape = Shape.of(shape_or_default(building.shape))
        limits = Limits(seconds=building.seconds)
        program = load_challenge_file(
            file, shape, limits, lambda ending: _tell_printed(file, ending, building.terminal)
        )
        if building.shape is None:
            hint = f"as no --shape {SHAPE_FORM} is given"
            building.terminal.note(f"{file}: built for the shape {shape_of(program)}, {hint}")
        return program
    return program_from(program_text(file), file, building.terminal)


def program_text(file: str) -> str:
    """The text of a program file; what is no file, but a kernel, is said to be one."""
    from slotweave.kernels import KERNELS

    try:
        return read_text(file, "SW204")
    except InputError as error:
        if Path(file).exists():
            raise
        found, python_file = error.diagnostic, file.rpartition(":")[0]
        if file in KERNELS:
            hint = f"it is a kernel; compile it first: `slotweave compile {file} -o FILE`"
        elif is_python_file(python_file):
            hint = (
                f"{file} names a kernel function, which `slotweave compile` takes; a file with the "
                f"challenge's interface is named alone: {python_file}"
            )
        else:
            raise
        raise InputError(replace(found, message=f"{found.message}; {hint}")) from None


def _tell_printed(file: str, ending: Ending, terminal: Terminal) -> None:
    """Say the end of what a Python file printed, if --verbose asks for it."""
    if ending.printed_bytes:
        terminal.detail(f"{file} printed {ending.printed_bytes:,} bytes; its last lines:")
    for line in ending.printed.splitlines()[-_SHOWN_LINES:]:
        shown_line = "".join(c if c.isprintable() else " " for c in line)
        terminal.detail(f"  {shown_line}")


def shape_named(text: str) -> dict[str, int]:
    """The parameters of tree-hash that `10,16,256` stands for."""
    from slotweave.kernels import KERNELS

    numbers = text.split(",")
    with given_as(f"--shape {SHAPE_FORM}"):
        if len(numbers) != 3:
            reason = f"three numbers with commas are wanted, such as 10,16,256, not {text!r}"
            raise InputError(Diagnostic("SW212", reason))
        return _whole_numbers(KERNELS["tree-hash"], dict(zip(SHAPE, numbers, strict=True)))


def shape_or_default(
    shape: Mapping[str, int] | None, defaults: Mapping[str, int] | None = None
) -> Mapping[str, int]:
    """`shape`; if it is None, that of `defaults`, and of tree-hash where these say nothing."""
    from slotweave.kernels import KERNELS

    return shape or parameters_of(KERNELS["tree-hash"], (), defaults)


def shape_of(program: Program) -> str:
    """The shape that a Python file has built `program` for, as --shape says it."""
    return shape_text(program.meta["params"])


def shape_text(shape: Mapping[str, int]) -> str:
    """`shape` as --shape says it."""
    return ",".join(str(shape[name]) for name in SHAPE)


def unused_shape(file: str, why: str = "") -> str:
    """What to say where --shape is given for `file`, which it has no say in."""
    return f"--shape is not used: {shown(file)} is no Python file{why}"


def note_unused_shape(shape: str | None, terminal: Terminal, *named: str | None) -> None:
    """Say so if --shape is given, and none of the programs that are `named` is built for it."""
    files = [file for file in named if file]
    if shape is not None and not any(map(is_python_file, files)):
        terminal.note(unused_shape(files[0]) if files else "--shape is not used")


def built_for(file: str, program: Program) -> str | None:
    """What to say of the shape of `program`, if a Python file has built it."""
    return f"the shape {shape_of(program)}" if is_python_file(file) else None


def program_from(text: str, file: str, terminal: Terminal) -> Program:
    """The program that `file` holds as `text`, be it in a result."""
    from slotweave.evidence.record import is_record, record_from_json
    from slotweave.ir.text.program_files import parse_program

    if is_record(text):
        return record_from_json(text, shown(file)).program
    program = parse_program(text, shown(file))
    if not program.bundles:
        terminal.note(f"{shown(file)}: the program is empty, it has no bundle")
    return program


def machine_of(program: Program, given: str | None) -> Machine:
    """The machine called `given`, else the one that `program` is for."""
    from slotweave.machine import BUILTIN

    if given is not None:
        return machine_named(given)
    if program.machine not in BUILTIN:
        reason = (
            f"the program is for a machine called {program.machine!r}, which does not come with "
            "Slotweave; give it with --machine FILE.toml"
        )
        raise InputError(Diagnostic("SW208", reason))
    return BUILTIN[program.machine]


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
