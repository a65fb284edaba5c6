"""What a Python file is taken to be: a program for tree-hash, for it has the challenge's interface.

Only facts of that workload make this more than a guess.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from slotweave.cli import inputs

if TYPE_CHECKING:
    from slotweave.cli.facts import Assumed
    from slotweave.ir.program import Program


def not_guessed(program: Program, file: str, known: Assumed) -> Program:
    """`program` without the origin that a Python file is only taken to have."""
    from slotweave.kernels import KERNELS
    from slotweave.repacking.claims import CLAIMED, origin_of, supported_origin

    if not inputs.is_python_file(file):
        return program
    origin = origin_of(program, KERNELS)
    if origin is not None and known.facts in origin.contracts.values():
        return supported_origin(program, known.facts, origin)
    meta = {key: said for key, said in program.meta.items() if key not in CLAIMED}
    return replace(program, meta=MappingProxyType(meta))
