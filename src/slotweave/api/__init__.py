"""The front door: one function for each thing that Slotweave does, as `import slotweave as sw`.

Programs, facts and machines go in as values or by the names that the commands take; a program may
also be a result that holds one. Results come out as values that can be printed. Every function
raises InputError for what is wrong with what it was given, CheckFailed for a program that is wrong,
and NoSchedule where there is none within the limits; their messages begin with a code, of which
`explain` says more (`sw.explain("SW301")`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.base.first_use import loaded_at_first_use

if TYPE_CHECKING:
    from slotweave.api.bounding import bound, check_bounds
    from slotweave.api.checking import verify
    from slotweave.api.deriving import rederive, self_test
    from slotweave.api.kept import studies, study
    from slotweave.api.looking import diff, explain, inspect, what_if
    from slotweave.api.making import compile, run
    from slotweave.api.measuring import measure_kernels, measure_speed
    from slotweave.api.proving import prove_rules, search_forms
    from slotweave.api.registered import (
        clear_cache,
        list_facts,
        list_kernels,
        list_machines,
        list_rules,
        random_memory,
        show_cache,
        show_facts,
        show_kernel,
        show_machine,
        show_rule,
    )
    from slotweave.api.searching import explore, tune
    from slotweave.api.shortening import repack
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
    "clear_cache",
    "compile",
    "diff",
    "explain",
    "explore",
    "export",
    "facts",
    "inspect",
    "job",
    "kernel",
    "list_facts",
    "list_kernels",
    "list_machines",
    "list_rules",
    "load",
    "measure_kernels",
    "measure_speed",
    "prove_rules",
    "random_memory",
    "rederive",
    "repack",
    "report",
    "run",
    "run_pass",
    "save",
    "search_forms",
    "self_test",
    "show_cache",
    "show_facts",
    "show_kernel",
    "show_machine",
    "show_rule",
    "solve",
    "studies",
    "study",
    "tune",
    "verify",
    "what_if",
]

__getattr__ = loaded_at_first_use(
    __name__,
    {
        "CheckFailed": "slotweave.base.diagnostics",
        "InputError": "slotweave.base.diagnostics",
        "NoSchedule": "slotweave.base.diagnostics",
        "bound": "slotweave.api.bounding",
        "check_bounds": "slotweave.api.bounding",
        "clear_cache": "slotweave.api.registered",
        "compile": "slotweave.api.making",
        "diff": "slotweave.api.looking",
        "explain": "slotweave.api.looking",
        "explore": "slotweave.api.searching",
        "export": "slotweave.api.writing",
        "facts": "slotweave.names",
        "inspect": "slotweave.api.looking",
        "job": "slotweave.names",
        "kernel": "slotweave.frontend.kernel_function",
        "list_facts": "slotweave.api.registered",
        "list_kernels": "slotweave.api.registered",
        "list_machines": "slotweave.api.registered",
        "list_rules": "slotweave.api.registered",
        "load": "slotweave.names",
        "measure_kernels": "slotweave.api.measuring",
        "measure_speed": "slotweave.api.measuring",
        "prove_rules": "slotweave.api.proving",
        "random_memory": "slotweave.api.registered",
        "rederive": "slotweave.api.deriving",
        "repack": "slotweave.api.shortening",
        "report": "slotweave.api.writing",
        "run": "slotweave.api.making",
        "run_pass": "slotweave.api.writing",
        "save": "slotweave.names",
        "search_forms": "slotweave.api.proving",
        "self_test": "slotweave.api.deriving",
        "show_cache": "slotweave.api.registered",
        "show_facts": "slotweave.api.registered",
        "show_kernel": "slotweave.api.registered",
        "show_machine": "slotweave.api.registered",
        "show_rule": "slotweave.api.registered",
        "solve": "slotweave.api.solving",
        "studies": "slotweave.api.kept",
        "study": "slotweave.api.kept",
        "tune": "slotweave.api.searching",
        "verify": "slotweave.api.checking",
        "what_if": "slotweave.api.looking",
    },
)
