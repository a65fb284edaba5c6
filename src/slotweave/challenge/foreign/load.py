"""A Python file with the challenge's interface as a program.

The file is foreign code: it runs in an interpreter of its own, under limits that keep mistakes from
doing harm. They are no security boundary: the file may do whatever its user may.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import slotweave
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.challenge.foreign import child, stand_in
from slotweave.challenge.foreign.confined import Ending, Limits, run_confined
from slotweave.challenge.tree_hash.workload import CONTRACTS, Shape
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json

KERNEL = "tree-hash"


def load_challenge_file(
    file: str, shape: Shape, limits: Limits, heard: Callable[[Ending], None] | None = None
) -> Program:
    """The program that `KernelBuilder` of `file` builds for `shape`; `heard` is told how it ended.

    Raises InputError: SW203 if the file cannot be read, SW221 if it does not come to a program,
    SW222 if it needs more than the limits, SW204 if what it builds has not the form of a program.
    """
    try:
        Path(file).open("rb").close()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise InputError(Diagnostic("SW203", reason, file=file)) from None
    ending = run_confined(_command(file, shape, limits), Path(file).resolve().parent, limits)
    if heard is not None:
        heard(ending)
    if ending.limit:
        raise InputError(Diagnostic("SW222", ending.limit + _said(ending), file=file))
    built = _answer(file, ending)
    program = program_from_json(json.dumps({"program": built["program"], "names": built["names"]}),
                                file)  # fmt: skip
    return replace(program, meta=MappingProxyType(_meta(shape, built["contract"])))


def _command(file: str, shape: Shape, limits: Limits) -> list[str]:
    """The child's command; its one argument says all it needs, as JSON."""
    task = {
        "file": str(Path(file).resolve()),
        "arguments": {
            "forest_height": shape.height,
            "n_nodes": shape.nodes,
            "batch_size": shape.batch,
            "rounds": shape.rounds,
        },
        "stand_in": str(Path(stand_in.__file__).parent),
        "slotweave": str(Path(slotweave.__file__).parents[1]),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": int(limits.seconds * (os.cpu_count() or 1)) + 1,
    }
    return [sys.executable, "-B", "-P", child.__file__, json.dumps(task)]


def _answer(file: str, ending: Ending) -> Mapping[str, Any]:
    """What the child says it built; or InputError with what went wrong there."""
    try:
        answer = json.loads(ending.answer)
    except (ValueError, RecursionError):
        reason = f"{ending.how} before it had built a program{_said(ending)}"
        raise InputError(Diagnostic("SW221", reason, file=file)) from None
    if "error" in answer:
        code = "SW222" if answer["out_of_memory"] else "SW221"
        raise InputError(Diagnostic(code, answer["error"], file=file, line=answer["line"]))
    return dict(answer)


def _said(ending: Ending) -> str:
    line = ending.last_line()
    return f"; the last it printed: {line!r}" if line else ""


def _meta(shape: Shape, contract: object) -> dict[str, Any]:
    """The contract is what is judged, unless the file says which one it keeps."""
    params = {"height": shape.height, "rounds": shape.rounds, "batch": shape.batch}
    promise = contract if contract in CONTRACTS else CONTRACTS[0]
    return {"kernel": KERNEL, "params": params, "contract": promise}
