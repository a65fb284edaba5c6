"""Programs that cheat: right wherever their author looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slotweave.challenge.tree_hash.workload import Shape
from slotweave.check.runs.breadth import Workload
from slotweave.check.runs.execution import instance_memory
from slotweave.ir.program import Bundle, Program


def answers_of_a_seed(workload: Workload, seed: int) -> Program:
    """Stores the answers for the first memory of `seed`, whatever memory holds."""
    answers = workload.reference(instance_memory(workload.memory, seed, 0))
    bundles: list[Bundle] = []
    for region in workload.facts.regions:
        for address in range(region.start, region.stop) if region.output else ():
            loads = ("const", 0, address), ("const", 1, int(answers[address]))
            bundles += [{"load": loads}, {"store": (("store", 0, 1),)}]
    return Program("challenge", tuple(bundles))


def right_for_narrow_words(program: Program, parameters: Mapping[str, int]) -> Program:
    """`program` for tree hash, after it has cut every item's value to 30 bits."""
    shape = Shape.of(parameters)
    bundles: list[Bundle] = [{"load": (("const", 1, 2**30 - 1),)}]
    for address in range(shape.values, shape.memory_words):
        bundles += [
            {"load": (("const", 0, address),)},
            {"load": (("load", 2, 0),)},
            {"alu": (("&", 2, 2, 1),)},
            {"store": (("store", 0, 2),)},
        ]
    return replace(program, bundles=(*bundles, *program.bundles))
