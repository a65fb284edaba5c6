#!/bin/sh
# z3-solver 5.4.1.0: `Optimize` orders bit-vectors as unsigned, the operators beside it as signed
#
# Expected: one order. With `word <= 5`, the largest word that `maximize` finds is 5.
# Seen: `<=` is signed (`ULE` is the unsigned one), `maximize` is unsigned. Of 8 bits it finds
#     255, which the constraint reads as -1; `minimize` with `word >= -3` finds 0 instead of -3.
#     `lower` and `upper` of the objective are of sort Int and say 255 and 0 too, so both agree on
#     the wrong end. Flipping the top bit of the objective (`word ^ 0x80`) gives the signed order.
# Why it matters: ranges of words (the largest offset that an address can have, the least value of
#     a difference) are found by such queries; the answer is a solution, only not the extreme one.
# Output: the extreme words that were found, as signed numbers.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check z3-solver==5.4.1.0

expected='maximize word, word <= 5: word -1, objective 255 of sort Int
maximize word ^ 0x80, word <= 5: word 5, objective 133 of sort Int
minimize word, word >= -3: word 0, objective 0 of sort Int
minimize word ^ 0x80, word >= -3: word -3, objective 125 of sort Int
maximize word, ULE(word, 5): word 5, objective 5 of sort Int'

seen=$("$work/venv/bin/python" - <<'END'
import z3

word = z3.BitVec("word", 8)
flipped = word ^ 0x80
for name, side, way, objective in (
    ("maximize word, word <= 5", word <= 5, "maximize", word),
    ("maximize word ^ 0x80, word <= 5", word <= 5, "maximize", flipped),
    ("minimize word, word >= -3", word >= -3, "minimize", word),
    ("minimize word ^ 0x80, word >= -3", word >= -3, "minimize", flipped),
    ("maximize word, ULE(word, 5)", z3.ULE(word, 5), "maximize", word),
):
    search = z3.Optimize()
    search.add(side)
    handle = getattr(search, way)(objective)
    assert search.check() == z3.sat
    assert str(search.lower(handle)) == str(search.upper(handle))
    found = search.model()[word].as_signed_long()
    print(f"{name}: word {found}, objective {handle.value()} of sort {handle.value().sort()}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
