"""Somebody's program made shorter, and proved to do the same."""

import slotweave as sw

shape = {"height": 4, "batch": 16, "rounds": 3}
known = sw.facts("challenge", **shape)
slow = sw.compile("tree-hash", plan="scalar", **shape).program
short = sw.repack(slow, known, evaluations=12)
print(repr(short))
assert short.cycles < short.before / 2

verdict = sw.verify(short.program, slow, known, prove=True)
print(verdict)
assert verdict.proved.proved
