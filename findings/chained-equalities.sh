#!/bin/sh
# z3-solver 5.4.1.0, ortools 9.15.6755, cpmpy 1.1.1, PuLP 3.3.2, mip 2.0.0, highspy 1.16.0: of
#     `x == y == z` half is kept
#
# Expected: `x == y == z` is `x == y and y == z` to Python, which asks the first half whether it is
#     true; a modelling library refuses to answer, as most of these do for `x <= y <= z`.
# Seen: an `==` of two variables is answered, for dictionaries need that. To z3, CP-SAT, MathOpt,
#     ModelBuilder and cpmpy it is false, so `x == y` is all that is left; to PuLP, mip, pywraplp
#     and highspy it is true, and `y == z` is left. PuLP, mip and pywraplp lose the first half of
#     `x <= y <= z` as well. Nothing warns. PySCIPOpt 6.3.0 refuses both.
# Why it matters: "these three share a mode", "the starts are in this order" are written like that.
#     The model is solved one constraint short, and its bound is none of the problem. Write two
#     constraints.
# Output: for each library which half is left: with x = 0 and z = 5 (or x = 5 and z = 0 for the
#     order) the chain has no solution; y tells what was kept.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check z3-solver==5.4.1.0 ortools==9.15.6755 \
    cpmpy==1.1.1 PuLP==3.3.2 mip==2.0.0 highspy==1.16.0 PySCIPOpt==6.3.0 numpy==2.4.6

expected='z3: x == y == z keeps the first half, x <= y <= z is refused
CP-SAT: x == y == z keeps the first half, x <= y <= z is refused
MathOpt: x == y == z keeps the first half, x <= y <= z is refused
ModelBuilder: x == y == z keeps the first half, x <= y <= z is refused
cpmpy: x == y == z keeps the first half, x <= y <= z is refused
pywraplp: x == y == z keeps the second half, x <= y <= z keeps the second half
PuLP: x == y == z keeps the second half, x <= y <= z keeps the second half
mip: x == y == z keeps the second half, x <= y <= z keeps the second half
highspy: x == y == z keeps the second half, x <= y <= z is refused
PySCIPOpt: x == y == z is refused, x <= y <= z is refused'

cat >"$work/libraries.py" <<'END'
"""For each library a function that adds what it is given to a model of x, y, z in 0..5, and solves it for y, or None."""


def by_z3(chain, x_is, z_is):
    import z3

    x, y, z = z3.Ints("x y z")
    solver = z3.Solver()
    solver.add(*(v >= 0 for v in (x, y, z)), *(v <= 5 for v in (x, y, z)), x == x_is, z == z_is, chain(x, y, z))
    return solver.model()[y].as_long() if solver.check() == z3.sat else None


def by_cp_sat(chain, x_is, z_is):
    from ortools.sat.python import cp_model

    model, solver = cp_model.CpModel(), cp_model.CpSolver()
    x, y, z = (model.new_int_var(0, 5, name) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model.add(constraint)
    solver.parameters.num_workers = 1
    return solver.value(y) if solver.solve(model) == cp_model.OPTIMAL else None


def by_mathopt(chain, x_is, z_is):
    from ortools.math_opt.python import mathopt

    model = mathopt.Model()
    x, y, z = (model.add_integer_variable(lb=0, ub=5) for _ in range(3))
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model.add_linear_constraint(constraint)
    found = mathopt.solve(model, mathopt.SolverType.GSCIP)
    return found.variable_values(y) if found.termination.reason == mathopt.TerminationReason.OPTIMAL else None


def by_model_builder(chain, x_is, z_is):
    from ortools.linear_solver.python import model_builder

    model, solver = model_builder.Model(), model_builder.Solver("scip")
    x, y, z = (model.new_int_var(0, 5, name) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model.add(constraint)
    return solver.value(y) if solver.solve(model) == model_builder.SolveStatus.OPTIMAL else None


def by_cpmpy(chain, x_is, z_is):
    import cpmpy

    x, y, z = (cpmpy.intvar(0, 5, name=name) for name in "xyz")
    model = cpmpy.Model(chain(x, y, z), x == x_is, z == z_is)
    return y.value() if model.solve(solver="ortools", num_workers=1) else None


def by_pywraplp(chain, x_is, z_is):
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    x, y, z = (solver.IntVar(0, 5, name) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        solver.Add(constraint)
    return y.solution_value() if solver.Solve() == solver.OPTIMAL else None


def by_pulp(chain, x_is, z_is):
    import pulp

    problem = pulp.LpProblem("chain", pulp.LpMinimize)
    x, y, z = (pulp.LpVariable(name, 0, 5, pulp.LpInteger) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        problem += constraint
    return y.value() if problem.solve(pulp.PULP_CBC_CMD(msg=0)) == pulp.LpStatusOptimal else None


def by_mip(chain, x_is, z_is):
    import mip

    model = mip.Model(solver_name=mip.CBC)
    model.verbose = 0
    x, y, z = (model.add_var(name, 0, 5, var_type=mip.INTEGER) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model += constraint
    return y.x if model.optimize() == mip.OptimizationStatus.OPTIMAL else None


def by_highspy(chain, x_is, z_is):
    import highspy

    model = highspy.Highs()
    model.silent()
    x, y, z = (model.addIntegral(0, 5) for _ in range(3))
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model.addConstr(constraint)
    model.minimize()
    return model.val(y) if model.getModelStatus() == highspy.HighsModelStatus.kOptimal else None


def by_scip(chain, x_is, z_is):
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    x, y, z = (model.addVar(name, "I", 0, 5) for name in "xyz")
    for constraint in (chain(x, y, z), x == x_is, z == z_is):
        model.addCons(constraint)
    model.optimize()
    return model.getVal(y) if model.getStatus() == "optimal" else None


LIBRARIES = {
    "z3": by_z3, "CP-SAT": by_cp_sat, "MathOpt": by_mathopt, "ModelBuilder": by_model_builder, "cpmpy": by_cpmpy,
    "pywraplp": by_pywraplp, "PuLP": by_pulp, "mip": by_mip, "highspy": by_highspy, "PySCIPOpt": by_scip,
}
END
cat >"$work/ask.py" <<'END'
import sys
from libraries import LIBRARIES


def kept(solve, chain, x_is, z_is, first, second):
    """What a solution says was kept, or that the library raised where the chain was written."""
    refused = []

    def watched(x, y, z):
        try:
            return chain(x, y, z)
        except Exception:
            refused.append(True)
            raise

    try:
        y = solve(watched, x_is, z_is)
    except Exception:
        if not refused:
            raise
        return "is refused"
    return "keeps both" if y is None else f"keeps the {'first' if first(y) else 'second' if second(y) else 'none'} half"


name = sys.argv[1]
solve = LIBRARIES[name]
equal = kept(solve, lambda x, y, z: x == y == z, 0, 5, lambda y: round(y) == 0, lambda y: round(y) == 5)
order = kept(solve, lambda x, y, z: x <= y <= z, 5, 0, lambda y: round(y) == 5, lambda y: round(y) == 0)
print(f"RESULT {name}: x == y == z {equal}, x <= y <= z {order}", flush=True)
END

# Each library in a process of its own: some of them load two versions of one solver.
seen=$(for library in z3 CP-SAT MathOpt ModelBuilder cpmpy pywraplp PuLP mip highspy PySCIPOpt; do
    "$work/venv/bin/python" "$work/ask.py" "$library" 2>"$work/errors" >"$work/said" || cat "$work/errors" >&2
    sed -n 's/^RESULT //p' "$work/said"
done)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
