"""What a file that an extension reads is taken to be: a program for the extension's kernel.

Only facts of that kernel make this more than a guess.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from slotweave.cli.program_files import is_built

if TYPE_CHECKING:
    from slotweave.cli.facts import Assumed
    from slotweave.ir.program import Program


def not_guessed(program: Program, file: str, known: Assumed) -> Program:
    """`program` without the origin that such a file is only taken to have."""
    from slotweave.extensions import kernels
    from slotweave.repacking.claims import CLAIMED, origin_of, supported_origin

    if not is_built(file):
        return program
    origin = origin_of(program, kernels())
    if origin is not None and known.facts in origin.contracts.values():
        return supported_origin(program, known.facts, origin)
    meta = {key: said for key, said in program.meta.items() if key not in CLAIMED}
    return replace(program, meta=MappingProxyType(meta))
