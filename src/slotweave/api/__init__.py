"""The front door: one function for each thing that Slotweave does, as `import slotweave as sw`.

Programs, facts and machines go in as values or by the names that the commands take; a program may
also be a result that holds one. Results come out as values that can be printed. Every function
raises InputError for what is wrong with what it was given, CheckFailed for a program that is wrong,
and NoSchedule where there is none within the limits; their messages begin with a code, of which
`explain` says more (`sw.explain("SW301")`).
"""

from __future__ import annotations

from slotweave.api.bounding import bound, check_bounds
from slotweave.api.checking import verify
from slotweave.api.deriving import rederive, self_test
from slotweave.api.kept import studies, study
from slotweave.api.looking import diff, explain, inspect, what_if
from slotweave.api.making import compile, repack, run
from slotweave.api.searching import explore, tune
from slotweave.api.solving import solve
from slotweave.api.writing import export, report, run_pass
from slotweave.base.diagnostics import CheckFailed, InputError, NoSchedule
from slotweave.frontend.kernel_function import kernel
from slotweave.names import facts, job, load, save

__all__ = [
    "CheckFailed",
    "InputError",
    "NoSchedule",
    "bound",
    "check_bounds",
    "compile",
    "diff",
    "explain",
    "explore",
    "export",
    "facts",
    "inspect",
    "job",
    "kernel",
    "load",
    "rederive",
    "repack",
    "report",
    "run",
    "run_pass",
    "save",
    "self_test",
    "solve",
    "studies",
    "study",
    "tune",
    "verify",
    "what_if",
]
