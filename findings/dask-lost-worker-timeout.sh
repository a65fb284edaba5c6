#!/bin/sh
# dask and distributed 2026.8.0: a LocalCluster may give up the process that restarts its workers
#
# Expected: a worker of a LocalCluster whose process is killed is started again by its nanny, however
#     often that happens: each nanny keeps one worker alive until the cluster is closed.
# Seen: 15 seconds after each loss (`distributed.deploy.lost-worker-timeout`) the cluster looks whether a
#     worker of that name is registered at that moment. If not, because it was lost again and is just being
#     started, the nanny is closed for good; with the last one the cluster has no workers, and `result()`
#     waits for ever. A single loss does not show it. The nannies of the `dask worker` command have no such
#     limit, and a longer one keeps those of a LocalCluster.
# Why it matters: searches on a cluster that is used until its workers run out of memory, and tests that
#     kill workers, end without workers now and then, which looks like a fault of the tasks. Set the limit to
#     more than a search takes.
# Output: workers a while after the losses.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'dask[distributed]==2026.8.0'

expected='15s, lost once: 1 worker
15s, lost again as long as 14 to 16 s after the first time: 0 workers
1h, lost again as long as 14 to 16 s after the first time: 1 worker'

cat >"$work/lose.py" <<'END'
import os
import signal
import sys
import time

import dask
from distributed import LocalCluster


def lose(nanny):
    """Kill the worker's process, if there is one."""
    if nanny.pid is not None:
        try:
            os.kill(nanny.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def main():
    limit, again = sys.argv[1], sys.argv[2] == "again"
    dask.config.set({"distributed.deploy.lost-worker-timeout": limit})
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=60
    ) as cluster:
        nanny = cluster.workers[0]
        begin = time.monotonic()
        lose(nanny)
        while again and time.monotonic() - begin < 16:
            if time.monotonic() - begin > 14:
                lose(nanny)
            time.sleep(0.02)
        end = time.monotonic() + (15 if again else 20)
        while time.monotonic() < end:
            time.sleep(0.1)
        count = len(cluster.scheduler_info["workers"])
    how = "again as long as 14 to 16 s after the first time" if again else "once"
    print(f"{limit}, lost {how}: {count} worker{'s' if count != 1 else ''}")


if __name__ == "__main__":
    main()
END

seen=$(
    "$work/venv/bin/python" "$work/lose.py" 15s once 2>"$work/said"
    "$work/venv/bin/python" "$work/lose.py" 15s again 2>"$work/said"
    "$work/venv/bin/python" "$work/lose.py" 1h again 2>"$work/said"
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
