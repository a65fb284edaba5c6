#!/bin/sh
# networkx 3.6.1 and rustworkx 0.18.1: `floyd_warshall_numpy` forgets what an edge from a node to
#     itself says
#
# Expected: in the matrix of shortest distances a negative entry on the diagonal means a negative
#     cycle; that is how the least initiation interval of a loop is found from lags (weight =
#     interval * distance - latency), and a self-edge, the accumulator `s += x`, is the commonest
#     recurrence of all.
# Seen: a cycle of weight -1 through two operations makes the diagonal negative. The same cycle as
#     one self-edge leaves 0 there, in both libraries. In the functions without NumPy
#     (`floyd_warshall`) the diagonal is negative for both, although not -1 (the cycle is counted
#     several times).
# Why it matters: with that matrix an accumulator of latency 4 does not bound the interval: the
#     loop seems to run at interval 1. Take the largest ceil(latency / distance) of the self-edges
#     before, or use `negative_edge_cycle`, which sees both in both libraries.
# Output: whether the diagonal is negative for interval 3 and a latency of 4 in all.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check networkx==3.6.1 rustworkx==0.18.1 numpy==2.4.6

expected='two operations: networkx numpy negative, rustworkx numpy negative
two operations: networkx negative, rustworkx negative, negative_edge_cycle True True
self-edge: networkx numpy zero, rustworkx numpy zero
self-edge: networkx negative, rustworkx negative, negative_edge_cycle True True'

seen=$("$work/venv/bin/python" - <<'END'
import networkx as nx
import numpy as np
import rustworkx as rx

INTERVAL = 3
LOOPS = {  # (from, to, latency, distance)
    "two operations": [(0, 1, 1, 0), (1, 0, 3, 1)],
    "self-edge": [(0, 0, 4, 1), (0, 1, 1, 0)],
}


def sign(value):
    return "negative" if value < 0 else "zero" if value == 0 else "positive"


for name, edges in LOOPS.items():
    weighted = [(a, b, INTERVAL * distance - latency) for a, b, latency, distance in edges]
    graph = nx.MultiDiGraph()
    graph.add_weighted_edges_from(weighted)
    other = rx.PyDiGraph()
    other.add_nodes_from([0, 1])
    other.add_edges_from(weighted)
    matrices = nx.floyd_warshall_numpy(graph, [0, 1]), rx.floyd_warshall_numpy(other, float)
    print(f"{name}: networkx numpy {sign(np.diag(matrices[0]).min())},"
          f" rustworkx numpy {sign(np.diag(matrices[1]).min())}")
    plain = nx.floyd_warshall(graph)[0][0], rx.floyd_warshall(other, float)[0][0]
    print(f"{name}: networkx {sign(plain[0])}, rustworkx {sign(plain[1])}, negative_edge_cycle"
          f" {nx.negative_edge_cycle(graph)} {rx.negative_edge_cycle(other, float)}")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
