"""Baselines are read back as written, and compared only with the same subject."""

from __future__ import annotations

from slotweave.bench.baseline import (
    Baseline,
    baseline_from_json,
    baseline_to_json,
    ratios,
    recorded_baseline,
)

SUBJECT = {"kernel": "tree-hash", "params": {"height": 4}}
BASELINE = Baseline(SUBJECT, {"compile": 2.0, "encode": 0.5, "gone": 1.0})


def test_a_baseline_is_read_back_as_it_was_written() -> None:
    assert baseline_from_json(baseline_to_json(BASELINE)) == BASELINE


def test_ratios_are_of_what_both_measured() -> None:
    seconds = {"compile": 1.0, "encode": 1.0, "new": 3.0}
    assert ratios(seconds, SUBJECT, BASELINE) == {"compile": 0.5, "encode": 2.0}


def test_another_subject_has_no_ratios() -> None:
    assert ratios({"compile": 1.0}, {**SUBJECT, "kernel": "other"}, BASELINE) == {}
    assert ratios({"compile": 1.0}, SUBJECT, None) == {}


def test_the_recorded_baseline_is_of_the_judged_shape() -> None:
    recorded = recorded_baseline()
    assert recorded is not None
    assert recorded.subject["params"] == {"height": 10, "rounds": 16, "batch": 256}
    assert all(took > 0 for took in recorded.seconds.values())
