#!/bin/sh
# numba 0.68.1 with numpy 2.4.6: a 64-bit word in `max`, `min` or a conditional with a literal
#     becomes a float
#
# Expected: words stay words. NumPy 2 keeps `uint64` beside a Python integer (a literal is
#     "weak"), and the function that is compiled gives what the same function gives as Python.
# Seen: literals are int64. `max(x, 0)`, `min(x, 5)` and `x if c else 0` unify uint64 and int64 as
#     *float64*, so the words 2**63 + 1 and 2**63 + 2 come back as one and the same float; `x + 1`
#     is int64, and negative. Nothing warns. `max(x, uint64(0))` is right.
# Why it matters: simulators and hashes of 64-bit words in compiled code lose their low 11 bits
#     where a value is clamped or selected, and only for words above 2**53; tests with small words
#     pass. Cast each literal: `np.uint64(0)`.
# Output: each function on x = 2**63 + 1 (and whether 2**63 + 2 can be told apart), as Python and
#     compiled.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6

expected='max(x, 0): uint64 9223372036854775809 as Python, float64 9.223372036854776e+18 compiled, the next word is equal
min(x, 5): int 5 as Python, float64 5.0 compiled
x if c else 0: uint64 9223372036854775809 as Python, float64 9.223372036854776e+18 compiled, the next word is equal
x + 1: uint64 9223372036854775810 as Python, int64 -9223372036854775806 compiled
max(x, uint64(0)): uint64 9223372036854775809 as Python, uint64 9223372036854775809 compiled'

seen=$("$work/venv/bin/python" - <<'END'
import numpy as np
from numba import njit


def largest(x):
    return max(x, 0)


def least(x):
    return min(x, 5)


def chosen(x):
    return x if x > np.uint64(7) else 0


def next_one(x):
    return x + 1


def cast(x):
    return max(x, np.uint64(0))


word = np.uint64(2**63 + 1)
names = {largest: "max(x, 0)", least: "min(x, 5)", chosen: "x if c else 0", next_one: "x + 1",
         cast: "max(x, uint64(0))"}
for function, name in names.items():
    compiled = njit(function)
    plain, fast = function(word), compiled(word)
    same = ", the next word is equal" if fast == compiled(word + np.uint64(1)) and fast != 5 else ""
    kind = compiled.nopython_signatures[0].return_type
    print(f"{name}: {type(plain).__name__} {plain} as Python, {kind} {fast} compiled{same}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
