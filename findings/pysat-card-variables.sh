#!/bin/sh
# python-sat 1.9.dev24: encodings of cardinality constraints take the caller's own variables as
#     auxiliary ones
#
# Expected: two constraints over different variables, made by `CardEnc.atmost`, can be put into
#     one solver.
# Seen: each call numbers its auxiliary variables from one above the largest of its *own*
#     literals. "At most one of 1, 2, 3, 4" uses 5, 6 and 7 as well, which are the literals of the
#     second constraint. Of the 16 ways to choose one of 1..4 and one of 5..8, all of which
#     satisfy both, most are refused; how many is left depends on the encoding. Only pairwise,
#     which has no auxiliary variables, allows all. With `top_id` 8 for the first and `nv` of the
#     first for the second, every encoding allows all 16.
# Why it matters: resource rows ("at most two loads in cycle 7") are such constraints, one after
#     another over neighbouring variables. The formula becomes unsatisfiable for no reason, and an
#     UNSAT is taken as proof that no shorter schedule exists. Always pass `top_id` (or an
#     `IDPool` as `vpool`).
# Output: for each encoding how many of the 16 choices are satisfiable, without and with `top_id`.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-sat==1.9.dev24

expected='seqcounter, the default: 2 of 16, with top_id 16
totalizer: 2 of 16, with top_id 16
ladder: 1 of 16, with top_id 16
bitwise: 4 of 16, with top_id 16
sortnetwrk: 0 of 16, with top_id 16
pairwise: 16 of 16, with top_id 16'

seen=$("$work/venv/bin/python" - <<'END'
from pysat.card import CardEnc, EncType
from pysat.solvers import Cadical153


def allowed(encoding, with_top):
    first = CardEnc.atmost([1, 2, 3, 4], bound=1, encoding=encoding, top_id=8 if with_top else None)
    second = CardEnc.atmost([5, 6, 7, 8], bound=1, encoding=encoding, top_id=first.nv if with_top else None)
    with Cadical153(bootstrap_with=first.clauses + second.clauses) as solver:
        return sum(solver.solve(assumptions=[a, b]) for a in (1, 2, 3, 4) for b in (5, 6, 7, 8))


assert CardEnc.atmost([1, 2, 3, 4], bound=1).nv == CardEnc.atmost([1, 2, 3, 4], 1, encoding=EncType.seqcounter).nv
for name in ("seqcounter", "totalizer", "ladder", "bitwise", "sortnetwrk", "pairwise"):
    encoding = getattr(EncType, name)
    default = ", the default" if name == "seqcounter" else ""
    print(f"{name}{default}: {allowed(encoding, False)} of 16, with top_id {allowed(encoding, True)}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
