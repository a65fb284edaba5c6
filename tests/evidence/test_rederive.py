"""Derived again: an honest result holds, and every entry that was tampered with is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.verifying import workload_of
from slotweave.evidence import rederive
from slotweave.evidence.hashes import machine_hash, program_hash, record_hash, simulator_hash
from slotweave.evidence.record import Record, record_from_json, record_to_json
from slotweave.evidence.rederive import discrepancies
from slotweave.frontend.kernel import Words
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from support.cheating import answers_of_a_seed
from support.small_results import small_result


def record(given: Program | None = None, **entries: Any) -> Record:
    """A record in which all hashes are right, whatever it says."""
    program = given or small_result().program
    summary = {
        **compiled_summary(small_result()).to_json(),
        "bundles": len(program.bundles),
        **entries,
    }
    return record_from_json(record_to_json(summary, program, CHALLENGE, TREE_HASH))


def tampered(**entries: Any) -> Record:
    """A record in which entries were changed afterwards."""
    text = record_to_json(
        compiled_summary(small_result()).to_json(), small_result().program, CHALLENGE, TREE_HASH
    )
    return record_from_json(json.dumps({**json.loads(text), **entries}))


def found(of: Record, **options: Any) -> dict[str, str]:
    arguments = {"kernel": TREE_HASH, "machine": CHALLENGE, **options}
    return {d.entry: d.reason for d in discrepancies(of, **arguments)}


def test_an_honest_result_holds() -> None:
    assert found(record()) == {}


def test_cycles_that_were_changed_are_named() -> None:
    assert found(tampered(cycles=7)) == {
        "record": found(tampered(cycles=7))["record"],
        "cycles": f"7 recorded, {small_result().cycles} counted",
    }
    assert found(record(cycles=7)) == {"cycles": f"7 recorded, {small_result().cycles} counted"}


def test_any_other_entry_that_was_changed_shows_in_the_hash_of_the_record() -> None:
    bound = {"cycles": small_result().cycles, "name": "optimal", "why": "trust me"}
    assert set(found(tampered(bound=bound))) == {"record"}


def test_bundles_are_counted() -> None:
    assert found(record(bundles=1)) == {
        "bundles": f"1 recorded, {len(small_result().program.bundles)} found"
    }


def test_another_program_is_named() -> None:
    other = replace(small_result().program, meta={**small_result().program.meta, "note": "mine"})
    reasons = found(replace(record(), program=other))
    assert set(reasons) == {"program"}
    assert program_hash(other)[:12] in reasons["program"]
    assert program_hash(small_result().program)[:12] in reasons["program"]


def test_another_machine_is_named() -> None:
    wider = replace(CHALLENGE, engines=(*CHALLENGE.engines[:-1], ("flow", 2)))
    reasons = found(record(), machine=wider)
    assert set(reasons) == {"machine"}
    assert machine_hash(wider)[:12] in reasons["machine"]
    assert set(found(replace(record(), machine=wider))) == {"machine_toml"}


def test_another_simulator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rederive, "simulator_hash", lambda: "0" * 64)
    assert set(found(record())) == {"simulator"}


def test_the_hash_of_the_simulator_is_that_of_its_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slotweave.evidence import hashes

    def sources(change: str = "") -> str:
        for package in ("isa", "simulate"):
            (tmp_path / package).mkdir(exist_ok=True)
            (tmp_path / package / "module.py").write_text(f"{package}\n{change}")
        return simulator_hash()

    own = simulator_hash()
    monkeypatch.setattr(hashes.slotweave, "__file__", str(tmp_path / "__init__.py"))
    assert len({own, sources(), sources("changed")}) == 3
    assert sources("changed") == sources("changed")


def test_inputs_that_the_seed_no_longer_gives_are_named() -> None:
    def shifted(parameters: Any, contract: str, rng: Any) -> Words:
        rng.integers(2)
        return TREE_HASH.memory(parameters, contract, rng)

    assert set(found(record(), kernel=replace(TREE_HASH, memory=shifted))) == {"inputs"}


def wrong_program() -> Program:
    return replace(small_result().program, bundles=small_result().program.bundles[:-1])


def cheat() -> Program:
    workload = workload_of(
        TREE_HASH, small_result().job.parameters, small_result().job.contract, CHALLENGE
    )
    return answers_of_a_seed(workload, seed=0)


@pytest.mark.parametrize(
    ("make", "words"),
    [(wrong_program, "is wrong"), (cheat, "right for the recorded seed only")],
)
def test_a_program_that_is_not_what_it_should_be_is_named(
    make: Callable[[], Program], words: str
) -> None:
    reasons = found(record(make()))
    assert set(reasons) == {"verified"}
    assert words in reasons["verified"]


def test_the_record_hash_covers_the_program() -> None:
    entries = dict(record().entries)
    assert record_hash({**entries, "program": {}}) != record_hash(entries)
