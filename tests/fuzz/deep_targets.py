"""What is fuzzed by running programs: kernels with loops and branches against their meaning."""

from __future__ import annotations

from fuzz.campaign import Target
from fuzz.kernels import kernel_jobs, kernel_means_itself

DEEP_TARGETS = {
    target.name: target for target in (Target("flows", 10, kernel_jobs(), kernel_means_itself),)
}
