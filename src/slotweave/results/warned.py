"""What results warn of: words of scratch that a program reads unwritten, or writes twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic

if TYPE_CHECKING:
    from slotweave.anatomy.words.never_written import NeverWritten


def warnings_of(
    unwritten: NeverWritten | None, doubled: Sequence[Diagnostic], file: str
) -> Iterator[Diagnostic]:
    """A diagnostic for each that there is, about the program in `file`."""
    from slotweave.anatomy.words.double_writes import double_writes_diagnostic
    from slotweave.anatomy.words.never_written import never_written_diagnostic

    found = never_written_diagnostic(unwritten, file), double_writes_diagnostic(doubled, file)
    yield from (each for each in found if each is not None)
