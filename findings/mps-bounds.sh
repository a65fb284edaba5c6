#!/bin/sh
# highspy 1.16.0, ortools 9.15.6755, PySCIPOpt 6.3.0, mip 2.0.0 (CBC), PuLP 3.3.2: one MPS file, several
#     programs
#
# Expected: MPS is the format that all of them read alike. An integer column without a bound goes
#     from 0 to infinity, as a column of reals does; an upper bound below 0 is an error or leaves
#     the lower bound alone; and a right-hand side of the objective row is a constant.
# Seen: an integer column between markers without a bound ends at 1 for HiGHS, OR-Tools, SCIP and CBC,
#     and has no end for PuLP. `UP BND X -3` makes the program infeasible for HiGHS, OR-Tools and
#     SCIP, for X begins at 0; for CBC and PuLP it removes the lower bound. The constant 10 of the
#     objective is subtracted by HiGHS, OR-Tools and SCIP, CBC drops it, and PuLP does not read the
#     file.
# Why it matters: instances and models kept as MPS have other optima for other solvers, and "proved by a
#     second solver" is about another program. Write a lower and an upper bound for each column
#     (`LI`, `UI`, `PL`, `MI`), and no constants.
# Output: for each reader the optimum of minimize -X with X <= 7, of minimize X with X >= -20 and the
#     bound -3, and of minimize X with X >= 2 and the constant.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check highspy==1.16.0 ortools==9.15.6755 PySCIPOpt==6.3.0 \
    mip==2.0.0 PuLP==3.3.2 numpy==2.4.6

cat >"$work/integer.mps" <<'END'
NAME          INTEGER
ROWS
 N  COST
 L  ROW
COLUMNS
    MARKER                 'MARKER'                 'INTORG'
    X         COST              -1.0   ROW                1.0
    MARKER                 'MARKER'                 'INTEND'
RHS
    RHS       ROW                7.0
ENDATA
END
cat >"$work/negative.mps" <<'END'
NAME          NEGATIVE
ROWS
 N  COST
 G  ROW
COLUMNS
    X         COST               1.0   ROW                1.0
RHS
    RHS       ROW              -20.0
BOUNDS
 UP BND       X                 -3.0
ENDATA
END
cat >"$work/constant.mps" <<'END'
NAME          CONSTANT
ROWS
 N  COST
 G  ROW
COLUMNS
    X         COST               1.0   ROW                1.0
RHS
    RHS       ROW                2.0   COST              10.0
ENDATA
END

expected='highspy: integer -1.0, negative infeasible, constant -8.0
ModelBuilder: integer -1.0, negative infeasible, constant -8.0
PySCIPOpt: integer -1.0, negative infeasible, constant -8.0
mip: integer -1.0, negative -20.0, constant 2.0
PuLP: integer -7.0, negative -20.0, constant not read'

cat >"$work/readers.py" <<'END'
import sys


def by_highspy(path):
    import highspy

    model = highspy.Highs()
    model.silent()
    model.readModel(path)
    model.run()
    optimal = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return model.getObjectiveValue() if optimal else "infeasible"


def by_model_builder(path):
    from ortools.linear_solver.python import model_builder

    model, solver = model_builder.Model(), model_builder.Solver("scip")
    assert model.import_from_mps_file(path)
    optimal = solver.solve(model) == model_builder.SolveStatus.OPTIMAL
    return solver.objective_value if optimal else "infeasible"


def by_scip(path):
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(path)
    model.optimize()
    return model.getObjVal() if model.getStatus() == "optimal" else "infeasible"


def by_mip(path):
    import mip

    model = mip.Model(solver_name=mip.CBC)
    model.verbose = 0
    model.read(path)
    return model.objective_value if model.optimize() == mip.OptimizationStatus.OPTIMAL else "infeasible"


def by_pulp(path):
    import pulp

    try:
        _columns, problem = pulp.LpProblem.fromMPS(path)
    except KeyError:
        return "not read"
    optimal = problem.solve(pulp.PULP_CBC_CMD(msg=0)) == pulp.LpStatusOptimal
    return pulp.value(problem.objective) if optimal else "infeasible"


readers = {
    "highspy": by_highspy, "ModelBuilder": by_model_builder, "PySCIPOpt": by_scip, "mip": by_mip, "PuLP": by_pulp,
}
name, folder = sys.argv[1:]
ends = ", ".join(f"{one} {readers[name](f'{folder}/{one}.mps')}" for one in ("integer", "negative", "constant"))
print(f"\nRESULT {name}: {ends}", flush=True)
END

# Each reader in a process of its own: some of them load two versions of one solver.
seen=$(for reader in highspy ModelBuilder PySCIPOpt mip PuLP; do
    "$work/venv/bin/python" "$work/readers.py" "$reader" "$work" >"$work/said" 2>"$work/errors" || cat "$work/errors" >&2
    sed -n 's/^RESULT //p' "$work/said"
done)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
