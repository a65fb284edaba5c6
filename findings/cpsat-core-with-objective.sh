#!/bin/sh
# ortools 9.15.6755, CP-SAT: with an objective, the core of an infeasible model is all of its
#     assumptions
#
# Expected: `sufficient_assumptions_for_infeasibility()` names assumptions that clash; an
#     objective has no part in that, for an infeasible model has no values to compare.
# Seen: x >= 8 under a0 clashes with x <= 5 under a1; a2 to a5 are harmless. Without an objective
#     the core is a0, a1. With `minimize(x + y)` added it is a0 to a5: every assumption, with one
#     worker and with eight, with presolve and without, and nothing says that it was not reduced.
# Why it matters: "why is there no schedule of this length?" is answered by such cores. A tool
#     that leaves its makespan objective in the model blames every constraint it asked about. Drop
#     the objective (`clear_objective()`) and solve again for the reason.
# Output: the cores.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='no objective, 1 worker, presolve: INFEASIBLE, core a0 a1
no objective, 8 workers, presolve: INFEASIBLE, core a0 a1
no objective, 1 worker, no presolve: INFEASIBLE, core a0 a1
objective, 1 worker, presolve: INFEASIBLE, core a0 a1 a2 a3 a4 a5
objective, 8 workers, presolve: INFEASIBLE, core a0 a1 a2 a3 a4 a5
objective, 1 worker, no presolve: INFEASIBLE, core a0 a1 a2 a3 a4 a5
objective cleared, 1 worker, presolve: INFEASIBLE, core a0 a1'

seen=$("$work/venv/bin/python" - <<'END'
from ortools.sat.python import cp_model


def core(objective, workers, presolve):
    model = cp_model.CpModel()
    assumed = [model.new_bool_var(f"a{k}") for k in range(6)]
    x, y = (model.new_int_var(0, 10, name) for name in "xy")
    model.add(x >= 8).only_enforce_if(assumed[0])
    model.add(x <= 5).only_enforce_if(assumed[1])
    for k in range(2, 6):
        model.add(y >= k).only_enforce_if(assumed[k])
    model.add_assumptions(assumed)
    if objective != "no objective":
        model.minimize(x + y)
    if objective == "objective cleared":
        model.clear_objective()
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.cp_model_presolve = presolve
    status = solver.status_name(solver.solve(model))
    names = {literal.index: literal.name for literal in assumed}
    found = " ".join(names[index] for index in solver.sufficient_assumptions_for_infeasibility())
    print(f"{objective}, {workers} worker{'s'[:workers > 1]}, {'presolve' if presolve else 'no presolve'}:"
          f" {status}, core {found}")


for objective in ("no objective", "objective"):
    for workers, presolve in ((1, True), (8, True), (1, False)):
        core(objective, workers, presolve)
core("objective cleared", 1, True)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
