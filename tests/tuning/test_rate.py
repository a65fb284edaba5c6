"""What a candidate takes: of the usual mix, and of nothing that cannot be searched."""

from __future__ import annotations

from dataclasses import replace

from slotweave.names import job
from slotweave.tuning.moves import BLOCK, changes_choices
from slotweave.tuning.rate import CANDIDATES, SEED, seconds_of_candidate
from slotweave.tuning.score import Task


def test_a_quarter_of_the_candidates_change_choices() -> None:
    about = job("tree-hash")
    task = Task(about.kernel, about.machine, about.parameters, about.contract)
    changing = [changes_choices(task, SEED, block) for block in range(CANDIDATES // BLOCK)]
    assert 4 * sum(changing) == len(changing)


def test_kernels_that_jump_have_no_candidates() -> None:
    small = job("tree-hash", height=3, rounds=4, batch=16)
    jumping = small.kernel.plan("hybrid-unroll", small.parameters, small.contract)
    assert seconds_of_candidate(replace(small, plan=jumping)) is None
