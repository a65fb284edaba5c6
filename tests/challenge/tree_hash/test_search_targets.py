"""The parts of a round that `rules search` looks at are parts of the round."""

from __future__ import annotations

from slotweave.challenge.tree_hash.plans.search_targets import search_targets
from slotweave.challenge.tree_hash.workload import HASH_STAGES
from slotweave.rules.term import Term, compute, variables

MASK = 2**32 - 1
WORDS = (0, 1, 0x80008000, 0xDEADBEEF, MASK)
TERMS = {target.name: target.term for target in search_targets()}


def computed(term: Term, *words: int) -> int:
    names = dict.fromkeys(x.name for x in variables(term))
    return compute(term, dict(zip(names, words, strict=True)))


def stage(number: int, a: int) -> int:
    op1, constant, op2, op3, shift = HASH_STAGES[number]
    left = a + constant if op1 == "+" else a ^ constant
    right = a << shift if op3 == "<<" else a >> shift
    return (left + right if op2 == "+" else left ^ right) & MASK


def test_stages_are_those_of_the_hash() -> None:
    last = HASH_STAGES[5][1]
    for a in WORDS:
        assert computed(TERMS["stage-1"], a) == stage(1, a & MASK)
        assert computed(TERMS["stages-2-3"], a) == stage(3, stage(2, a))
        assert computed(TERMS["stages-0-1"], a) == stage(1, stage(0, a))
        assert computed(TERMS["stages-4-5"], a) == stage(5, stage(4, a))
        assert computed(TERMS["stage-5"], a) == stage(5, a)
        assert computed(TERMS["stage-5-carried"], a) == stage(5, a) ^ last
        assert computed(TERMS["stages-4-5-carried"], a) == stage(5, stage(4, a)) ^ last
        assert computed(TERMS["parity-before-stage-5"], a) == (stage(5, a) ^ last) & 1
        for n in WORDS:
            assert computed(TERMS["stage-5-carried-node"], a, n) == stage(5, a) ^ last ^ n
            across = computed(TERMS["stage-5-node-stage-0"], a, n)
            assert across == stage(0, stage(5, a) ^ last ^ n)


def test_addresses_take_one_bit() -> None:
    assert computed(TERMS["parity-into-address"], 21, 3) == 43
    assert computed(TERMS["parity-into-biased-address"], 21, 2) == 49
