#!/bin/sh
# dask and distributed 2026.8.0: tasks that write into a scattered array see each other's writes,
#     by worker
#
# Expected: what was scattered is a value: each task gets its copy, or an array that is read-only,
#     as what came through the network used to be.
# Seen: tasks on one worker get the very same writable array. Three tasks that add one to the
#     first word of a memory of zeros return 1, 2, 3. On the other worker they go on with 4, 5, 6,
#     for the copy was made after those; then each worker counts on alone, so one key has two
#     contents. The array passed as an argument is copied for each task: 1, 1, 1.
# Why it matters: a simulator that runs in place on a scattered memory image is right for the
#     first program only, and what comes out depends on how tasks were placed. Copy in the task,
#     or `setflags(write=False)` in it.
# Output: what the tasks returned, and the first word of the client's own array.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'dask[distributed]==2026.8.0' numpy==2.4.6

expected='scattered, first worker: 1 2 3
scattered, second worker: 4 5 6
first worker again: 4
second worker again: 7
passed as an argument: 1 1 1
the array of the client: 0'

cat >"$work/tasks.py" <<'END'
import numpy as np
from distributed import Client, LocalCluster


def step(memory):
    memory[0] += 1
    return int(memory[0])


def main():
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        one, two = sorted(client.scheduler_info()["workers"])
        mine = np.zeros(4, np.int64)

        def run(memory, worker, times):
            return [client.submit(step, memory, workers=[worker], pure=False).result() for _ in range(times)]

        kept = client.scatter(mine, workers=[one], hash=False)
        print("scattered, first worker:", *run(kept, one, 3))
        print("scattered, second worker:", *run(kept, two, 3))
        print("first worker again:", *run(kept, one, 1))
        print("second worker again:", *run(kept, two, 1))
        print("passed as an argument:", *run(mine, one, 3))
        print("the array of the client:", mine[0])


if __name__ == "__main__":
    main()
END

seen=$("$work/venv/bin/python" "$work/tasks.py")
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
