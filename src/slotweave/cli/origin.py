"""What a program says of its origin, as far as the facts bear it out that it is worked on under.

A Python file is taken to be for tree-hash, for it has the challenge's interface; only facts of that
workload make this more than a guess. What is made of a program under facts of its user's own is
right under these alone, so it must not pass for what its origin promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import InputError
from slotweave.cli import inputs
from slotweave.cli.facts import CONTRACTS, NOTHING, Assumed, own_shape

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program

_ORIGIN = frozenset({"kernel", "params", "contract", "promises"})


def supported_origin(program: Program, file: str, known: Assumed) -> Program:
    """`program` with what may be said of its origin once it is repacked under these facts."""
    if "kernel" not in program.meta or _facts_of(program) == known.facts:
        return program
    if known.name == NOTHING and not inputs.is_python_file(file):
        return program  # what it does, it does after that on all memories
    return replace(program, meta=MappingProxyType(_meta(program, known)))


def not_guessed(program: Program, file: str, known: Assumed) -> Program:
    """`program` without the origin that a Python file is only taken to have."""
    return supported_origin(program, file, known) if inputs.is_python_file(file) else program


def _meta(program: Program, known: Assumed) -> dict[str, Any]:
    """What `program` says of itself, under the weaker of its contract and that of the facts."""
    from slotweave.challenge.tree_hash.workload import CONTRACTS_BY_STRENGTH

    meta = dict(program.meta)
    shape, promises = own_shape(program), CONTRACTS_BY_STRENGTH
    same_shape = shape is not None and known.shape == inputs.shape_text(shape)
    own, promise = meta.get("contract"), CONTRACTS.get(known.name)
    if meta["kernel"] == "tree-hash" and same_shape and own in promises and promise in promises:
        return {**meta, "contract": min(own, promise, key=promises.index)}
    return {key: said for key, said in meta.items() if key not in _ORIGIN}


def _facts_of(program: Program) -> Facts | None:
    """The facts of the kernel, the parameters and the contract that `program` names, if any."""
    from slotweave.kernels import KERNELS

    name, params, contract = (program.meta.get(key) for key in ("kernel", "params", "contract"))
    if not isinstance(name, str) or name not in KERNELS or not isinstance(params, Mapping):
        return None
    kernel = KERNELS[name]
    if contract not in kernel.contracts or any(type(one) is not int for one in params.values()):
        return None
    with suppress(InputError):
        return kernel.facts(inputs.parameters_of(kernel, (), params), contract)
    return None
