#!/bin/sh
# cpmpy 1.1.1 (with ortools 9.15.6755): `//` and `%` of a variable round to zero, unlike Python's
#     and NumPy's
#
# Expected: `x // 2` and `x % 2` of a variable mean what they mean beside it, for integers and
#     NumPy arrays: rounding down, and a remainder of 0 or 1.
# Seen: for x = -7 they are -3 and -1; Python and NumPy say -4 and 1. The solver says
#     so, and `.value()` of the expression too.
# Why it matters: in a modulo schedule `(start - offset) % interval` is the row of a reservation
#     table, and differences of starts are negative all the time: the rows of one resource fall
#     apart into those from 0 and negative ones, and two operations in one row do not collide. Add
#     a multiple of the interval first.
# Output: quotient and remainder of -7 by 2 and by an interval of 3.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cpmpy==1.1.1 ortools==9.15.6755 numpy==2.4.6

expected='-7 by 2: cpmpy -3 -1, value() -3 -1, Python -4 1, NumPy -4 1
-7 by 3: cpmpy -2 -1, value() -2 -1, Python -3 2, NumPy -3 2
lifted by 3 * 3, by 3: cpmpy 0 2'

seen=$("$work/venv/bin/python" - <<'END'
import cpmpy as cp
import numpy as np


def solved(expressions, x, at):
    names = [cp.intvar(-20, 20) for _ in expressions]
    model = cp.Model(x == at, *(name == expression for name, expression in zip(names, expressions)))
    assert model.solve(solver="ortools")
    return [int(name.value()) for name in names], [int(expression.value()) for expression in expressions]


x, at = cp.intvar(-10, 10), -7
for by in (2, 3):
    found, values = solved([x // by, x % by], x, at)
    array = np.array([at])
    print(f"{at} by {by}: cpmpy {found[0]} {found[1]}, value() {values[0]} {values[1]},"
          f" Python {at // by} {at % by}, NumPy {(array // by)[0]} {(array % by)[0]}")
found, _values = solved([(x + 9) // 3, (x + 9) % 3], x, at)
print(f"lifted by 3 * 3, by 3: cpmpy {found[0]} {found[1]}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
