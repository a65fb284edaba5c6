#!/bin/sh
# ortools 9.15.6755, CP-SAT: two hints for one variable make the model invalid, equal ones as well
#
# Expected: a hint never decides whether a model can be solved. The second hint for a variable
#     replaces the first, as an assignment would, and an equal one changes nothing.
# Seen: two hints for one variable make the whole model MODEL_INVALID, even when they are equal,
#     and even when the second is for the negation of the literal and agrees with the first.
# Why it matters: variables that stand for several things (one mode literal shared by tied
#     activities, a start that is the start of two tasks) get their hint from each, and a warm
#     start turns a good model into one without an answer. Keep the set of variables that have a
#     hint, or call `clear_hints()` before a new warm start.
# Output: the status in each case.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ortools==9.15.6755

expected='one hint: OPTIMAL
hints 3 and 4: MODEL_INVALID
hints 3 and 3: MODEL_INVALID
hints b and not b, in agreement: MODEL_INVALID
hint 3, cleared, hint 3: OPTIMAL'

seen=$("$work/venv/bin/python" - <<'END'
from ortools.sat.python import cp_model


def solve(name, hint):
    model = cp_model.CpModel()
    x, b = model.new_int_var(0, 10, "x"), model.new_bool_var("b")
    hint(model, x, b)
    model.minimize(x + b)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    print(f"{name}: {solver.status_name(solver.solve(model))}")


def hints(*values):
    def give(model, x, _b):
        for value in values:
            if value is None:
                model.clear_hints()
            else:
                model.add_hint(x, value)
    return give


def both(model, _x, b):
    model.add_hint(b, True)
    model.add_hint(~b, False)


solve("one hint", hints(3))
solve("hints 3 and 4", hints(3, 4))
solve("hints 3 and 3", hints(3, 3))
solve("hints b and not b, in agreement", both)
solve("hint 3, cleared, hint 3", hints(3, None, 3))
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
