"""The pipeline as a whole: results that hold together, faults that are caught, no chance in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from slotweave.backend import fitted as backend_fitted
from slotweave.backend.fitted import Fitted
from slotweave.base.budget import Budget, budget
from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver import passes, rewriting, search_blocks
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.driver.origin import origin_of
from slotweave.frontend.kernel import Kernel, Words
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph, Region
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.rewrite import Rewritten
from slotweave.simulate.graph import run_graph
from support.clocks import TickingClock
from support.tree_hash import compiled, parameters

SHAPE = (4, 6, 20)


def compile_shape(kernel: Kernel = TREE_HASH, **options: Any) -> Compiled:
    values = parameters(*SHAPE)
    plan = kernel.plan("default", values, "full")
    return compile_job(Job(kernel, values, "full", plan, CHALLENGE, **options))


@pytest.fixture(scope="module")
def result() -> Compiled:
    return compile_shape()


def test_the_values_on_the_way_belong_together(result: Compiled) -> None:
    fitted = result.block.fitted
    assert result.cycles == fitted.schedule.makespan == len(result.program.bundles)
    assert result.verified.cycles == result.cycles
    assert fitted.allocation.peak <= fitted.allocation.size == CHALLENGE.scratch_words
    assert fitted.problem.size == len(fitted.schedule.mode)
    assert len(fitted.layout.offset) == len(fitted.graph.nodes) + 1
    assert max(bound.cycles for bound in result.block.bounds) <= result.cycles
    assert set(result.seconds) == {
        "trace", "rewrite", "share", "pipeline", "lower", "promises", "schedule", "emit", "link",
        "bound", "check", "verify",
    }  # fmt: skip


def test_the_program_says_where_it_came_from(result: Compiled) -> None:
    assert result.program.machine == "challenge"
    assert result.program.meta == {
        "kernel": "tree-hash", "params": parameters(*SHAPE), "contract": "full",
        "plan": "default", "seed": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [("default", "default (from elsewhere)"), ("plan.json (tuned)", "plan.json (tuned)")],
)
def test_only_a_plan_that_the_kernel_knows_bears_the_plain_name_of_one(
    name: str, said: str
) -> None:
    values = parameters(2, 2, 8)
    plan = replace(TREE_HASH.plan("default", values, "values"), name=name, rewrite=False)
    assert origin_of(Job(TREE_HASH, values, "values", plan, CHALLENGE))["plan"] == said


def test_all_graphs_of_a_result_compute_the_same(result: Compiled) -> None:
    memory = TREE_HASH.memory(result.job.parameters, "full", np.random.default_rng(5)).tolist()
    judged = slice(7 + 31, None)
    expected = TREE_HASH.reference(np.array(memory, np.uint32), result.job.parameters, "full")
    for graph in (result.block.traced, result.block.rewritten.graph, result.block.fitted.graph):
        assert run_graph(graph, memory)[judged] == expected[judged].tolist()


def test_rewriting_pays(result: Compiled) -> None:
    assert len(result.block.rewritten.graph.nodes) < len(result.block.traced.nodes)
    assert compiled(SHAPE, "full", replace(result.job.plan, rewrite=False)).cycles > result.cycles


# Faults


def caught(code: str, *words: str, kernel: Kernel = TREE_HASH) -> None:
    """Compiling ends in this error, and its message holds the words."""
    with pytest.raises(CheckFailed) as failure:
        compile_shape(kernel)
    assert failure.value.diagnostic.code == code
    for word in words:
        assert word in failure.value.diagnostic.message


def test_a_wrong_reference_is_caught_with_the_place_and_what_reproduces_it() -> None:
    def wrong(memory: Words, values: dict[str, int], contract: str) -> Words:
        after = TREE_HASH.reference(memory, values, contract)
        after[-3] ^= np.uint32(1)
        return after

    kernel = replace(TREE_HASH, reference=wrong)
    said = ("values[17] (address 75)", "only such word", "seed 0, instance 0")
    caught("SW403", *said, kernel=kernel)


def test_a_kernel_that_changes_its_input_is_caught() -> None:
    def build(k: Tracer, *_: Any) -> None:
        k.region("in", 0, 8).store(3, 1)
        k.region("out", 8, 8, output=True).store(0, 2)

    def facts(*_: Any) -> Facts:
        return Facts(16, {}, (Region("in", 0, 8, read_only=True), Region("out", 8, 8)))

    kernel = Kernel(
        "careless", "", TREE_HASH.parameters, ("full",), build,
        memory=lambda _values, _contract, rng: rng.integers(2, 2**32, 16, dtype=np.uint32),
        reference=lambda memory, _values, _contract: memory,
        facts=facts, plan=lambda *_: Plan("default", "careless"),
    )  # fmt: skip
    caught("SW404", "in[3] (address 3) is an input and was changed", kernel=kernel)


def spoil(
    monkeypatch: pytest.MonkeyPatch, where: Any, stage: str, change: Callable[[Any], Any]
) -> None:
    """From here on `stage` gives what `change` makes of its answer."""
    right = getattr(where, stage)

    def wrong(*arguments: Any, **options: Any) -> Any:
        return change(right(*arguments, **options))

    monkeypatch.setattr(where, stage, wrong)


def shifts_the_other_way(graph: Graph) -> Graph:
    nodes = [replace(node, op="shl") if node.op == "shr" else node for node in graph.nodes]
    return graph.with_nodes(tuple(nodes))


def test_a_rewrite_that_is_not_what_the_rules_did_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def change(rewritten: Rewritten) -> Rewritten:
        return replace(rewritten, graph=shifts_the_other_way(rewritten.graph))

    spoil(monkeypatch, rewriting, "rewrite", change)
    caught("SW405", "is another one: vstore")


def test_a_wrong_kernel_is_caught_by_running_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(flow: Flow) -> Flow:
        return flow.with_graphs([shifts_the_other_way(block.graph) for block in flow.blocks])

    spoil(monkeypatch, passes, "trace_flow", change)
    caught("SW403", "is wrong")


def test_a_schedule_that_breaks_a_dependence_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(attempts: Iterator[Fitted]) -> Iterator[Fitted]:
        (*_, fitted) = attempts
        cycle = fitted.schedule.cycle.copy()
        cycle[int(np.argmax(cycle))] = 0
        yield replace(fitted, schedule=replace(fitted.schedule, cycle=cycle))

    spoil(monkeypatch, search_blocks, "search_lowered", change)
    caught("SW401")


def test_two_values_in_one_word_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(attempts: Iterator[Fitted]) -> Iterator[Fitted]:
        (*_, fitted) = attempts
        address = np.minimum(fitted.allocation.address, 200)
        yield replace(fitted, allocation=replace(fitted.allocation, address=address))

    spoil(monkeypatch, search_blocks, "search_lowered", change)
    caught("SW402")


@pytest.mark.parametrize("seed", range(8))
def test_a_wrong_operand_in_the_program_is_caught(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = np.random.default_rng(seed)

    def change(program: Program) -> Program:
        bundles = list(program.bundles)
        number = int(rng.choice([i for i, bundle in enumerate(bundles) if "valu" in bundle]))
        slots = list(bundles[number]["valu"])
        op, destination, *sources = slots[0]
        slots[0] = (op, (destination + 8) % 1024, *sources)
        bundles[number] = {**bundles[number], "valu": tuple(slots)}
        return replace(program, bundles=tuple(bundles))

    spoil(monkeypatch, backend_fitted, "emit", change)
    with pytest.raises(CheckFailed) as failure:
        compile_shape()
    # Where the symbols cannot judge (two writes to one word, an address that may be anywhere) the
    # simulator refuses.
    assert failure.value.diagnostic.code in {"SW406", "SW104", "SW106", "SW109"}


def test_a_missing_bundle_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def shortened(program: Program) -> Program:
        return replace(program, bundles=program.bundles[:-1])

    spoil(monkeypatch, backend_fitted, "emit", shortened)
    caught("SW406", "instead of")


# Determinism


def test_the_same_inputs_give_the_same_program(result: Compiled) -> None:
    assert program_to_json(compile_shape().program) == program_to_json(result.program)


def test_two_processes_give_the_same_program(result: Compiled) -> None:
    height, rounds, batch = SHAPE
    options = ["-p", f"height={height}", "-p", f"rounds={rounds}", "-p", f"batch={batch}"]
    command = [sys.executable, "-c", "from slotweave.cli.main import main; main()", "compile",
               "tree-hash", *options, "--contract", "full", "-o", "-"]  # fmt: skip
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert other.stdout == program_to_json(result.program)


def test_the_seed_chooses_the_inputs_and_not_the_program(result: Compiled) -> None:
    other = compile_shape(seed=3)
    assert other.program.bundles == result.program.bundles
    assert other.program.meta["seed"] == 3


# Limits


@pytest.fixture(scope="module")
def slow_to_improve() -> Callable[..., Compiled]:
    """Compiles what gets shorter, but not with the second attempt."""
    return lambda **options: compiled((6, 10, 128), instances=1, **options)


def test_what_time_ended_is_repeated_by_the_evaluations_it_records(
    slow_to_improve: Callable[..., Compiled],
) -> None:
    ended = slow_to_improve(budget=budget(seconds=4, clock=TickingClock()))
    assert ended.evaluations == 4
    again = slow_to_improve(budget=Budget(ended.evaluations))
    assert again.evaluations == 4
    assert program_to_json(again.program) == program_to_json(ended.program)


def test_no_time_is_the_first_attempt_and_more_attempts_are_shorter(
    slow_to_improve: Callable[..., Compiled],
) -> None:
    first, some, full = (
        slow_to_improve(budget=limits)
        for limits in (budget(seconds=0), Budget(2), Budget(1_000_000))
    )
    assert (first.evaluations, some.evaluations, full.evaluations) == (1, 2, 11)
    assert first.cycles == some.cycles > full.cycles
