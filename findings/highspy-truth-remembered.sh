#!/bin/sh
# highspy 1.16.0: asking whether a constraint is there changes the next one
#
# Expected: `if row:`, `row or other`, `filter(None, rows)` tell constraints from None, as they do for
#     any object, and leave no trace.
# Seen: highspy makes `1 <= x <= 3` one row, though Python evaluates `1 <= x and x <= 3`: a truth test keeps
#     the bound of the constraint that was asked, until the next comparison of the same variables,
#     which takes it up. After `rows = [row for row in (x + y >= 3,) if row]` a later
#     `x + y <= 8` is 3 <= x + y <= 8, where the first row was never added. It can be any number of
#     lines later, in another function or for another model. Comparisons of other variables
#     are not touched, they clear it. Nothing warns.
# Why it matters: models are built with optional rows (a limit that may be None, a row that is kept for
#     later); the program that is solved has bounds nobody gave it, so "infeasible" and "optimal"
#     are about another one. Ask `row is not None`.
# Output: the least x + y with x + y <= 8 alone in the model, after different questions; 0 is right.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check highspy==1.16.0 numpy==2.4.6

expected='nothing asked: 0.0
row is not None: 0.0
if row: 3.0
row or None: 3.0
filter(None, rows): 3.0
if row, of another model: 3.0
if row, then a comparison of other variables: 0.0'

seen=$("$work/venv/bin/python" - <<'END' | grep -v -e HiGHS -e Includes
import highspy


def model():
    one = highspy.Highs()
    one.silent()
    return one, *one.addVariables(3, lb=0, ub=10)


def least(name, ask, of_another=False):
    solver, x, y, z = model()
    _other, *others = model() if of_another else (solver, x, y, z)
    row = others[0] + others[1] >= 3
    ask(row, z)
    solver.addConstr(x + y <= 8)
    solver.minimize(x + y)
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert solver.getNumRow() == 1
    print(f"{name}: {solver.val(x) + solver.val(y)}", flush=True)


def if_row(row, _z):
    if row:
        pass


def if_row_then(row, z):
    if_row(row, z)
    return z <= 5


least("nothing asked", lambda row, z: None)
least("row is not None", lambda row, z: row is not None)
least("if row", if_row)
least("row or None", lambda row, z: row or None)
least("filter(None, rows)", lambda row, z: list(filter(None, [row])))
least("if row, of another model", if_row, of_another=True)
least("if row, then a comparison of other variables", if_row_then)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
