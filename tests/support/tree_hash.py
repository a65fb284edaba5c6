"""Tree hash as its definition reads, one item at a time, and plans and programs made for tests."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from slotweave.base.budget import UNLIMITED, Budget
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.trace import trace
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, Machine

M = 2**32


def plain_hash(a: int) -> int:
    """The six stages, written out."""
    a = (a + 0x7ED55D16) % M + ((a << 12) % M)
    a %= M
    a = (a ^ 0xC761C23C) ^ (a >> 19)
    a = ((a + 0x165667B1) % M + ((a << 5) % M)) % M
    a = ((a + 0xD3A2646C) % M) ^ ((a << 9) % M)
    a = ((a + 0xFD7046C5) % M + ((a << 3) % M)) % M
    return (a ^ 0xB55A4F09) ^ (a >> 16)


def plain_walk(tree: Sequence[int], index: int, value: int, rounds: int) -> tuple[int, int]:
    """Index and value of one item after its rounds."""
    for _ in range(rounds):
        value = plain_hash(value ^ tree[index])
        index = 2 * index + (1 if value % 2 == 0 else 2)
        if index >= len(tree):
            index = 0
    return index, value


def plain_memory(memory: Sequence[int]) -> list[int]:
    """Memory after the rounds that its header asks for."""
    rounds, nodes, batch, _height, tree, indices, values = memory[:7]
    after = list(memory)
    for item in range(batch):
        index, value = plain_walk(
            memory[tree : tree + nodes], memory[indices + item], memory[values + item], rounds
        )
        after[indices + item], after[values + item] = index, value
    return after


def random_instance(
    height: int, rounds: int, batch: int, seed: int, any_start: bool = False
) -> list[int]:
    """Memory as the workload lays it out, with words of all 32 bits."""
    rng = random.Random(seed)
    nodes = 2 ** (height + 1) - 1
    header = [rounds, nodes, batch, height, 7, 7 + nodes, 7 + nodes + batch]
    tree = [rng.randrange(M) for _ in range(nodes)]
    indices = [rng.randrange(nodes) if any_start else 0 for _ in range(batch)]
    return header + tree + indices + [rng.randrange(M) for _ in range(batch)]


def parameters(height: int, rounds: int, batch: int) -> dict[str, int]:
    return {"height": height, "rounds": rounds, "batch": batch}


def plan_with(choices: Mapping[str, Any], stagger: float = 0.0) -> Plan:
    """A plan of these choices."""
    empty = Plan("mine", TREE_HASH.name)
    return replace(empty, choices=choices, schedule=replace(empty.schedule, stagger=stagger))


def traced(
    shape: tuple[int, int, int], contract: str, plan: Plan, machine: Machine = CHALLENGE
) -> Graph:
    """The graph that `plan` writes for (height, rounds, batch)."""
    return trace(TREE_HASH, parameters(*shape), contract, plan, machine)


def compiled(
    shape: tuple[int, int, int],
    contract: str = "values",
    plan: Plan | str = "default",
    machine: Machine = CHALLENGE,
    budget: Budget = UNLIMITED,
    **options: Any,
) -> Compiled:
    """(height, rounds, batch) compiled and checked."""
    values = parameters(*shape)
    if isinstance(plan, str):
        plan = TREE_HASH.plan(plan, values, contract)
    job = Job(TREE_HASH, values, contract, plan, machine, **options)
    return compile_job(job, budget)
