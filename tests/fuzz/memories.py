"""Memories to run programs on: random, small, equal, at boundaries, and near one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

_BOUNDARIES = (0, 1, 2, 3, 4, 15, 16, 31, 32, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def memories(words: int, constants: Sequence[int], count: int, seed: int) -> Iterator[list[int]]:
    """`count` memories of `words` words; `constants` are what a program compares with."""
    random = Random(seed)
    special = [*_BOUNDARIES, *(c + by & 0xFFFFFFFF for c in constants for by in (-1, 0, 1))]
    kinds = (
        lambda: random.getrandbits(32),
        lambda: random.randrange(4),
        lambda: random.choice(special),
        lambda: random.choice((random.getrandbits(32), random.choice(special), 0, 1)),
        lambda: random.randrange(16),
    )
    earlier: list[list[int]] = [[0] * words]
    yield list(earlier[0])
    for number in range(1, count):
        match number % 8:
            case 6:
                memory = [random.choice(special)] * words
            case 3 | 7:  # a few words changed, to flip branches
                memory = list(random.choice(earlier))
                for _ in range(random.choice((1, 1, 2, 4))):
                    memory[random.randrange(words)] = random.choice(kinds)()
            case kind:
                memory = [kinds[kind % len(kinds)]() for _ in range(words)]
        earlier.append(memory)
        yield list(memory)
