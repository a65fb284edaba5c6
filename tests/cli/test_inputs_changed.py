"""Programs that leave inputs changed: refused where these are judged, and told what allows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import slotweave

SHAPE = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8", "--plan", "scalar")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Tree hash that ends with the root in another word of the tree."""
    made = tmp_path / "program.json"
    assert slotweave("compile", "tree-hash", *SHAPE, "-o", made, "-q").code == 0
    program = json.loads(made.read_text())
    del program["meta"]["contract"]
    program["program"] += [
        {"load": [["const", 1000, 7], ["const", 1001, 9]]},
        {"load": [["load", 1002, 1000]]},
        {"store": [["store", 1001, 1002]]},
    ]
    made.write_text(json.dumps(program))
    return made


def test_repacking_under_the_usual_facts_names_those_that_allow_it(file: Path) -> None:
    refused = slotweave("repack", file, "--facts", "challenge", "--shape", "2,2,8")
    assert refused.code == 1
    assert "SW404" in refused.err
    assert "--facts challenge-judged lets tree and header end as they like" in refused.err


def test_under_the_judged_facts_it_is_repacked_and_promises_no_more(file: Path) -> None:
    made = file.with_name("made.json")
    facts = ("--facts", "challenge-judged", "--shape", "2,2,8")
    assert slotweave("repack", file, *facts, "--evaluations", "1", "-o", made).code == 0
    short, long = (json.loads(one.read_text())["program"] for one in (made, file))
    assert len(short) < len(long)
    verified = slotweave("verify", made, "--against", "tree-hash", *SHAPE[:-2],
                         "--contract", "judged")  # fmt: skip
    assert verified.code == 0, verified.err


def test_verifying_names_the_contract_that_allows_it(file: Path) -> None:
    refused = slotweave("verify", file)
    assert refused.code == 1
    assert "SW404" in refused.err
    assert "the contract judged lets it end as it likes (--contract judged)" in refused.err
    assert slotweave("verify", file, "--contract", "judged").code == 0


@pytest.mark.long
def test_compiling_for_judged_restores_nothing(tmp_path: Path) -> None:
    """Children are stored over the first nodes, which then need not be written back."""
    shape = ("-p", "height=10", "-p", "rounds=16", "-p", "batch=64")
    choices = ("--choice", 'children_but=[{"rounds": [4], "way": "stored"}]')
    cycles = {}
    for contract in ("values", "judged"):
        made = tmp_path / f"{contract}.json"
        options = ("--contract", contract, "-o", made, "--effort", "fast", "--json")
        answer = slotweave("compile", "tree-hash", *shape, *choices, *options)
        assert answer.code == 0, answer.err
        cycles[contract] = sum(
            slot[0] == "vstore"
            for bundle in json.loads(made.read_text())["program"]
            for slot in bundle.get("store", ())
        )
    assert cycles["judged"] < cycles["values"]
