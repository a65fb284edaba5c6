#!/bin/sh
# ortools 9.15.6755, CP-SAT: of two subsolvers listed for two workers, one runs
#
# Expected: `subsolvers` names the searches in order of preference: with `num_workers = 2` and two
#     names, both search the whole problem.
# Seen: only the first one does. As soon as there are two workers, one is kept back for finding
#     first solutions and for searches of neighbourhoods, also without feasibility jump.
#     `num_full_subsolvers = 2` gives it to the second name. A worker alone runs the first name,
#     with `interleave_search` both in turn. Nothing is said of it but in the log.
# Why it matters: two searches are listed side by side because one learns from many conflicts and
#     the other raises bounds; a comparison of such portfolios on two cores compares first names.
# Output: how many subsolvers search the whole problem, by the log.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='1 worker: 1 full problem subsolver: [no_lp]
1 worker, interleaved: 2 full problem subsolvers: [no_lp, reduced_costs]
2 workers: 1 full problem subsolver: [no_lp]
2 workers, no feasibility jump: 1 full problem subsolver: [no_lp]
2 workers, 2 full: 2 full problem subsolvers: [no_lp, reduced_costs]
3 workers: 2 full problem subsolvers: [no_lp, reduced_costs]'

seen=$("$work/venv/bin/python" - <<'END'
import random

from ortools.sat.python import cp_model


def searched(workers, **parameters):
    rng = random.Random(1)
    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"x{k}") for k in range(30)]
    for _ in range(12):
        model.add(sum(rng.randint(1, 30) * x for x in taken) <= 140)
    model.maximize(sum(rng.randint(5, 20) * x for x in taken))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.subsolvers.extend(["no_lp", "reduced_costs"])
    for name, value in parameters.items():
        setattr(solver.parameters, name, value)
    solver.parameters.log_search_progress = True
    solver.parameters.log_to_stdout = False
    log = []
    solver.log_callback = log.append
    assert solver.solve(model) == cp_model.OPTIMAL
    lines = "\n".join(log).splitlines()
    return next(line.strip() for line in lines if "full problem subsolver" in line)


print("1 worker:", searched(1))
print("1 worker, interleaved:", searched(1, interleave_search=True))
print("2 workers:", searched(2))
print("2 workers, no feasibility jump:", searched(2, use_feasibility_jump=False))
print("2 workers, 2 full:", searched(2, num_full_subsolvers=2))
print("3 workers:", searched(3))
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
