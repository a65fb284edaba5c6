"""What the challenge adds to Slotweave: its kernel, facts, files, form of export, and options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slotweave.extensions import (
    ExportForm,
    Extension,
    NamedFacts,
    ProgramReader,
    SearchTarget,
    Subject,
)
from slotweave.extensions.extension import Heard, Values

if TYPE_CHECKING:
    from slotweave.challenge.foreign.confined import Ending
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.program import Program


def _kernels() -> Iterable[Kernel]:
    from slotweave.challenge.tree_hash import TREE_HASH

    return (TREE_HASH,)


def _search_targets() -> Iterable[SearchTarget]:
    from slotweave.challenge.tree_hash.plans.search_targets import search_targets

    return search_targets()


def _read(file: str, values: Values, seconds: float, heard: Heard) -> Program:
    from slotweave.challenge.foreign.confined import Limits
    from slotweave.challenge.foreign.load import load_challenge_file
    from slotweave.challenge.tree_hash.workload import Shape

    def told(ending: Ending) -> None:
        heard(ending.printed_bytes, ending.printed)

    return load_challenge_file(file, Shape.of(values), Limits(seconds=seconds), told)


def _seems_one(text: str) -> bool:
    return "class KernelBuilder" in text


def _write(program: Program) -> str:
    from slotweave.challenge.export import challenge_source

    return challenge_source(program)


EXTENSION = Extension(
    name="challenge",
    kernels=_kernels,
    subject=Subject("shape", "tree-hash", ("height", "rounds", "batch"), "10,16,256"),
    facts=(
        NamedFacts(
            "challenge",
            "of tree hash: header words known, regions, indices all 0; output: the values",
            "values",
            cure="--facts challenge-judged lets tree and header end as they like",
        ),
        NamedFacts(
            "challenge-judged", "the same, but header and tree may end as they like", "judged"
        ),
        NamedFacts("challenge-full", "as challenge; output: the indices, too", "full"),
        NamedFacts(
            "challenge-any-start", "as challenge-full, with indices of any nodes", "any-start"
        ),
    ),
    reader=ProgramReader(
        suffix=".py",
        noun="Python file",
        interface="the challenge's interface",
        facts="challenge",
        read=_read,
        seems_one=_seems_one,
        builder="its KernelBuilder makes a program",
    ),
    exports=(
        ExportForm(
            "challenge",
            "`challenge` is one Python file for the challenge's own checkout. Its authors ask "
            "that solutions are not published; please keep such files to yourself.",
            _write,
            "Put it into the challenge's checkout as perf_takehome.py. The challenge's authors "
            "ask that solutions are not published: please keep it to yourself.",
            is_python=True,
        ),
    ),
    search_targets=_search_targets,
)
