"""How fast a search is: what a candidate takes."""

from __future__ import annotations

import time
from functools import partial

from slotweave.base.diagnostics import InputError
from slotweave.driver.job import Job
from slotweave.parallel import Serial
from slotweave.tuning.answers import evaluated
from slotweave.tuning.score import Task
from slotweave.tuning.search import search_all, start

#: Candidates that are tried; with this seed a quarter of them change choices.
CANDIDATES, SEED = 128, 8


def seconds_of_candidate(job: Job) -> float | None:
    """Processor seconds for a candidate, on average of the first ones after the plan of `job`.

    One process, without a store. None for kernels that jump: they are not searched.
    """
    task = Task(job.kernel, job.machine, job.parameters, job.contract)
    try:
        state = start(task, job.plan, SEED)
    except InputError:
        return None
    began = time.process_time()
    for _ in search_all(task, {SEED: state}, Serial(partial(evaluated, task)), CANDIDATES):
        pass
    return (time.process_time() - began) / CANDIDATES
