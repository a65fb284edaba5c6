"""The share of branches is counted by package, and too few of them fail."""

from __future__ import annotations

import io
import json

import pytest

from support.branch_coverage import main, shares


def report(**covered: tuple[int, int]) -> dict[str, object]:
    files = {
        f"src/slotweave/{name.replace('_', '/', 1)}.py": {
            "summary": {"covered_branches": taken, "num_branches": there}
        }
        for name, (taken, there) in covered.items()
    }
    return {"files": files}


def test_branches_are_added_up_by_package() -> None:
    found = shares(report(check_a=(1, 2), check_b=(8, 8), rewrite_a=(0, 4)))
    assert found == {"check": 0.9, "rewrite": 0.0}


@pytest.mark.parametrize(("taken", "code"), [(95, 0), (94, 1)])
def test_one_package_below_the_floor_fails(
    monkeypatch: pytest.MonkeyPatch, taken: int, code: int
) -> None:
    text = json.dumps(report(check_a=(taken, 100), rewrite_a=(10, 10)))
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main() == code
