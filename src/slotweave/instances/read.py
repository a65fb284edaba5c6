"""Which reader a file is read with: its name says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.instances.flexible_job_shop import read_flexible_job_shop
from slotweave.instances.from_problem import project_of
from slotweave.instances.minizinc import read_minizinc
from slotweave.instances.patterson import read_patterson
from slotweave.instances.progen_max import read_progen_max
from slotweave.instances.psplib import read_psplib
from slotweave.instances.tokens import UNSUPPORTED
from slotweave.ir.project import Project
from slotweave.ir.text.problem_text import problem_from_text
from slotweave.ir.text.project_json import project_from_json
from slotweave.ir.verify.invariants import require_none
from slotweave.ir.verify.problem_verify import problem_faults


def _read_own(text: str, file: str) -> Project:
    """A JSON project, or the text form of a Problem that a kernel was lowered to."""
    if not text.lstrip().startswith("problem "):
        return project_from_json(text, file)
    problem = problem_from_text(text, file)
    require_none(problem_faults(problem))
    return project_of(problem)


#: By the end of the file's name, in small letters.
FORMS: Mapping[str, Callable[[str, str], Project]] = {
    ".dzn": read_minizinc,
    ".sm": read_psplib,
    ".rcp": read_patterson,
    ".sch": read_progen_max,
    ".fjs": read_flexible_job_shop,
    ".json": _read_own,
    ".txt": _read_own,
}


def read_instance(text: str, file: str) -> Project:
    """The problem that `text`, the content of `file`, says; a file without an ending is JSON.

    Raises InputError (SW223, SW224).
    """
    ending = PurePath(file).suffix.lower() or ".json"
    if ending not in FORMS:
        reason = f"files with the ending {ending} are not supported (known: {', '.join(FORMS)})"
        raise InputError(Diagnostic(UNSUPPORTED, reason, file=file))
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise InputError(Diagnostic("SW223", "the file is empty; it holds no problem", file=file))
    return FORMS[ending](text, file)
