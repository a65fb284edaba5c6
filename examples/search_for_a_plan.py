"""A search for a plan that takes fewer cycles, repeatable by its seed and evaluations."""

import slotweave as sw

shape = {"height": 5, "batch": 48, "rounds": 6}
found = sw.tune("tree-hash", evaluations=20, time_limit=None, **shape)
print(repr(found), found.history[0], "at first")
assert found.cycles <= found.history[0]

result = sw.compile("tree-hash", plan=found.plan, **shape)
assert result.cycles <= found.history[0]
