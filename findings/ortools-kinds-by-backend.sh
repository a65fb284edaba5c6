#!/bin/sh
# ortools 9.15.6755: whether a variable is an integer depends on the backend, and all say OPTIMAL
#
# Expected: a backend that cannot have a kind of variable refuses the model, as BOP refuses
#     continuous ones, and MathOpt refuses integers for GLOP and PDLP.
# Seen: CP-SAT, behind pywraplp ("SAT"), MathOpt and ModelBuilder, takes continuous variables as
#     integers, unless told how to scale them. Maximize x + y with 3x + 2y <= 10 and x + 3y <= 7:
#     27/7; it says OPTIMAL, 3, and 3 as the bound. Of x + y = 1 with x = y it says INFEASIBLE.
#     With mip_var_scaling = 1000 it is right. The other way, pywraplp's linear backends GLOP, CLP,
#     PDLP and HIGHS_LP take IntVar as continuous: 2n <= 7 has the optimum 3.5.
# Why it matters: a "relaxation" solved by CP-SAT gives bounds that are none, above what schedules
#     reach or without a solution at all, with the status of a proof. Give such a model to a linear
#     solver, and integers to none of the four.
# Output: for each way the status, objective and bound of the first program and the status of the
#     second; then for each backend of pywraplp the largest integer n with 2n <= 7.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='MathOpt HIGHS: OPTIMAL 3.857, bound 3.857; halves: OPTIMAL
MathOpt CP_SAT: OPTIMAL 3.0, bound 3.0; halves: INFEASIBLE
MathOpt CP_SAT, scaled by 1000: OPTIMAL 3.857, bound 3.857; halves: OPTIMAL
ModelBuilder scip: OPTIMAL 3.857, bound 3.857; halves: OPTIMAL
ModelBuilder sat: OPTIMAL 3.0, bound 3.0; halves: INFEASIBLE
pywraplp SCIP: OPTIMAL 3.857, bound 3.857; halves: OPTIMAL
pywraplp SAT: OPTIMAL 3.0, bound 3.0; halves: INFEASIBLE
largest integer n with 2n <= 7: SCIP 3.0, CBC 3.0, HIGHS 3.0, SAT 3.0, GLOP 3.5, CLP 3.5, PDLP 3.5, HIGHS_LP 3.5'

seen=$("$work/venv/bin/python" - 2>"$work/errors" <<'END' | grep -v 'Running HiGHS'
from ortools.linear_solver import pywraplp
from ortools.linear_solver.python import model_builder
from ortools.math_opt.python import mathopt
from ortools.sat import sat_parameters_pb2


def tell(name, first, second):
    status, value, bound = first
    print(f"{name}: {status} {round(value, 3)}, bound {round(bound, 3)}; halves: {second}", flush=True)


def by_mathopt(name, kind, parameters=None):
    ends = []
    for program in ("first", "halves"):
        model = mathopt.Model()
        x, y = (model.add_variable(lb=0, ub=10) for _ in range(2))
        for row in ((3 * x + 2 * y <= 10, x + 3 * y <= 7) if program == "first" else (x + y == 1, x == y)):
            model.add_linear_constraint(row)
        model.maximize(x + y)
        found = mathopt.solve(model, kind, params=parameters or mathopt.SolveParameters())
        status = found.termination.reason.name
        ends.append((status, found.objective_value(), found.best_objective_bound()) if program == "first" else status)
    tell(name, *ends)


def by_model_builder(backend):
    ends = []
    for program in ("first", "halves"):
        model, solver = model_builder.Model(), model_builder.Solver(backend)
        x, y = (model.new_num_var(0, 10, name) for name in "xy")
        for row in ((3 * x + 2 * y <= 10, x + 3 * y <= 7) if program == "first" else (x + y == 1, x == y)):
            model.add(row)
        model.maximize(x + y)
        status = solver.solve(model).name
        ends.append((status, solver.objective_value, solver.best_objective_bound) if program == "first" else status)
    tell(f"ModelBuilder {backend}", *ends)


def by_pywraplp(backend):
    ends = []
    for program in ("first", "halves"):
        solver = pywraplp.Solver.CreateSolver(backend)
        x, y = (solver.NumVar(0, 10, name) for name in "xy")
        for row in ((3 * x + 2 * y <= 10, x + 3 * y <= 7) if program == "first" else (x + y == 1, x == y)):
            solver.Add(row)
        solver.Maximize(x + y)
        status = {solver.OPTIMAL: "OPTIMAL", solver.INFEASIBLE: "INFEASIBLE"}[solver.Solve()]
        objective = solver.Objective()
        ends.append((status, objective.Value(), objective.BestBound()) if program == "first" else status)
    tell(f"pywraplp {backend}", *ends)


def largest_integer(backend):
    solver = pywraplp.Solver.CreateSolver(backend)
    n = solver.IntVar(0, 10, "n")
    solver.Add(2 * n <= 7)
    solver.Maximize(n)
    assert solver.Solve() == solver.OPTIMAL
    return f"{backend} {round(n.solution_value(), 3)}"


scaled = sat_parameters_pb2.SatParameters(mip_var_scaling=1000)
by_mathopt("MathOpt HIGHS", mathopt.SolverType.HIGHS)
by_mathopt("MathOpt CP_SAT", mathopt.SolverType.CP_SAT)
by_mathopt("MathOpt CP_SAT, scaled by 1000", mathopt.SolverType.CP_SAT, mathopt.SolveParameters(cp_sat=scaled))
for backend in ("scip", "sat"):
    by_model_builder(backend)
for backend in ("SCIP", "SAT"):
    by_pywraplp(backend)
backends = ("SCIP", "CBC", "HIGHS", "SAT", "GLOP", "CLP", "PDLP", "HIGHS_LP")
print("largest integer n with 2n <= 7:", ", ".join(map(largest_integer, backends)), flush=True)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { cat "$work/errors" >&2; echo "Something else was seen before; see the head of $0." >&2; exit 1; }
