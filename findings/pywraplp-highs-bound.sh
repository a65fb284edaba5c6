#!/bin/sh
# ortools 9.15.6755, pywraplp, backend HIGHS: `BestBound()` is the objective, not a bound
#
# Expected: after OPTIMAL the best bound of a maximization is not below the optimum, and where the
#     solver stopped within a gap, objective and bound differ by it. A relative gap of 0, asked
#     for, is 0.
# Seen: on subset sums of 20 numbers, HiGHS stops within its default gap of 0.01 %, the status is
#     OPTIMAL, and `BestBound()` repeats the objective: below the optimum, which is no bound. A
#     relative gap of 0 in MPSolverParameters changes nothing. SCIP finds the optimum, and CBC,
#     which also stops early, gives a bound that is one.
# Why it matters: whoever compares objective and bound to claim "proved optimal" is told yes for a
#     worse value; a "lower bound" of cycles from this backend can lie above what is possible.
# Output: for each backend whether, in each of five programs, the bound was one, and whether each
#     objective was optimal (compared with the sums that can be had, enumerated as bits). The
#     values themselves go to standard error, for they may differ between machines.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='SCIP: bounds hold, objectives optimal
CBC: bounds hold, some objective below the optimum
HIGHS: some bound below the optimum, some objective below the optimum
HIGHS with gap 0: some bound below the optimum, some objective below the optimum
all of them said OPTIMAL, and the bounds of HIGHS were its objectives'

seen=$("$work/venv/bin/python" - <<'END' | grep -v HiGHS
import sys
from ortools.linear_solver import pywraplp

PROGRAMS = [[100_000 + (7919 * k * k + 104_729 * k * s + 13 * s) % 100_003 for k in range(1, 21)] for s in range(1, 6)]


def solve(backend, weights, gap=None):
    solver = pywraplp.Solver.CreateSolver(backend)
    total = sum(w * solver.IntVar(0, 1, "") for w in weights)
    solver.Add(total <= sum(weights) // 2 + 1)
    solver.Maximize(total)
    parameters = pywraplp.MPSolverParameters()
    if gap is not None:
        parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, gap)
    status = solver.Solve(parameters) if gap is not None else solver.Solve()
    return status == pywraplp.Solver.OPTIMAL, round(solver.Objective().Value()), round(solver.Objective().BestBound())


def largest_sum(weights):
    sums = 1
    for weight in weights:
        sums |= sums << weight
    return (sums & ((1 << (sum(weights) // 2 + 2)) - 1)).bit_length() - 1


said, repeated = True, True
for backend, gap in (("SCIP", 0.0), ("CBC", None), ("HIGHS", None), ("HIGHS", 0.0)):
    held, optimal = True, True
    for number, weights in enumerate(PROGRAMS):
        status, value, bound = solve(backend, weights, gap)
        optimum = largest_sum(weights)
        print(backend, gap, number, value, bound, optimum, file=sys.stderr)
        said, held, optimal = said and status, held and bound >= optimum, optimal and value == optimum
        repeated = repeated and (backend != "HIGHS" or value == bound)
    name = backend + (" with gap 0" if (backend, gap) == ("HIGHS", 0.0) else "")
    print(f"{name}: {'bounds hold' if held else 'some bound below the optimum'},"
          f" {'objectives optimal' if optimal else 'some objective below the optimum'}", flush=True)
print("all of them said OPTIMAL, and the bounds of HIGHS were its objectives" if said and repeated else "not all")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
