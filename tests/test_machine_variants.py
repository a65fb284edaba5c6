"""Changed machines: what compiles for the challenge compiles for its variants, and is right."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle, product

import pytest

from slotweave.base.diagnostics import NoSchedule
from slotweave.challenge.tree_hash.workload import CONTRACTS
from slotweave.machine import CHALLENGE, Machine, machine_from_toml, machine_to_toml
from support.tree_hash import compiled, plan_with

SHAPE = (4, 7, 20)

#: name -> what is changed in the challenge's TOML text, and what is added to it.
VARIANTS: dict[str, tuple[dict[str, str], str]] = {
    "slow multiplication": ({}, "[latency]\nvalu.mul = 3\nvalu.multiply_add = 4\n"),
    "slow memory": ({}, "[latency]\nload.load = 5\nload.vload = 6\nstore.store = 3\n"),
    "everything slow": (
        {},
        "[latency]\nalu.add = 2\nalu.xor = 3\nalu.shr = 2\nvalu.xor = 2\nvalu.broadcast = 4\n"
        "load.const = 3\nload.load = 3\nflow.select = 5\nstore.vstore = 2\n",
    ),
    "one slot of each": (
        {"alu = 12": "alu = 1", "valu = 6": "valu = 1", "load = 2": "load = 1",
         "store = 2": "store = 1"}, "",
    ),
    "no alu": ({"alu = 12": "alu = 0"}, ""),
    "many slots": ({"load = 2": "load = 8", "flow = 1": "flow = 6"}, ""),
    "vectors of four": ({"vector_length = 8": "vector_length = 4"}, ""),
    "vectors of sixteen": ({"vector_length = 8": "vector_length = 16"}, ""),
    "little scratch": ({"scratch_words = 1536": "scratch_words = 280"}, ""),
}  # fmt: skip


def variant(name: str) -> Machine:
    changes, added = VARIANTS[name]
    text = machine_to_toml(replace(CHALLENGE, name=name))
    for old, new in changes.items():
        assert f"\n{old}\n" in text
        text = text.replace(f"\n{old}\n", f"\n{new}\n")
    return machine_from_toml(text + added)


#: Each variant with one contract, in turn; the other pairs take long together.
IN_TURN = set(zip(VARIANTS, cycle(CONTRACTS), strict=False))


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        pytest.param(*pair, marks=() if pair in IN_TURN else pytest.mark.long)
        for pair in product(VARIANTS, CONTRACTS)
    ],
)
def test_tree_hash_compiles_for_every_variant(name: str, contract: str) -> None:
    machine = variant(name)
    result = compiled(SHAPE, contract, machine=machine)
    assert (result.verified.instances, result.verified.mismatches) == (20, 0)
    assert result.equivalence.answer is True
    assert result.block.fitted.allocation.peak <= machine.scratch_words


def test_fewer_slots_and_more_latency_cost_cycles() -> None:
    usual = compiled(SHAPE).cycles
    for name in ("slow memory", "everything slow", "one slot of each", "little scratch"):
        assert compiled(SHAPE, machine=variant(name)).cycles > usual
    assert compiled(SHAPE, machine=variant("many slots")).cycles < usual


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_scalar_plan_waits_for_slow_operations(contract: str) -> None:
    result = compiled((2, 3, 5), contract, "scalar", variant("everything slow"))
    assert result.equivalence.answer is True
    assert result.cycles > compiled((2, 3, 5), contract, "scalar").cycles


def test_records_are_right_where_memory_is_slow() -> None:
    levels = ["select"] * 3 + ["record", "record", "gather"]
    plan = plan_with({"levels": levels, "tables": [3]})
    result = compiled((5, 8, 32), "full", plan, variant("slow memory"))
    assert result.equivalence.answer is True


def test_a_plan_that_holds_less_fits_where_the_default_one_does_not() -> None:
    machine = replace(CHALLENGE, scratch_words=200)
    with pytest.raises(NoSchedule):
        compiled(SHAPE, machine=machine)
    result = compiled(SHAPE, "values", plan_with({"levels": ["gather"]}), machine)
    assert result.equivalence.answer is True
    assert result.block.fitted.allocation.peak <= 200


def test_scratch_that_is_too_small_is_explained() -> None:
    """The message names the cycle, how many words were live, what held them, and what to do."""
    with pytest.raises(NoSchedule) as failure:
        compiled(SHAPE, machine=replace(CHALLENGE, scratch_words=60))
    assert failure.value.diagnostic.code == "SW301"
    message = failure.value.diagnostic.message
    found = re.search(r"in cycle (\d+) (\d+) of 60 scratch words were live and", message)
    assert found is not None, message
    assert 0 < int(found[2]) <= 60
    held = re.findall(r"(\d+) words of ([a-z0-9 ]+) \((\w+)\)", message.partition("held: ")[2])
    assert held
    assert sum(int(words) for words, _, _ in held) <= int(found[2])
    assert any(operation in ("broadcast", "vload") for _, _, operation in held)
    assert "To fit, fewer of these values must be live at once: more scratch" in message
