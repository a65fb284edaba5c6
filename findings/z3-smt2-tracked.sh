#!/bin/sh
# z3-solver 5.4.1.0: `to_smt2` of a solver with tracked constraints is satisfiable, whatever they say
#
# Expected: the text that `to_smt2()` gives for a solver has the answer that the solver has; one
#     keeps it as evidence, or hands it to a second solver for another opinion.
# Seen: a constraint added with `assert_and_track(c, name)` is written as `(=> name c)`, and nothing
#     in the text says that the names hold. Of x > 5 and x < 3, tracked, the solver says unsat and
#     its text is sat: z3 reads it so, cvc5 1.4.2 too (all names false). `(check-sat)` stands at
#     its end without the assumptions that were in force. Added with `add`, the text is unsat.
# Why it matters: "no schedule of 11 cycles exists" is asked with tracked constraints, for the core
#     says why. The file kept as proof is then a satisfiable one, and a second solver "refutes" the
#     first. Assert the names in the text, or write it from a solver without tracking.
# Output: the answers of the solver and of its text, with constraints added in three ways.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check z3-solver==5.4.1.0 cvc5==1.4.2

expected='added: solver unsat, its text unsat in z3, unsat in cvc5
tracked: solver unsat, its text sat in z3, sat in cvc5
tracked, names asserted: solver unsat, its text unsat in z3, unsat in cvc5'

seen=$("$work/venv/bin/python" - <<'END'
import cvc5
import z3


def by_cvc5(text):
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("incremental", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "(set-logic ALL)\n" + text, "text")
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(solver, parser.getSymbolManager()).strip()
    return said


def compare(way):
    x, solver = z3.Int("x"), z3.Solver()
    for name, constraint in (("late", x > 5), ("early", x < 3)):
        if way == "added":
            solver.add(constraint)
        else:
            solver.assert_and_track(constraint, name)
        if way == "tracked, names asserted":
            solver.add(z3.Bool(name))
    text, other = solver.to_smt2(), z3.Solver()
    other.from_string(text)
    print(f"{way}: solver {solver.check()}, its text {other.check()} in z3, {by_cvc5(text)} in cvc5")


for way in ("added", "tracked", "tracked, names asserted"):
    compare(way)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
