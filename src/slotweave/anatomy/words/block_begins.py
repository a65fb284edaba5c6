"""Where the blocks of a run begin: after jumps, and where jumps may lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from slotweave.anatomy.words.live_scratch import JUMPS
from slotweave.ir.program import Program
from slotweave.isa import Role
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import slot_kinds


def block_begins(program: Program, machine: Machine, path: Sequence[int]) -> tuple[int, ...]:
    """For each place in `path`, bundles of `program` as they run, that where its block begins.

    Bundles without slots may be missing in the path. Where an indirect jump leads to is known of
    the path alone.
    """
    jumps = dict.fromkeys(bundle for bundle, _target in _jumps(program, machine))
    begin = [False] * (len(program.bundles) + 1)
    for bundle, target in _jumps(program, machine):
        for start in (bundle + 1, target):
            if start is not None and 0 <= start < len(begin):
                begin[start] = True
    before, many = [], 0  # how many blocks begin up to each bundle
    for starts in begin:
        many += starts
        before.append(many)
    found = [0] if path else []
    for at, (last, here) in enumerate(pairwise(path), 1):
        same = last not in jumps and before[last] == before[here]
        found.append(found[-1] if same else at)
    return tuple(found)


def _jumps(program: Program, machine: Machine) -> Iterator[tuple[int, int | None]]:
    """The bundle of each jump, and the one it may lead to, if that is written there."""
    kinds = slot_kinds(machine)
    for number, bundle in enumerate(program.bundles):
        for engine, slots in bundle.items():
            for slot in slots if engine != DEBUG_ENGINE else ():
                if slot[0] in JUMPS:
                    position = kinds[engine][slot[0]].constant
                    if position is None:
                        yield number, None
                        continue
                    role = kinds[engine][slot[0]].form.roles[position - 1]
                    yield number, slot[position] + (number + 1 if role is Role.OFFSET else 0)
