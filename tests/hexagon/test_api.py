"""`from slotweave import hexagon`: each result is what its command prints, and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave import hexagon
from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.hexagon.judges.emulator import Trial
from slotweave.hexagon.results import Compared
from support.command_line import slotweave
from support.hexagon.listings import text_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")

SMALL = text_of([["r0 = r1"], ["r2 = r3"], ["r4 = add(r0,r2)", "jumpr r31"]])


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("small.s").write_text(SMALL)
    return "small.s"


def test_each_result_is_what_its_command_prints(small: str) -> None:
    repacked = hexagon.repack(SMALL, file=small, self_test=5, seed=3)
    results = {
        ("inspect",): hexagon.inspect(SMALL, file=small),
        ("bound",): hexagon.bound(SMALL, file=small),
        ("repack", "--self-test", 5, "--seed", 3): repacked,
    }
    for (verb, *options), result in results.items():
        printed = slotweave("hexagon", verb, small, *options, "--json").json
        assert {"schema_version": 1, **result.to_json()} == printed
        assert slotweave("hexagon", verb, small, *options).out == f"{result}\n"
        assert "\n" not in repr(result)
    assert slotweave("hexagon", "repack", small, "-o", "-").out == repacked.text
    assert slotweave("hexagon", "report", small, "-o", "-").out == repacked.page()


def test_what_is_told_of_each_block_is_its_number_and_name() -> None:
    told: list[tuple[int, str]] = []
    found = hexagon.repack(SMALL, assemble=False, watch=lambda *one: told.append(one))
    assert told == [(1, "f")]
    assert found.unjudged
    assert repr(found) == "<1 block repacked: 3 packets to 2>"


def test_an_unknown_fact_and_another_text_are_refused() -> None:
    with pytest.raises(InputError, match=r"SW215.*did you mean 'private-spills'\?"):
        hexagon.repack(SMALL, assume=["private-spill"])
    with pytest.raises(InputError, match=r"SW212.*did you mean 'cycles'\?"):
        hexagon.repack(SMALL, no_worse="cycle")
    with pytest.raises(InputError, match="SW213"):
        hexagon.inspect("def triple(k): pass\n")


def test_what_is_run_must_be_there(small: str) -> None:
    with pytest.raises(InputError, match="SW203"):
        hexagon.verify("nowhere.s", small, "f")
    with pytest.raises(InputError, match=r"SW229 .*no function 'g'"):
        hexagon.count(small, "g")
    with pytest.raises(InputError, match="SW212"):
        hexagon.count(small, "f;g")


def test_a_difference_is_one_that_can_be_raised() -> None:
    same = Compared(("a.s", "b.s"), "f", 7, Trial(ran=True, instances=3, packets=(30, 20)))
    same.expect_same()
    assert str(same) == "f: 3 runs, the same; 30 packets executed, and 20 of the second file"
    differs = Trial(ran=True, instances=3, mismatch=2, what="r0 is 1, not 2")
    with pytest.raises(CheckFailed, match=r"SW403.*run 2 of f with --seed 7: r0 is 1, not 2"):
        Compared(("a.s", "b.s"), "f", 7, differs).expect_same()
