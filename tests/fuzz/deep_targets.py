"""What is fuzzed by running programs: kernels against their meaning, and claims about programs."""

from __future__ import annotations

from fuzz.campaign import Target
from fuzz.claims import (
    advice_can_be_taken,
    inspection_counts,
    lifting_keeps_the_meaning,
    more_slots_never_cost,
    noted,
    repacking_keeps_the_meaning,
    unused_are_unused,
    verdicts_hold,
)
from fuzz.kernels import kernel_jobs, kernel_means_itself
from fuzz.programs import jumping_jobs, program_jobs

DEEP_TARGETS = {
    target.name: target
    for target in (
        Target("flows", 100, kernel_jobs(), kernel_means_itself),
        Target("inspect", 30, program_jobs(), noted(inspection_counts)),
        Target("unused", 30, program_jobs(), noted(unused_are_unused)),
        Target("explain", 10, program_jobs(), noted(advice_can_be_taken)),
        Target("lift", 30, program_jobs(), noted(lifting_keeps_the_meaning)),
        Target("what-if", 30, program_jobs(), noted(more_slots_never_cost)),
        Target("repack", 20, program_jobs(), noted(repacking_keeps_the_meaning)),
        Target("repack-jumps", 20, jumping_jobs(), noted(repacking_keeps_the_meaning)),
        Target("verify", 30, program_jobs(), noted(verdicts_hold)),
    )
}
