"""Small changes of the jumps between blocks: mistakes that linking might have made.

Each mutation looks at one jump, drawn at random, and returns None where it cannot change it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slotweave.ir.flow import Block, Flow
from slotweave.selftest.mutant import Mutant, Mutation, one_of


def drop_a_jump(flow: Flow, rng: np.random.Generator) -> Mutant[Flow] | None:
    """A block goes on with the next one."""
    return _changed(
        "drop a jump", flow, _jumping(flow, rng), lambda block: replace(block, jump=None)
    )


def jump_elsewhere(flow: Flow, rng: np.random.Generator) -> Mutant[Flow] | None:
    """A jump leads to another block."""
    number = _jumping(flow, rng)
    target = int(rng.integers(len(flow.blocks) + 1))

    def change(block: Block) -> Block:
        assert block.jump is not None
        return replace(block, jump=replace(block.jump, target=target))

    return _changed(f"jump to block {target}", flow, number, change)


def jump_always(flow: Flow, rng: np.random.Generator) -> Mutant[Flow] | None:
    """A jump asks for nothing any more."""

    def change(block: Block) -> Block:
        assert block.jump is not None
        return replace(block, jump=replace(block.jump, condition=None))

    return _changed("jump always", flow, _jumping(flow, rng), change)


def ask_another_variable(flow: Flow, rng: np.random.Generator) -> Mutant[Flow] | None:
    """A jump is decided by another variable."""
    number = _jumping(flow, rng)
    variable = int(rng.integers(len(flow.variables)))

    def change(block: Block) -> Block:
        assert block.jump is not None
        return replace(block, jump=replace(block.jump, condition=variable))

    return _changed(f"ask variable {variable}", flow, number, change)


FLOW_MUTATIONS: tuple[Mutation[Flow], ...] = (
    drop_a_jump, jump_elsewhere, jump_always, ask_another_variable,
)  # fmt: skip


def _jumping(flow: Flow, rng: np.random.Generator) -> int:
    """A block that jumps; there is one in each flow of several blocks."""
    return one_of([n for n, block in enumerate(flow.blocks) if block.jump is not None], rng)


def _changed(
    kind: str, flow: Flow, number: int, change: Callable[[Block], Block]
) -> Mutant[Flow] | None:
    block = flow.blocks[number]
    other = change(block)
    if other == block:
        return None
    blocks = (*flow.blocks[:number], other, *flow.blocks[number + 1 :])
    return Mutant(kind, f"block {number}", replace(flow, blocks=blocks))
