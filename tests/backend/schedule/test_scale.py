"""Many operations: schedules stay close to the bound, and time and memory in proportion."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import support

SCRIPT = Path(support.__file__).parent / "many_operations.py"


@pytest.mark.parametrize(
    ("items", "length"),
    [
        (400, 50),
        pytest.param(20_000, 50, marks=pytest.mark.long),
        pytest.param(500_000, 2, marks=pytest.mark.long),
    ],
)
def test_many_operations_are_scheduled_and_allocated(items, length):
    command = [sys.executable, str(SCRIPT), str(items), str(length)]
    # The limit of three minutes is for a million operations, and generous for the others.
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    report = json.loads(done.stdout)
    assert report["operations"] == items * length
    assert report["megabytes"] < 4_000
    assert report["peak"] <= 1536
    assert report["bound"] <= report["makespan"] <= 1.02 * report["bound"]
