"""Where the cycles of a program go, and why a slot is empty."""

import slotweave as sw

slow = sw.compile("tree-hash", height=5, batch=48, rounds=6, plan="packed").program
view = sw.inspect(slow)
print(view)
assert view.bound is not None
assert view.bound.cycles < view.cycles

why = sw.explain(slow, view.cycles // 2)
print(why)
assert why.operations or why.empty

wider = sw.what_if(slow, {"load": 4})
print(wider)
assert wider.cycles <= wider.before
