"""`slotweave rules`: every rule with its equation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slotweave.rules import catalog, proof
from slotweave.rules.proof import PROOFS_FILE, recorded_proofs
from slotweave.rules.registry import PROVED
from slotweave.rules.rule import Rule
from slotweave.rules.term import variable
from support.command_line import assert_refused, slotweave, slotweave_process


def test_every_rule_is_listed_on_a_line_of_its_own() -> None:
    lines = slotweave("rules", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.name for rule in PROVED]
    listed = slotweave("rules", "list", "--json").json["rules"]
    assert listed[0] == {"name": PROVED[0].name, "equation": PROVED[0].equation}


def test_a_rule_is_shown_with_its_two_sides() -> None:
    text = slotweave("rules", "show", "fuse_shift_add").out
    assert text.startswith("fuse_shift_add: (x << s) + y  ->  multiply_add(x, 2^s, y)")
    for line in ("pattern      ", "replacement  ", "condition    ", "proof        z3 "):
        assert f"\n{line}" in text
    shown = slotweave("rules", "show", "fuse_multiply_add", "--json").json
    assert shown["condition"] is None
    assert shown["equation"] == "x*y + z  ->  multiply_add(x, y, z)"


def test_an_unknown_rule_is_refused() -> None:
    answer = slotweave("rules", "show", "fuse_multiply_ad")
    assert_refused(answer, "SW212", "did you mean 'fuse_multiply_add'?")
    assert_refused(slotweave("rules", "show", "42"), "SW212", "`slotweave rules list` shows the ")


def test_a_rule_is_shown_with_its_proof() -> None:
    recorded = recorded_proofs()["divide_by_power"]
    shown = slotweave("rules", "show", "divide_by_power", "--json").json["proof"]
    assert shown == {
        "name": "divide_by_power",
        "prover": recorded.prover,
        "method": recorded.method,
        "seconds": recorded.seconds,
        "fingerprint": recorded.fingerprint,
    }


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The record of proofs, as a copy that may be written."""
    file = tmp_path / "proofs.json"
    file.write_text(PROOFS_FILE.read_text())
    monkeypatch.setattr(proof, "PROOFS_FILE", file)
    return file


@pytest.fixture
def wrong_rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """A rule of the catalog that is wrong for every odd word."""
    x = variable("x")
    wrong = Rule("halve_and_double", "(x >> 1) << 1  ->  x", (x >> 1) << 1, x)
    monkeypatch.setattr(catalog, "EQUATIONS", (catalog.EQUATIONS[0], wrong))
    return wrong


def test_named_rules_are_proved_again() -> None:
    pytest.importorskip("z3")
    answer = slotweave("rules", "prove", "xor_zero", "divide_by_one")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split()[:2] for line in lines] == [["xor_zero", "z3"], ["divide_by_one", "z3"]]
    assert "words of 32 bits, any number of lanes; " in lines[0]
    assert "2 rules proved in " in answer.err
    assert "the recorded proofs of 2 rules fit them" in answer.err


def test_the_json_form_holds_the_proofs() -> None:
    pytest.importorskip("z3")
    answer = slotweave("rules", "prove", "xor_zero", "--json").json
    assert answer["schema_version"] == 1
    (proved,) = answer["proved"]
    assert proved["name"] == "xor_zero"
    assert proved["fingerprint"] == recorded_proofs()["xor_zero"].fingerprint


def test_proofs_made_again_are_recorded_beside_the_others(record: Path) -> None:
    pytest.importorskip("z3")
    before = proof.proofs_from_json(record.read_text())
    before["xor_zero"] = replace(before["xor_zero"], fingerprint="of another rule")
    before["long_gone"] = before["xor_zero"]
    record.write_text(proof.proofs_to_json(before))
    stale = slotweave("rules", "show", "xor_zero").out
    assert "proof        none: the rule was changed after its proof" in stale
    refused = slotweave("rules", "prove", "xor_zero")
    assert refused.code == 1
    assert "SW407 rule xor_zero was changed after its proof" in refused.err
    answer = slotweave("rules", "prove", "xor_zero", "--record")
    assert (answer.code, f"wrote {record}" in answer.err) == (0, True)
    after = recorded_proofs()
    assert list(after) == [rule.name for rule in PROVED]
    assert after["xor_zero"].fingerprint == proof.fingerprint(_rule("xor_zero"))
    assert after["add_zero"] == before["add_zero"]


def _rule(name: str) -> Rule:
    return next(rule for rule in PROVED if rule.name == name)


def test_a_wrong_rule_is_refused_with_its_counterexample(record: Path, wrong_rule: Rule) -> None:
    pytest.importorskip("z3")
    before = record.read_text()
    answer = slotweave("rules", "prove", "--record")
    assert answer.code == 1
    assert answer.out.startswith("fold_add ")
    counterexample, summary = answer.err.splitlines()
    assert counterexample.startswith(f"SW408 rule {wrong_rule.name} is wrong, the two sides differ")
    assert "((x >> 1) << 1)  ->  x; for x = " in counterexample
    assert summary == "SW408 1 of 2 rules are not proved"
    assert record.read_text() == before


def test_a_rule_without_proof_is_shown_as_such(wrong_rule: Rule) -> None:
    shown = slotweave("rules", "show", wrong_rule.name)
    assert "proof        none: the rule has no recorded proof" in shown.out
    assert slotweave("rules", "show", wrong_rule.name, "--json").json["proof"] is None


def test_without_the_prover_the_record_is_compared_and_the_user_told_what_to_install() -> None:
    answer = slotweave_process("rules", "prove", code="import sys; sys.modules['z3'] = None")
    assert answer.returncode == 2
    assert answer.stdout == ""
    compared, refused = answer.stderr.splitlines()
    assert compared == f"the recorded proofs of {len(PROVED)} rules fit them"
    assert refused.startswith("SW217 ")
    assert "pip install 'slotweave[prove]'" in refused


def test_nothing_is_compiled_with_a_rule_that_has_no_proof(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text("{}")
    code = (
        "import pathlib, slotweave.rules.proof as proof\n"
        f"proof.PROOFS_FILE = pathlib.Path({str(tmp_path / 'none.json')!r})"
    )
    answer = slotweave_process("compile", "tree-hash", code=code)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("SW407 rule fold_add has no recorded proof; `slotweave rules ")
    assert answer.stderr.count("\n") == 1


def test_shorter_forms_are_searched_for_and_counted() -> None:
    pytest.importorskip("z3")
    answer = slotweave("rules", "search", "stage-5-carried", "parity-into-address")
    assert answer.code == 0
    head, *rows = (line.split() for line in answer.out.splitlines())
    assert head[:4] == ["part", "now", "tried", "structures"]
    assert rows == [
        ["stage-5-carried", "2", "1", "13", "6", "7", "0", "excluded"],
        ["parity-into-address", "2", "1", "43", "26", "17", "0", "excluded"],
    ]
    assert "stage-5-carried: " in answer.err


def test_what_is_searched_for_is_named_in_json() -> None:
    pytest.importorskip("z3")
    answer = slotweave("rules", "search", "stage-5-carried", "--operations", 2, "--json").json
    (made,) = answer["searches"]
    assert made["term"] == "(a ^ (a >> 16))"
    assert made["operations_now"] == made["operations"] == 2
    assert not made["excluded"]
    assert made["found"] == "t1 = a >> 16; t1 ^ a"


def test_an_unknown_part_or_length_is_refused() -> None:
    assert_refused(slotweave("rules", "search", "stage-9"), "SW212", "part 'stage-9'")
    assert slotweave("rules", "search", "stage-1", "--operations", 4).code == 2


def test_without_the_solver_searching_says_what_to_install() -> None:
    hide = "import sys; sys.modules['z3'] = None"
    process = slotweave_process("rules", "search", "stage-1", code=hide)
    assert process.returncode == 2
    assert process.stderr.startswith("SW217 ")
    assert "pip install 'slotweave[prove]'" in process.stderr
    assert process.stdout == ""
