#!/bin/sh
# ortools 9.15.6755 (pywraplp): whether Ctrl-C during Solve() reaches Python depends on the solver
#
# Expected: what CBC and HiGHS do: the signal waits until Solve() returns, and Python then raises
#     KeyboardInterrupt, so that the program ends as users want.
# Seen: SCIP and SAT (CP-SAT) take the signal for themselves: Solve() returns at once with status 1
#     (FEASIBLE), as at a time limit, and KeyboardInterrupt is never raised. SCIP says "pressed
#     CTRL-C 1 times" on stdout, where a program's own output goes; CP-SAT says so on stderr.
# Why it matters: a program that goes on after a time limit goes on after Ctrl-C as well, with a
#     solution that nobody let it look for to the end, and its stdout may no longer be JSON. It has
#     to set a handler of its own and look after Solve() whether it was called; with these two
#     solvers it is not called either, so what is left is to solve in another process.
# Output: for each solver its status, whether KeyboardInterrupt came, whether a handler was called,
#     and whether stdout has a line of the solver.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

cat >"$work/solve.py" <<'END'
import os
import random
import signal
import sys
import threading

from ortools.linear_solver import pywraplp

name, handled = sys.argv[1], sys.argv[2] == "handler"
called = []
if handled:
    signal.signal(signal.SIGINT, lambda *_: called.append(True))
solver = pywraplp.Solver.CreateSolver(name)
rng = random.Random(3)
# Market split: small, and far beyond five seconds.
bits = [solver.BoolVar(f"x{i}") for i in range(40)]
slack = []
for _ in range(5):
    row = [rng.randrange(100) for _ in bits]
    over, under = solver.NumVar(0, 1e4, ""), solver.NumVar(0, 1e4, "")
    solver.Add(sum(a * x for a, x in zip(row, bits)) + over - under == sum(row) // 2)
    slack += [over, under]
solver.Minimize(sum(slack))
solver.SetTimeLimit(5000)
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    status = solver.Solve()
    for _ in range(1000):
        pass  # time for a handler
    came = "no KeyboardInterrupt"
except KeyboardInterrupt:
    status, came = "", "KeyboardInterrupt"
how = ("handler called" if called else "handler not called") if handled else came
print(f"{name}: {how}", f"status {status}" if name in ("SCIP", "SAT") else "", file=sys.stderr)
END

seen=$(
    for solver in CBC HIGHS SCIP SAT; do
        for how in plain handler; do
            "$work/venv/bin/python" "$work/solve.py" "$solver" "$how" 2>&1 >"$work/stdout" |
                grep "^$solver: " | sed 's/ *$//'
            grep -o 'pressed CTRL-C 1 times' "$work/stdout" | sed 's/^/    stdout: /' || true
        done
    done
)
expected='CBC: KeyboardInterrupt
CBC: handler called
HIGHS: KeyboardInterrupt
HIGHS: handler called
SCIP: no KeyboardInterrupt status 1
    stdout: pressed CTRL-C 1 times
SCIP: handler not called status 1
    stdout: pressed CTRL-C 1 times
SAT: no KeyboardInterrupt status 1
SAT: handler not called status 1'
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
