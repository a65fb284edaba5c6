#!/bin/sh
# networkx 3.5 and 3.6.1: the entry's dominator is gone, and its dominance frontier appeared
#
# Expected: `immediate_dominators(graph, entry)` has a row for each block that can be reached, the
#     entry's naming itself, as in all releases up to 3.5; and one graph has one set of
#     frontiers.
# Seen: in 3.6.1 the entry has no row at all, so the usual walk "until idom[b] == b" ends in a
#     KeyError instead of at the entry. Frontiers changed as well: where a block jumps back to the
#     entry, 3.5 gave empty frontiers (no join was seen at the entry, which has one predecessor);
#     3.6.1 puts the entry into them, as the definition of a frontier says.
# Why it matters: the second means that a phi for a loop that starts at the first block was
#     missing with 3.5, and is placed with 3.6.1; the first breaks code that climbs the tree. Give
#     the graph an entry of its own without predecessors, and climb with `while b in idom` or
#     `.get`: that is right with both.
# Output: both tables of the same graph, e -> b, b -> e, b -> x, with both releases.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for release in 3.5 3.6.1; do
    "${PYTHON:-python3}" -m venv "$work/$release"
    "$work/$release/bin/pip" install --quiet --disable-pip-version-check "networkx==$release"
done

expected='3.5 dominators b:e e:e x:b
3.5 frontiers b:[] e:[] x:[]
3.5 climbing from x: x b e
3.6.1 dominators b:e x:b
3.6.1 frontiers b:[e] e:[e] x:[]
3.6.1 climbing from x: KeyError after x b e'

cat >"$work/dominators.py" <<'END'
import networkx as nx

graph = nx.DiGraph([("e", "b"), ("b", "e"), ("b", "x")])
dominators = nx.immediate_dominators(graph, "e")
frontiers = nx.dominance_frontiers(graph, "e")
print(nx.__version__, "dominators", *(f"{b}:{d}" for b, d in sorted(dominators.items())))
print(nx.__version__, "frontiers", *(f"{b}:[{' '.join(sorted(f))}]" for b, f in sorted(frontiers.items())))
path = ["x"]
try:
    while dominators[path[-1]] != path[-1]:
        path.append(dominators[path[-1]])
    print(nx.__version__, "climbing from x:", *path)
except KeyError:
    print(nx.__version__, "climbing from x: KeyError after", *path)
END

seen=$(for release in 3.5 3.6.1; do "$work/$release/bin/python" "$work/dominators.py"; done)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
