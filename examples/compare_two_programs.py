"""Two programs of one kernel side by side: what both compute, and where."""

import tempfile
from pathlib import Path

import slotweave as sw

shape = {"height": 5, "batch": 48, "rounds": 6}
first = sw.compile("tree-hash", plan="packed", **shape).program
second = sw.compile("tree-hash", **shape).program
difference = sw.diff(first, second, sw.facts("challenge", **shape))
print(difference)
assert difference.output is None, "both leave the same"

with tempfile.TemporaryDirectory() as folder:
    page = Path(folder) / "both.html"
    sw.report(first, second, "challenge", path=page)
    assert page.read_text().startswith("<!doctype html>")
