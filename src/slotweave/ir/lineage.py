"""How a program was derived from another, kept in its `meta`, so that the proof can be repeated.

A lineage is a hint and nothing more: it names, for each step, the variant of the graph that the
next program is made of (`vectorize.graph_variants`) and holds the programs between the given one
and the last. Who proves by it proves each step (`comparison`), so a wrong one proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from slotweave.base.diagnostics import InputError
from slotweave.ir.program import Program
from slotweave.ir.text.loop_json import KEY as LOOPS
from slotweave.ir.text.program_files import program_from_json, program_to_json

#: Where `meta` has it.
KEY = "lineage"

#: Where `meta` has the first bundles of the blocks of a program that was repacked block by block,
#: and the number of its bundles.
STARTS = "block_starts"

#: Where `meta` has the plan that the program was compiled by, if no kernel knows it by name.
MADE_BY = "made_by"


@dataclass(frozen=True)
class Step:
    """The program before is lifted, with parts of regions told `apart` or not; its variant `way`
    is rewritten by the rules if `rewrite`, and becomes `program` (None: the one at the end).

    `vectorize` is the option under which the variants were listed.
    """

    way: str
    apart: bool
    rewrite: bool
    vectorize: bool | None
    program: Program | None = None


def with_lineage(meta: Mapping[str, Any], steps: Sequence[Step]) -> Mapping[str, Any]:
    """`meta` with `steps` in it, in place of those that were."""
    kept = {key: value for key, value in meta.items() if key not in (LOOPS, STARTS)}
    return MappingProxyType({**kept, KEY: tuple(_step_to_meta(step) for step in steps)})


def with_starts(meta: Mapping[str, Any], starts: Sequence[int]) -> Mapping[str, Any]:
    """`meta` with the first bundles of blocks in it, in place of what was said of other bundles."""
    kept = {key: value for key, value in meta.items() if key not in (LOOPS, KEY)}
    return MappingProxyType({**kept, STARTS: tuple(starts)})


def as_repacked(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """`meta` of a program that is no longer what its plan made it."""
    kept = {key: value for key, value in meta.items() if key != MADE_BY}
    return MappingProxyType({**kept, "plan": "repacked"} if "plan" in kept else kept)


def starts_of(program: Program) -> tuple[int, ...]:
    """The first bundles of its blocks that `program` names; none if it names nothing that makes
    sense."""
    said = program.meta.get(STARTS)
    if not isinstance(said, Sequence) or isinstance(said, str):
        return ()
    numbers = tuple(each for each in said if type(each) is int)
    ordered = all(one <= other for one, other in pairwise(numbers))
    inside = numbers[:1] == (0,) and numbers[-1] == len(program.bundles)
    return numbers if len(numbers) == len(said) and ordered and inside else ()


def _step_to_meta(step: Step) -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "way": step.way, "apart": step.apart, "rewrite": step.rewrite, "vectorize": step.vectorize
    }  # fmt: skip
    if step.program is not None:
        said["program"] = program_to_json(step.program)
    return said


def lineage_of(program: Program) -> tuple[Step, ...]:
    """The steps that `program` says it was derived by; none if it says nothing that makes sense."""
    said = program.meta.get(KEY)
    if not isinstance(said, Sequence) or isinstance(said, str):
        return ()
    steps = tuple(map(_step_from_meta, said))
    found = tuple(step for step in steps if step is not None)
    whole = len(found) == len(steps) and all(step.program is not None for step in found[:-1])
    return found if whole and found and found[-1].program is None else ()


def _step_from_meta(said: Any) -> Step | None:
    if not isinstance(said, Mapping):
        return None
    way, vectorize, text = said.get("way"), said.get("vectorize"), said.get("program")
    apart, rewrite = said.get("apart"), said.get("rewrite")
    if not (isinstance(way, str) and isinstance(apart, bool) and isinstance(rewrite, bool)):
        return None
    if vectorize is not None and not isinstance(vectorize, bool):
        return None
    if text is None:
        return Step(way, apart, rewrite, vectorize)
    try:
        return Step(way, apart, rewrite, vectorize, program_from_json(str(text)))
    except InputError:
        return None
