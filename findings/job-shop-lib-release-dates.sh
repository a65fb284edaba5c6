#!/bin/sh
# job-shop-lib 1.7.2 (with ortools 9.12.4544): an instance whose machine must wait has no solution
#
# Expected: an operation with a `release_date` starts then or later; the solver gives the shortest
#     schedule. Where nothing is to be done by a deadline, there is one: wait, then work.
# Seen: starts, ends and the makespan end at the sum of all durations, as if no machine were ever
#     idle for all. A 3 released at d and a 4 on one machine: 7 up to d = 4; for d = 5 the optimum
#     is 8 (3 after 5), and `ORToolsSolver` raises NoSolutionFoundError, "No solution could be found
#     for the given problem". Later deadlines do not help; `arrival_times` instead of release dates
#     end the same way. The package's own dispatching rule finds the schedule of 8.
# Why it matters: the solver is used as a judge of heuristics, and its answer reads as a proof that
#     there is no schedule. Add an operation that is long enough, on a machine of its own, or judge
#     with another model.
# Output: for each release date what the solver says, with release dates, with late deadlines and with
#     arrival times, and the makespan of the dispatching rule.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check job-shop-lib==1.7.2 ortools==9.12.4544

expected='released at 0: 7, with late deadlines 7, as arrival time 7, rule 7
released at 4: 7, with late deadlines 7, as arrival time 7, rule 7
released at 5: no solution, with late deadlines no solution, as arrival time no solution, rule 8
released at 9: no solution, with late deadlines no solution, as arrival time no solution, rule 12
released at 9, beside another machine that works until 20: 20, rule 20'

seen=$("$work/venv/bin/python" - <<'END'
from job_shop_lib import JobShopInstance, Operation
from job_shop_lib.constraint_programming import ORToolsSolver
from job_shop_lib.dispatching.rules import DispatchingRuleSolver
from job_shop_lib.exceptions import NoSolutionFoundError


def instance(release, deadline=None, beside=()):
    jobs = [[Operation(0, 3, release_date=release, deadline=deadline)], [Operation(0, 4, deadline=deadline)]]
    return JobShopInstance(jobs + [[Operation(1, duration)] for duration in beside], name="wait")


def solved(one, **options):
    try:
        return ORToolsSolver()(one, **options).makespan()
    except NoSolutionFoundError:
        return "no solution"


def ruled(one):
    return DispatchingRuleSolver("shortest_processing_time")(one).makespan()


for release in (0, 4, 5, 9):
    ends = [solved(instance(release)), solved(instance(release, deadline=1000)),
            solved(instance(0), arrival_times=[[release], [0]])]
    print(f"released at {release}: {ends[0]}, with late deadlines {ends[1]}, as arrival time {ends[2]},"
          f" rule {ruled(instance(release))}")
wide = instance(9, beside=(20,))
print(f"released at 9, beside another machine that works until 20: {solved(wide)}, rule {ruled(wide)}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
