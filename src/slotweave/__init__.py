"""Slotweave: short, explained and proven programs for VLIW SIMD machines.

    import slotweave as sw

    result = sw.compile("tree-hash", height=6)
    print(result)
    sw.save(result.program, "tree-hash.json")

The functions are those of `slotweave.api`; they are loaded when the first of them is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slotweave.api import (
        CheckFailed,
        InputError,
        NoSchedule,
        bound,
        check_bounds,
        clear_cache,
        compile,
        diff,
        explain,
        explore,
        export,
        facts,
        inspect,
        job,
        kernel,
        list_facts,
        list_kernels,
        list_machines,
        list_rules,
        load,
        measure_kernels,
        measure_speed,
        prove_rules,
        random_memory,
        rederive,
        repack,
        report,
        run,
        run_pass,
        save,
        search_forms,
        self_test,
        show_cache,
        show_facts,
        show_kernel,
        show_machine,
        show_rule,
        solve,
        studies,
        study,
        tune,
        verify,
        what_if,
    )

__version__ = "0.1.0"

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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'slotweave' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("slotweave.api"), name)


def __dir__() -> list[str]:
    return ["__version__", *__all__]
