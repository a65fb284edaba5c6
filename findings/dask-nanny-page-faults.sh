#!/bin/sh
# dask and distributed 2026.8.0 with glibc: workers that a nanny starts fault every larger array in anew
#
# Expected: a function that makes arrays and drops them runs in a worker as it does in the same Python by
#     itself. The nanny is documented to set MALLOC_TRIM_THRESHOLD_=65536, so that freed memory goes back to
#     the system early; that concerns memory at the top of the heap.
# Seen: setting that threshold also ends glibc's adapting of the size from which on a block is mapped by
#     itself (the manual page of mallopt says so, under M_MMAP_THRESHOLD). It stays at 128 KiB: each
#     array of that size or more is mapped when it is made, unmapped when it is freed, and its pages fault
#     again. A worker without a nanny has hardly any faults for the same work, and so has one under a nanny
#     whose configuration leaves the variable out. A variable of the environment (DASK_DISTRIBUTED__NANNY__...)
#     cannot do that: its name is put in lower case, so it adds another variable.
# Why it matters: work of many arrays of some hundred KiB, as schedulers make them, takes up to a tenth longer
#     on a cluster than in processes on the same machine, with nothing to see in a profile of Python.
# Output: page faults of 2,000 arrays of 1 MiB (256 pages each), by who runs it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'dask[distributed]==2026.8.0' 'numpy==2.4.6'

expected='by itself: fewer than 50,000
worker under a nanny: more than 400,000
worker under a nanny, told by the environment: more than 400,000
worker under a nanny, told by its configuration: fewer than 50,000
worker without a nanny: fewer than 50,000'

cat >"$work/faults.py" <<'END'
import resource
import sys

import dask
import numpy as np
from distributed import Client, LocalCluster

NAME = "distributed.nanny.pre-spawn-environ"


def work():
    """The page faults of making arrays and dropping them."""
    for warm in range(10):
        np.ones(1 << 17)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for number in range(2000):
        np.ones(1 << 17)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def told(who, faults):
    said = "more than 400,000" if faults > 400_000 else "fewer than 50,000"
    print(f"{who}: {said if faults > 400_000 or faults < 50_000 else faults}", flush=True)


def on_a_worker(who, nanny):
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=nanny, dashboard_address=None, silence_logs=60
    ) as cluster, Client(cluster) as client:
        told(who, client.submit(work).result())


if __name__ == "__main__":
    how = sys.argv[1]
    if how == "alone":
        told("by itself", work())
    elif how == "configuration":
        kept = dask.config.get(NAME)
        kept = {k: v for k, v in kept.items() if k.upper() != "MALLOC_TRIM_THRESHOLD_"}
        with dask.config.set({NAME: kept}):
            on_a_worker("worker under a nanny, told by its configuration", True)
    elif how == "environment":
        on_a_worker("worker under a nanny, told by the environment", True)
    else:
        on_a_worker(f"worker {how} a nanny", how == "under")
END

seen=$(
    for how in alone under environment configuration without; do
        test $how = environment && export DASK_DISTRIBUTED__NANNY__PRE_SPAWN_ENVIRON__MALLOC_TRIM_THRESHOLD_=1000000000
        test $how = configuration && unset DASK_DISTRIBUTED__NANNY__PRE_SPAWN_ENVIRON__MALLOC_TRIM_THRESHOLD_
        "$work/venv/bin/python" "$work/faults.py" $how 2>"$work/said"
    done
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
