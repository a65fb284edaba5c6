"""The stand-in for the challenge's `problem`: as its files use it, and as its definition says."""

from __future__ import annotations

import numpy as np

from slotweave.challenge.foreign.stand_in import problem
from slotweave.challenge.tree_hash import workload
from slotweave.machine import CHALLENGE

PARAMETERS = {"height": 3, "rounds": 6, "batch": 5}


def instance() -> tuple[problem.Tree, problem.Input]:
    tree = problem.Tree.generate(PARAMETERS["height"])
    return tree, problem.Input.generate(tree, PARAMETERS["batch"], PARAMETERS["rounds"])


def test_its_constants_are_those_of_the_machine_and_the_workload() -> None:
    assert {**dict(CHALLENGE.engines), "debug": 64} == problem.SLOT_LIMITS
    assert CHALLENGE.scratch_words == problem.SCRATCH_SIZE
    assert CHALLENGE.vector_length == problem.VLEN
    assert tuple(problem.HASH_STAGES) == workload.HASH_STAGES


def test_its_reference_is_the_definition() -> None:
    tree, items = instance()
    memory = problem.build_mem_image(tree, items)
    wanted = workload.reference(np.array(memory, dtype=np.uint32), PARAMETERS, "full").tolist()
    trace: dict[object, int] = {}
    *_, after = problem.reference_kernel2(list(memory), trace)
    assert after == wanted
    assert trace[5, 4, "hashed_val"] == wanted[-1]
    problem.reference_kernel(tree, items)
    assert items.values == wanted[-5:]
    assert items.indices == wanted[-10:-5]


def test_a_hash_is_the_hash() -> None:
    words = [0, 1, 2**32 - 1, 12345]
    assert [problem.myhash(word) for word in words] == workload.hash_words(
        np.array(words, dtype=np.uint32)
    ).tolist()


def test_its_machine_runs_on_behind_a_pause() -> None:
    program: list[problem.Instruction] = [
        {"load": [("const", 1, 7)]},
        {"store": [("store", 0, 1)], "flow": [("pause",)]},
        {"load": [("const", 2, 9)]},
    ]
    machine = problem.Machine([0], program, problem.DebugInfo({}))
    machine.run()
    assert (machine.mem, machine.cycle, machine.cores[0].scratch[2]) == ([7], 2, 0)
    assert machine.cores[0].state is problem.CoreState.PAUSED
    machine.run()
    assert (machine.cycle, machine.cores[0].scratch[2]) == (3, 9)
    unpaused = problem.Machine([0], program, problem.DebugInfo({}))
    unpaused.enable_pause = False
    unpaused.run()
    assert unpaused.cycle == 3
