#!/bin/sh
# dask and distributed 2026.8.0: `submit` with a key in use returns the earlier task's result
#
# Expected: `client.submit(function, argument, key="name")` runs the function under that name, for
#     dashboards and logs; a name that is taken is an error, or the later task takes its place, as
#     an assignment would.
# Seen: while a future of that key is kept, another function with other arguments under the same key
#     is not run: the future has the first one's result. `map` with a list of keys does the same, task
#     by task; of two equal keys within one list the later argument is computed for both. After the
#     futures are released, the key is free again. Nothing warns on client or worker.
# Why it matters: keys like "simulate-7" for the seventh program of a batch answer the second batch with
#     results of the first, as long as somebody keeps those. Put what the result depends on into the
#     key, or leave it out.
# Output: what the futures return.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'dask[distributed]==2026.8.0'

expected='1 + 1 as job: 2
5 * 100 as job: 2
mapped 1 + 1, 2 + 1 as a, b: 2 3
mapped 1 * 100, 2 * 100 as b, c: 3 200
mapped 7 + 1, 8 + 1 as d, d: 9 9
5 * 100 as job, after release: 500
the worker said: nothing'

cat >"$work/tasks.py" <<'END'
import gc
import sys
from distributed import Client, LocalCluster


def plus_one(x):
    return x + 1


def hundredfold(x):
    return x * 100


def main():
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        first = client.submit(plus_one, 1, key="job")
        print("1 + 1 as job:", first.result())
        second = client.submit(hundredfold, 5, key="job")
        print("5 * 100 as job:", second.result())
        mapped = client.map(plus_one, [1, 2], key=["a", "b"])
        print("mapped 1 + 1, 2 + 1 as a, b:", *client.gather(mapped))
        others = client.map(hundredfold, [1, 2], key=["b", "c"])
        print("mapped 1 * 100, 2 * 100 as b, c:", *client.gather(others))
        equal = client.map(plus_one, [7, 8], key=["d", "d"])
        print("mapped 7 + 1, 8 + 1 as d, d:", *client.gather(equal))
        first.release()
        second.release()
        del first, second
        gc.collect()
        client.run_on_scheduler(lambda: None)
        print("5 * 100 as job, after release:", client.submit(hundredfold, 5, key="job").result())


if __name__ == "__main__":
    main()
END

seen=$(
    "$work/venv/bin/python" "$work/tasks.py" 2>"$work/said"
    echo "the worker said: $(test -s "$work/said" && cat "$work/said" || echo nothing)"
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
