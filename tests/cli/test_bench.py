"""`slotweave bench`: every kind of work is measured; the baseline changes only with --record."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.bench import baseline, measure
from support.command_line import assert_refused, slotweave

SMALL = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8", "--repeat", 1)
WORK = ["import", "import numpy", "start-up", "late", "late largest", "compile", "schedule",
        "encode", "simulate", "verify 1000", "scalar encode", "scalar simulate",
        "late repack", "candidate"]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kept = tmp_path / "baseline.json"
    monkeypatch.setattr(baseline, "BASELINE_FILE", kept)
    monkeypatch.setattr(measure, "_LIMIT", 0.2)
    monkeypatch.setattr(measure, "_REPACK_LIMIT", 0.2)
    return kept


def test_each_kind_of_work_is_measured_and_recorded(file: Path) -> None:
    first = slotweave("bench", *SMALL, "--record", "--json").json
    assert list(first["seconds"]) == WORK
    assert first["ratios"] == {}
    assert baseline.baseline_from_json(file.read_text()).seconds == first["seconds"]


@pytest.mark.long
def test_a_bench_is_compared_with_what_was_recorded(file: Path) -> None:
    slotweave("bench", *SMALL, "--record")
    kept = file.read_bytes()
    again = slotweave("bench", *SMALL, "--json").json
    assert file.read_bytes() == kept
    recorded = baseline.baseline_from_json(file.read_text()).seconds
    assert again["ratios"] == {
        name: pytest.approx(took / recorded[name]) for name, took in again["seconds"].items()
    }


def test_an_unknown_kernel_is_refused() -> None:
    assert_refused(slotweave("bench", "nonsense"), "SW201", "nonsense")
