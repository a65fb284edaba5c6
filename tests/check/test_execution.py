"""Runs against a reference: right programs pass, wrong words and changed inputs are named."""

from __future__ import annotations

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.check.runs import execution
from slotweave.check.runs.execution import Verified, instance_memory, run_against_reference
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Program
from slotweave.machine import MINIMAL

IN, OUT = Region("in", 0, 4, read_only=True), Region("out", 4, 2, output=True)
FACTS = Facts(8, {}, (IN, OUT, Region("work", 6, 2)))


def random_words(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 2**32, 8, dtype=np.uint32)


def first_plus_second(memory: np.ndarray) -> np.ndarray:
    """out[1] = in[0] + in[1]."""
    memory = memory.copy()
    memory[5:6] = memory[0:1] + memory[1:2]
    return memory


def adding(*more: dict[str, tuple[tuple[object, ...], ...]], target: int = 5) -> Program:
    bundles = (
        {"scalar": (("const", 0, 0), ("const", 1, 1))},
        {"memory": (("load", 2, 0),), "scalar": (("const", 4, target),)},
        {"memory": (("load", 3, 1),)},
        {"scalar": (("+", 2, 2, 3),)},
        {"memory": (("store", 4, 2),)},
        *more,
    )
    return Program("minimal", bundles)


def verified(program: Program, **options: object) -> Verified:
    arguments = {"facts": FACTS, "memory": random_words, "reference": first_plus_second,
                 "instances": 5, "seed": 3, **options}  # fmt: skip
    return run_against_reference(program, MINIMAL, **arguments)  # type: ignore[arg-type]


def refusal(program: Program, **options: object) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as caught:
        verified(program, **options)
    return caught.value.diagnostic.code, caught.value.diagnostic.message


def test_a_right_program_is_verified():
    assert verified(adding()) == Verified(instances=5, mismatches=0, cycles=5)


def test_working_memory_may_end_as_it_likes():
    assert verified(adding({"scalar": (("const", 5, 7),)}, {"memory": (("store", 5, 2),)}))


def test_a_wrong_word_is_named_with_what_was_expected():
    before = instance_memory(random_words, 3, 0)
    right = int(first_plus_second(before)[5])
    assert refusal(adding(target=4)) == (
        "SW403",
        f"out[0] (address 4) is wrong: {right} instead of {before[4]}, the first of 2 such words "
        "(seed 3, instance 0)",
    )


def test_a_changed_input_is_named():
    code, message = refusal(adding({"scalar": (("const", 5, 3),)}, {"memory": (("store", 5, 2),)}))
    assert code == "SW404"
    assert message.startswith("in[3] (address 3) is an input and was changed: ")


def test_a_program_made_for_one_input_fails_on_another():
    only = instance_memory(random_words, 3, 0)
    answer = int(first_plus_second(only)[5])
    learnt = Program(
        "minimal",
        ({"scalar": (("const", 0, answer), ("const", 1, 5))}, {"memory": (("store", 1, 0),)}),
    )
    assert verified(learnt, instances=1).mismatches == 0
    code, message = refusal(learnt)
    assert code == "SW403"
    assert "(seed 3, instance 1)" in message


def test_without_regions_all_of_memory_is_judged():
    assert verified(adding(), facts=Facts()).mismatches == 0
    store = adding({"scalar": (("const", 5, 7),)}, {"memory": (("store", 5, 2),)})
    code, message = refusal(store, facts=Facts())
    assert code == "SW403"
    assert message.startswith("memory[7] (address 7) is wrong")


def test_a_fault_of_the_machine_is_reported_with_its_instance():
    code, message = refusal(adding({"memory": (("load", 2, 2),)}))
    assert code == "SW106"
    assert message.endswith("(seed 3, instance 0)")


def test_a_program_that_does_not_stop_is_ended():
    loop = adding({"control": (("jump", 5),)})
    assert refusal(loop, max_cycles=100)[0] == "SW114"


def test_instances_depend_on_seed_and_number_alone():
    one, other = (instance_memory(random_words, 3, 4) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, instance_memory(random_words, 3, 5))
    assert not np.array_equal(one, instance_memory(random_words, 4, 4))


def test_simulators_that_disagree_are_reported(monkeypatch):
    real = execution.run_compiled
    monkeypatch.setattr(
        execution,
        "run_compiled",
        lambda encoded, memory, **options: real(encoded, memory + np.uint32(1), **options),
    )
    code, message = refusal(adding())
    assert code == "SW403"
    assert message.startswith("the two simulators end differently")


def test_a_wrong_word_of_the_trace_is_named():
    traced = adding({"control": (("trace_write", 2),)})
    verified(traced, trace=lambda memory: [int(first_plus_second(memory)[5])])
    code, message = refusal(traced, trace=lambda _memory: [7])
    assert code == "SW403"
    assert message.startswith("word 0 of the trace buffer is wrong: ")
    assert message.endswith(" instead of 7 (seed 3, instance 0)")


def test_a_trace_of_another_length_is_named():
    code, message = refusal(adding(), trace=lambda _memory: [7])
    assert code == "SW403"
    assert message.startswith("0 words are written to the trace buffer instead of 1")


def test_where_the_reference_fails_its_place_is_named_and_not_a_bundle():
    def fails(_memory: np.ndarray) -> np.ndarray:
        raise CheckFailed(Diagnostic("SW108", "divides by zero", file="kernel.py:3"))

    broken = adding({"scalar": (("//", 2, 2, 3),)})
    with pytest.raises(CheckFailed, match=r"SW108 kernel\.py:3: divides by zero"):
        verified(broken, reference=fails)
