"""The page of plans: what it says of a choice is what reading a plan does with it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash.plans.choice_table import CHOICES, ROLLED, ROLLED_CHOICES
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.plans.rolled_choices import read_rolled_choices
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import SCHEDULE_CHOICES, Plan, PlanChoice, ScheduleOptions
from slotweave.ir.text.plan_json import plan_from_json
from support.command_line import slotweave
from support.reference.plans import BEGINNING

SHAPE = Shape(height=5, rounds=9, batch=64)


def read(choices: dict[str, Any]) -> object:
    plan = Plan("mine", "tree-hash", choices=choices)
    if choices.get("style") == ROLLED:
        return read_rolled_choices(plan, SHAPE, "values", 8)
    return read_choices(plan, SHAPE, "values", 8)


def with_value(choice: PlanChoice, value: Any) -> dict[str, Any]:
    """Choices of a plan that reads `choice`, with this value."""
    style = {"style": choice.styles[0]} if choice.styles else {}
    return {**style, choice.name: value}


def spoken(choice: PlanChoice, word: str) -> Any:
    """The form in which `choice` holds a word."""
    if choice.name.endswith("_but"):
        return [{"rounds": [1], "way": word}]
    return word if choice.holds == "a word" else [word]


ALL = (*CHOICES, *ROLLED_CHOICES)
WORDS = [(choice, word) for choice in ALL for word in choice.values]


@pytest.mark.parametrize("choice", ALL, ids=lambda choice: choice.name)
def test_the_default_is_what_a_plan_gets_that_says_nothing(choice: PlanChoice) -> None:
    assert read(with_value(choice, choice.default)) == read(
        {key: value for key, value in with_value(choice, 0).items() if key != choice.name}
    )


@pytest.mark.parametrize(("choice", "word"), WORDS)
def test_each_word_is_accepted(choice: PlanChoice, word: str) -> None:
    """By itself; a way that reads a table may be refused for want of the table alone."""
    given = with_value(choice, spoken(choice, word))
    if word in ("copy", "record", "family"):
        with pytest.raises(InputError, match="no such table"):
            read(given)
    else:
        read(given)


@pytest.mark.parametrize("choice", [c for c in ALL if c.values], ids=lambda choice: choice.name)
def test_another_word_is_refused_and_the_words_are_named(choice: PlanChoice) -> None:
    with pytest.raises(InputError, match=f"not one of {', '.join(choice.values)}"):
        read(with_value(choice, spoken(choice, "hop")))


@pytest.mark.parametrize("choice", ALL, ids=lambda choice: choice.name)
def test_a_value_of_another_kind_is_refused(choice: PlanChoice) -> None:
    with pytest.raises(InputError, match=f"SW209 plan 'mine': '{choice.name}'"):
        read(with_value(choice, 1.5))


def test_the_options_of_the_scheduler_are_its_fields() -> None:
    defaults = {choice.name: choice.default for choice in SCHEDULE_CHOICES}
    assert list(defaults) == [field.name for field in fields(ScheduleOptions)]
    assert defaults == asdict(ScheduleOptions())


@pytest.mark.parametrize(
    ("choice", "word"), [(choice, word) for choice in SCHEDULE_CHOICES for word in choice.values]
)
def test_each_word_of_the_scheduler_is_accepted(choice: PlanChoice, word: str) -> None:
    text = json.dumps({"name": "p", "kernel": "k", "schedule": {choice.name: word}})
    assert getattr(plan_from_json(text).schedule, choice.name) == word


def test_the_example_compiles(tmp_path: Path) -> None:
    example = BEGINNING.split("```json\n")[1].split("```")[0]
    file = tmp_path / "mine.json"
    file.write_text(example, encoding="utf-8")
    shape = ("-p", "height=4", "-p", "rounds=5", "-p", "batch=32")
    answer = slotweave("compile", "tree-hash", *shape, "--plan", file, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["plan"] == "mine.json (mine)"


def test_the_keys_of_a_plan_are_on_the_page() -> None:
    with pytest.raises(InputError) as caught:
        plan_from_json('{"other": 1}')
    assert "other" in str(caught.value)
    for key in ("name", "kernel", "rewrite", "schedule", "choices", "origin", "schema_version"):
        assert f"| `{key}` |" in BEGINNING


def test_the_command_says_every_choice_with_its_values() -> None:
    text = " ".join(slotweave("kernels", "show", "tree-hash").out.split())
    answer = slotweave("kernels", "show", "tree-hash", "--json").json
    for choice in (*ALL, *SCHEDULE_CHOICES):
        assert f"{choice.name}: {choice.holds}, default {json.dumps(choice.default)}" in text
        assert choice.text in text
        for word, meaning in choice.values.items():
            assert f"{word} {meaning}" in text
    assert set(answer["choices"]) == {choice.name for choice in ALL}
    assert answer["choices"]["bias"]["default"] == "select"
    assert list(answer["schedule"]) == [choice.name for choice in SCHEDULE_CHOICES]


def test_a_kernel_of_a_file_has_those_of_the_scheduler_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def f(k, n=8):\n    pass\n", encoding="utf-8")
    text = slotweave("kernels", "show", f"{file}:f").out
    assert "choices of the scheduler" in text
    assert "choices of this kernel" not in text
