"""Saved results: what is written is read back, whatever is read ends in a record or an error."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.evidence.hashes import (
    inputs_hash,
    machine_hash,
    program_hash,
    record_hash,
    simulator_hash,
)
from slotweave.evidence.kind import is_record
from slotweave.evidence.record import HASHED, record_from_json, record_to_json
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE, MINIMAL
from support.examples import examples
from support.small_results import small_result


@cache
def saved() -> str:
    return record_to_json(
        compiled_summary(small_result()).to_json(), small_result().program, CHALLENGE, TREE_HASH
    )


def changed(*path: str | int, value: Any) -> str:
    """The saved result with another entry."""
    entries = json.loads(saved())
    place = entries
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(entries)


def refused(text: str) -> str:
    with pytest.raises(InputError) as failure:
        record_from_json(text, "result.json")
    return str(failure.value)


def test_a_record_holds_what_was_found() -> None:
    record = record_from_json(saved())
    assert is_record(saved())
    assert record.cycles == small_result().cycles
    assert record.program == small_result().program
    assert record.machine == CHALLENGE
    assert record.parameters == small_result().job.parameters
    assert (record.kernel, record.contract) == ("tree-hash", "values")
    assert (record.seed, record.instances) == (0, 2)
    assert record.entries["bound"] == compiled_summary(small_result()).to_json()["bound"]
    assert set(record.hashes) == set(HASHED)


def test_each_hash_is_that_of_its_value() -> None:
    record = record_from_json(saved())
    assert record.hashes == {
        "record": record_hash(record.entries),
        "program": program_hash(small_result().program),
        "machine": machine_hash(CHALLENGE),
        "simulator": simulator_hash(),
        "inputs": inputs_hash(TREE_HASH, small_result().job.parameters, "values", 0, 2),
    }
    assert all(len(value) == 64 for value in record.hashes.values())


def test_hashes_tell_values_apart() -> None:
    assert machine_hash(CHALLENGE) != machine_hash(MINIMAL)
    seeds = {
        inputs_hash(TREE_HASH, small_result().job.parameters, "values", seed, 2)
        for seed in range(5)
    }
    assert len(seeds) == 5
    assert record_hash({"a": 1, "b": 2}) == record_hash({"b": 2, "a": 1}) != record_hash({"a": 1})


def test_a_program_file_is_no_record() -> None:
    assert not is_record(program_to_json(small_result().program))
    assert not is_record("[]")


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (["schema_version"], 2, "schema_version 1"),
        (["kind"], "program", "kind 'result'"),
        (["verified"], [], "'verified' cannot be a list of 0"),
        (["verified", "instances"], 0, "'instances' must be from 1"),
        (["verified", "instances"], 10**12, "'instances' must be from 1 to 1000000"),
        (["verified", "instances"], True, "'instances' must be"),
        (["seed"], -1, "'seed' must be from 0"),
        (["cycles"], "48", "'cycles' cannot be"),
        (["kernel"], None, "'kernel' is missing"),
        (["params"], {"height": 3.5}, "'height' cannot be"),
        (["hashes", "inputs"], 7, "'inputs' cannot be 7"),
        (["hashes"], {}, "'record' is missing"),
    ],
)
def test_a_mistake_is_named(path: list[str], value: object, word: str) -> None:
    message = refused(changed(*path, value=value))
    assert message.startswith("SW218 result.json")
    assert word in message


def test_mistakes_in_program_and_machine_are_those_of_their_own_files() -> None:
    assert refused(changed("program", "program", value=7)).startswith("SW204 result.json")
    assert refused(changed("machine_toml", value="[[")).startswith("SW205 result.json")


def test_what_is_no_json_is_named_with_its_line() -> None:
    assert refused('{"kind":\n').startswith("SW218 result.json:1: ")
    assert "a result is an object" in refused("[]")


@pytest.mark.parametrize("depth", [70, 500, 980, 995, 20_000])
@pytest.mark.parametrize(("opened", "closed"), ["[]", ('{"a":', "}")])
def test_deep_nesting_is_refused_anywhere(depth: int, opened: str, closed: str) -> None:
    deep = opened * depth + "1" + closed * depth
    for path in (["more"], ["program", "meta"], ["params"], ["hashes"], ["verified"]):
        text = changed(*path, value="here").replace('"here"', deep)
        assert "nested" in refused(text)


@examples(60)
@given(st.integers(0, 10**6), st.binary(max_size=4))
def test_bytes_changed_anywhere_end_in_a_record_or_an_error(place: int, inserted: bytes) -> None:
    text = saved().encode()
    place %= len(text)
    broken = text[:place] + inserted + text[place + 1 :]
    with suppress(InputError):
        record = record_from_json(broken.decode("utf-8", "replace"), "result.json")
        assert record.instances > 0
