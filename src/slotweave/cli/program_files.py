"""Programs that users name: in files of their own forms, and in files that extensions read.

What such a file builds its program for, and what named facts are about, are values of the subject
of an extension (see `extensions`), which users give with its option.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.assignments import given_as
from slotweave.cli.inputs import parameters_of, read_text, shown, whole_numbers
from slotweave.cli.options import Files
from slotweave.cli.terminal import Terminal
from slotweave.extensions import Extension, ProgramReader, Subject, extensions, kernels

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program

#: Most of the last lines shown that a file printed while it was read.
_SHOWN_LINES = 10

Values = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Building:
    """How a file is made to build its program: for which values of each extension's subject (by the
    extension's name; the usual ones if left out), in how many seconds, and who is told of it."""

    given: Mapping[str, Values]
    seconds: float
    terminal: Terminal

    def values(self, extension: Extension | None) -> Values | None:
        """What was given for the subject of `extension`."""
        return self.given.get(extension.name) if extension else None


def building(files: Files, terminal: Terminal) -> Building:
    """What the options for files say. Raises InputError for values that are none."""
    given = {
        extension.name: values_named(extension.subject, text)
        for extension in extensions()
        if extension.subject and (text := files.given.get(extension.subject.noun)) is not None
    }
    return Building(given, files.seconds, terminal)


def values_named(subject: Subject, text: str) -> Values:
    """The values that `10,16,256` stands for."""
    numbers = text.split(",")
    with given_as(f"{subject.flag} {subject.form}"):
        if len(numbers) != len(subject.names):
            count = f"{len(subject.names)} numbers with commas are"
            reason = f"{count} wanted, such as {subject.usual}, not {text!r}"
            raise InputError(Diagnostic("SW212", reason))
        kernel = kernels()[subject.kernel]
        return whole_numbers(kernel, dict(zip(subject.names, numbers, strict=True)))


def usual_values(subject: Subject, defaults: object = None) -> Values:
    """The values that `defaults` name, the kernel's own for the others."""
    said = defaults if isinstance(defaults, Mapping) else None
    values = parameters_of(kernels()[subject.kernel], (), said)
    return {name: values[name] for name in subject.names}


# Files that extensions read


def reader_of(file: str) -> tuple[Extension, ProgramReader, Subject] | None:
    """The extension that reads `file`, if one does."""
    for extension in extensions():
        reader, subject = extension.reader, extension.subject
        if reader and subject and file.endswith(reader.suffix):
            return extension, reader, subject
    return None


def is_built(file: str) -> bool:
    """Whether the program called `file` is one that an extension builds."""
    return reader_of(file) is not None


def as_known(program: Program, file: str, known: Facts) -> Program:
    """`program` without the origin that the file, if it builds it, is only taken to have.

    Only facts of the kernel make this more than a guess.
    """
    from slotweave.names import without_guess

    return without_guess(program, known) if is_built(file) else program


def program_in(file: str, how: Building) -> Program:
    """The program in `file`: the JSON or the text form, or what an extension makes of it."""
    found = reader_of(file)
    if found is None:
        return program_from(program_text(file), file, how.terminal)
    extension, reader, subject = found
    given = how.values(extension)

    def heard(printed: int, end: str) -> None:
        _tell_printed(file, printed, end, how.terminal)

    values = given or usual_values(subject)
    program = reader.read(file, values, how.seconds, heard)
    if given is None:
        hint = f"as no {subject.flag} {subject.form} is given"
        text = subject.text(program.meta["params"])
        how.terminal.note(f"{file}: built for the {subject.noun} {text}, {hint}")
    return program


def built_for(file: str, program: Program) -> str | None:
    """What to say of the values that `program` is built for, if `file` has built it."""
    found = reader_of(file)
    if found is None:
        return None
    subject = found[2]
    return f"the {subject.noun} {subject.text(program.meta['params'])}"


def built_like(program: Program, file: str, against: str, how: Building) -> Building:
    """How a file is built that `program`, in `file`, is held against: for the same values."""
    found = reader_of(against)
    if found is None or how.values(found[0]) is not None:
        return how
    extension, _reader, subject = found
    values = values_said(subject, program)
    if values is None:
        return how
    text, whose = subject.text(values), f"that of {shown(file)}"
    how.terminal.note(f"{against}: built for the {subject.noun} {text}, {whose}")
    return replace(how, given={**how.given, extension.name: values})


def values_said(subject: Subject, program: Program) -> Values | None:
    """The values that `program` says it is for, if it says so of the subject's kernel."""
    params = program.meta.get("params")
    numbers = isinstance(params, Mapping) and all(type(each) is int for each in params.values())
    if program.meta.get("kernel") == subject.kernel and numbers:
        with suppress(InputError):
            return usual_values(subject, params)
    return None


def note_unused(files: Files, terminal: Terminal, *named: str | None) -> None:
    """Say so of options that are given, if none of the programs `named` is built for them."""
    names = [file for file in named if file]
    for extension in extensions():
        subject = extension.subject
        if subject is None or files.given.get(subject.noun) is None:
            continue
        found = [reader_of(file) for file in names]
        if not any(each and each[0] is extension for each in found):
            terminal.note(unused(extension, names[0]) if names else f"{subject.flag} is not used")


def flags_given(files: Files) -> dict[str, str | None]:
    """The options for the subjects of extensions, and what is given with each."""
    subjects = [each.subject for each in extensions() if each.subject]
    return {subject.flag: files.given.get(subject.noun) for subject in subjects}


def subject_flags() -> list[str]:
    """The options for the subjects of extensions."""
    return [each.subject.flag for each in extensions() if each.subject]


def unused(extension: Extension, file: str, why: str = "") -> str:
    """What to say where the option of `extension` is given for `file`, which is not built."""
    assert extension.subject is not None
    noun = extension.reader.noun if extension.reader else "such file"
    return f"{extension.subject.flag} is not used: {shown(file)} is no {noun}{why}"


def _tell_printed(file: str, printed: int, end: str, terminal: Terminal) -> None:
    """Say the end of what a file printed while it was read, if --verbose asks for it."""
    if printed:
        terminal.detail(f"{file} printed {printed:,} bytes; its last lines:")
    for line in end.splitlines()[-_SHOWN_LINES:]:
        shown_line = "".join(c if c.isprintable() else " " for c in line)
        terminal.detail(f"  {shown_line}")


# Files in forms of our own


def program_text(file: str) -> str:
    """The text of a program file; what is no file, but a kernel, is said to be one."""
    try:
        return read_text(file, "SW204")
    except InputError as error:
        if Path(file).exists():
            raise
        found, module = error.diagnostic, file.rpartition(":")[0]
        built = reader_of(module) if module else None
        if file in kernels():
            hint = f"it is a kernel; compile it first: `slotweave compile {file} -o FILE`"
        elif module.endswith(".py"):
            hint = f"{file} names a kernel function, which `slotweave compile` takes"
            if built:
                hint += f"; a file with {built[1].interface} is named alone: {module}"
        else:
            raise
        raise InputError(replace(found, message=f"{found.message}; {hint}")) from None


def program_from(text: str, file: str, terminal: Terminal) -> Program:
    """The program that `file` holds as `text`, be it in a result."""
    from slotweave.names import program_in_text

    program = program_in_text(text, shown(file))
    if not program.bundles:
        terminal.note(f"{shown(file)}: the program is empty, it has no bundle")
    return program


def seems_built(file: str) -> str:
    """What of `file` makes a program, if it looks like one that an extension reads; else ''."""
    found = reader_of(file)
    if found is None:
        return ""
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return found[1].builder if found[1].seems_one(text) else ""
