"""Parts of a round of tree hash for which a shorter form would pay, for `rules search`.

"Carried": the constant of the last stage is mixed into the nodes instead of into each value.
"""

from __future__ import annotations

from slotweave.challenge.tree_hash.workload import HASH_STAGES
from slotweave.extensions import SearchTarget
from slotweave.rules.term import Term, operation, variable

_OPERATIONS = {"+": "add", "^": "xor", "<<": "shl", ">>": "shr"}


def search_targets() -> tuple[SearchTarget, ...]:
    """The parts, the quick ones first."""
    a, n, v, x = (variable(name) for name in "anvx")
    last = _last_carried(a)
    address = x * 2 + (v & 1)
    return (
        SearchTarget("stage-1", _stages(a, 1), 3),
        SearchTarget("stages-2-3", _stages(a, 2, 3), 3),
        SearchTarget("stage-5", _stages(a, 5), 3),
        SearchTarget("stage-5-carried", last, 2),
        SearchTarget("stage-5-carried-node", last ^ n, 3),
        SearchTarget("stages-4-5-carried", _last_carried(_stages(a, 4)), 3),
        SearchTarget("parity-into-address", address, 2),
        SearchTarget("parity-into-biased-address", address + 7, 3),
        SearchTarget("parity-before-stage-5", last & 1, 3),
        SearchTarget("stages-0-1", _stages(a, 0, 1), 4),
        SearchTarget("stages-4-5", _stages(a, 4, 5), 4),
        SearchTarget("stage-5-node-stage-0", _stages(last ^ n, 0), 4),
    )


def _stages(a: Term, *numbers: int) -> Term:
    """The value after these stages of the hash, from the value `a` before them."""
    for number in numbers:
        op1, constant, op2, op3, shift = HASH_STAGES[number]
        left = operation(_OPERATIONS[op1], a, constant)
        a = operation(_OPERATIONS[op2], left, operation(_OPERATIONS[op3], a, shift))
    return a


def _last_carried(a: Term) -> Term:
    """The last stage without its constant."""
    return a ^ (a >> HASH_STAGES[-1][-1])
