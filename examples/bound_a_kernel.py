"""How short a kernel can be on several machines, before anything is scheduled."""

from dataclasses import replace

import slotweave as sw
from slotweave.machine import CHALLENGE

cycles = {}
for loads in (1, 2, 4):
    engines = tuple((name, loads if name == "load" else slots) for name, slots in CHALLENGE.engines)
    machine = replace(CHALLENGE, name=f"{loads} loads", engines=engines)
    cycles[loads] = sw.bound("saxpy", n=512, machine=machine).cycles
print(cycles)
assert cycles[1] > cycles[2] > cycles[4]
