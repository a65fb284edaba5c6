"""An extension, as data: what a package adds beside kernels and machines.

The module that holds one is loaded when the command line starts, so it must be light: what is heavy
lies inside functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.program import Program
    from slotweave.rules.term import Term

#: Parameters of a kernel.
Values = Mapping[str, int]

#: Is told how many bytes a file printed while it was read, and the end of them.
Heard = Callable[[int, str], None]


def _none() -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Subject:
    """What named facts and files that build programs are about: some parameters of a kernel.

    Users give them as `--NOUN A,B,C`, in the order of `names`; `usual` is how the kernel's
    defaults are written so.
    """

    noun: str
    kernel: str
    names: tuple[str, ...]
    usual: str

    @property
    def flag(self) -> str:
        """The option: `--shape`."""
        return f"--{self.noun}"

    @property
    def form(self) -> str:
        """How its value is written: `HEIGHT,ROUNDS,BATCH`."""
        return ",".join(name.upper() for name in self.names)

    def text(self, values: Values) -> str:
        """`values` as the option takes them."""
        return ",".join(str(values[name]) for name in self.names)


@dataclass(frozen=True)
class NamedFacts:
    """Facts that `--facts NAME` stands for: those of a contract of the subject's kernel.

    `text` says what they are, for lists; `cure` what to try where a program changes words that they
    call read-only.
    """

    name: str
    text: str
    contract: str
    cure: str = ""


@dataclass(frozen=True)
class ProgramReader:
    """Files that build programs: what `noun` ("a Python file") calls them, and how they are read.

    `read(file, values, seconds, heard)` gives the program for these values of the subject, or
    raises InputError. `facts` is the name of those assumed of such files. `seems_one` says whether
    the text of a file looks like one that builds a program, `builder` what of it does.
    """

    suffix: str
    noun: str
    interface: str
    facts: str
    read: Callable[[str, Values, float, Heard], Program]
    seems_one: Callable[[str], bool]
    builder: str


@dataclass(frozen=True)
class ExportForm:
    """A form that `export` writes; `note` is said of a file in it."""

    name: str
    help: str
    write: Callable[[Program], str | bytes]
    note: str = ""
    is_python: bool = False


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """A part of a kernel for `rules search`, and how many operations compute it now."""

    name: str
    term: Term
    operations: int


@dataclass(frozen=True)
class Extension:
    """What a package adds. `facts`, `reader` and the option of `subject` go together."""

    name: str
    kernels: Callable[[], Iterable[Kernel]] = _none
    subject: Subject | None = None
    facts: tuple[NamedFacts, ...] = ()
    reader: ProgramReader | None = None
    exports: tuple[ExportForm, ...] = ()
    search_targets: Callable[[], Iterable[SearchTarget]] = field(default=_none)
