#!/bin/sh
# ortools 9.15.6755, pywraplp, backend HIGHS_LP: `dual_value()` is not the dual value
#
# Expected: the backends of pywraplp agree on the dual values of a linear program with one dual
#     solution. Minimize x + y with x + 2y >= 4 and 3x + y >= 6: 0.4 and 0.2; and 4 * 0.4 + 6 *
#     0.2 = 2.8, the optimum.
# Seen: GLOP, CLP and PDLP say so. HIGHS_LP says 4 and 6: what the left-hand sides come to in the
#     optimum (the activities of the rows). Status and objective are right, and nothing warns. In
#     the second program y <= 7 is slack (y is 2), and its dual value is 2 instead of 0.
# Why it matters: dual values are the certificate of a resource bound. Multiply them with the
#     right-hand sides: a certificate from this backend is off by factors (52 for 2.8). Add up the
#     certificate before you trust it, or ask another backend.
# Output: a line for each backend with the optimum, the dual values, and their product with
#     the right-hand sides.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='GLOP minimize: optimum 2.8, duals 0.4 0.2, product 2.8
CLP minimize: optimum 2.8, duals 0.4 0.2, product 2.8
PDLP minimize: optimum 2.8, duals 0.4 0.2, product 2.8
HIGHS_LP minimize: optimum 2.8, duals 4.0 6.0, product 52.0
GLOP maximize: optimum 10.0, duals 2.0 1.0 0.0, product 10.0
CLP maximize: optimum 10.0, duals 2.0 1.0 0.0, product 10.0
PDLP maximize: optimum 10.0, duals 2.0 1.0 0.0, product 10.0
HIGHS_LP maximize: optimum 10.0, duals 4.0 2.0 2.0, product 34.0'

seen=$("$work/venv/bin/python" - <<'END' | grep imize:
from ortools.linear_solver import pywraplp


def solve(backend, sense):
    solver = pywraplp.Solver.CreateSolver(backend)
    x, y = (solver.NumVar(0, solver.infinity(), name) for name in "xy")
    if sense == "minimize":
        sides, rows = (4, 6), (solver.Add(x + 2 * y >= 4), solver.Add(3 * x + y >= 6))
        solver.Minimize(x + y)
    else:
        sides, rows = (4, 2, 7), (solver.Add(x + y <= 4), solver.Add(x <= 2), solver.Add(y <= 7))
        solver.Maximize(3 * x + 2 * y)
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    duals = [round(row.dual_value(), 3) + 0.0 for row in rows]
    product = round(sum(a * b for a, b in zip(sides, duals)), 3)
    optimum = round(solver.Objective().Value(), 3)
    shown = " ".join(map(str, duals))
    print(f"{backend} {sense}: optimum {optimum}, duals {shown}, product {product}", flush=True)


for sense in ("minimize", "maximize"):
    for backend in ("GLOP", "CLP", "PDLP", "HIGHS_LP"):
        solve(backend, sense)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
