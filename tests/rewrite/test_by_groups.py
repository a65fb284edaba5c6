"""Groups of items rewritten one by one come out as they do all at once, node for node, or not at
all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given

from slotweave.challenge.tree_hash.kernel import TREE_HASH
from slotweave.driver.compile import draft_after
from slotweave.driver.job import Job
from slotweave.frontend.tracer import Tracer
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.rewrite import GroupMemory, rewrite
from slotweave.rewrite.by_groups import GROUPS_KEPT
from strategies.rewritables import grouped_graph, grouped_graphs
from support.examples import examples


def taken(graph: Graph, memory: GroupMemory, machine: Machine = MINIMAL) -> bool:
    """Whether the groups can be taken one by one; then the graph is that of `rewrite`."""
    found = memory.rewritten(graph)
    assert found is None or found == rewrite(graph, machine).graph
    return found is not None


def check_twice(graph: Graph) -> None:
    """New to the memory, and known to it."""
    memory = GroupMemory(MINIMAL)
    assert taken(graph, memory) == taken(graph, memory)


@given(graph=grouped_graphs())
@examples(100)
def test_groups_come_out_as_all_at_once(graph: Graph) -> None:
    check_twice(graph)


@pytest.mark.long
@given(graph=grouped_graphs(max_steps=9))
@examples(5000)
def test_many_groups_come_out_as_all_at_once(graph: Graph) -> None:
    check_twice(graph)


def test_many_of_these_graphs_are_taken_group_by_group() -> None:
    """So that the claims above are about something."""
    memory = GroupMemory(MINIMAL)
    graphs = [grouped_graph(seed, (seed, seed + 1, seed), 1 + seed % 3) for seed in range(200)]
    found = Counter(taken(graph, memory) for graph in graphs)
    assert found[True] > 40


@pytest.mark.parametrize(
    ("seed", "groups", "steps"),
    [
        (101, (1, 0, 0), 3), (375, (0, 0, 0), 3), (104, (1, 467923, 2, 2), 4),
        (344, (0, 0, 3, 3), 3), (112, (934267, 3), 4), (2836796987, (2, 1), 4),
        (4178140946, (3, 2, 2), 8), (235, (0, 0, 1, 3), 5), (2099349203, (0, 0, 0, 1), 3),
    ],
)  # fmt: skip
def test_what_one_part_decides_for_another(seed: int, groups: tuple[int, ...], steps: int) -> None:
    """Graphs in which parts by themselves came out otherwise, while that was not noticed."""
    check_twice(grouped_graph(seed, groups, steps))


def plan_of(seed: int, base: str, shape: dict[str, int]) -> Plan:
    plan = TREE_HASH.plan(base, shape, "values")
    assert TREE_HASH.vary is not None
    rng = np.random.default_rng(seed)
    return TREE_HASH.vary(plan, shape, "values", rng, few=seed % 3 > 0)


@pytest.mark.parametrize("shape", [(6, 9, 64), (10, 16, 256)])
def test_changed_choices_of_tree_hash_are_taken_group_by_group(
    shape: tuple[int, int, int],
) -> None:
    parameters = dict(zip(("height", "rounds", "batch"), shape, strict=True))
    memory = GroupMemory(CHALLENGE)
    for seed in range(4):
        plan = plan_of(seed, "default", parameters)
        job = Job(TREE_HASH, parameters, "values", plan, CHALLENGE)
        assert taken(draft_after(job, "trace").traced.blocks[0].graph, memory, CHALLENGE)


def graph_of(added: Sequence[int]) -> Graph:
    """Four groups, each of which adds another constant."""
    k = Tracer("groups", 4)
    source = k.region("source", 0, 16)
    shared = k.region("shared", 16, 4, read_only=True).vload(0)
    out = k.region("out", 20, 16, output=True)
    for item, constant in enumerate(added):
        with k.item(item):
            out.vstore(4 * item, (source.vload(4 * item) * shared + constant) + 4)
    return k.graph()


def test_one_changed_group_is_rewritten_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import slotweave.rewrite.by_groups as by_groups

    rewritten: list[int] = []
    group_piece = by_groups.group_piece

    def counted(graph: Graph, *rest: object) -> object:
        rewritten.append(1)
        return group_piece(graph, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(by_groups, "group_piece", counted)
    memory = GroupMemory(MINIMAL)
    assert taken(graph_of((3, 3, 3, 3)), memory)
    assert len(rewritten) == 4
    assert taken(graph_of((5, 3, 3, 3)), memory)
    assert len(rewritten) == 5


def test_groups_that_use_each_other_are_not_taken_one_by_one() -> None:
    k = Tracer("chain", 4)
    source, out = k.region("source", 0, 16), k.region("out", 16, 16, output=True)
    value = source.vload(0)
    for item in range(4):
        with k.item(item):
            value = value + source.vload(4 * item)
            out.vstore(4 * item, value)
    assert not taken(k.graph(), GroupMemory(MINIMAL))


def test_the_memory_does_not_grow_for_ever() -> None:
    memory = GroupMemory(MINIMAL)
    for number in range(GROUPS_KEPT // 2):
        assert taken(graph_of(range(4 * number, 4 * number + 4)), memory)
    assert memory.kept <= GROUPS_KEPT + 4
