"""Python files with the challenge's interface, in the styles that people write them in.

Each style is a set of files by name, `perf_takehome.py` among them. They are right for any shape,
and none of them is fast on purpose: what they imitate is the way of writing.
"""

from __future__ import annotations

from collections.abc import Mapping

_HEAD = """
from problem import DebugInfo, HASH_STAGES, SCRATCH_SIZE, SLOT_LIMITS, VLEN
"""

_BUILDER = """
class KernelBuilder:
    def __init__(self):
        self.instrs = []
        self.scratch_debug = {}
        self.scratch_ptr = 0
        self.const_map = {}
        self.slots = []

    def debug_info(self):
        return DebugInfo(scratch_map=self.scratch_debug)

    def alloc(self, name, length=1):
        addr = self.scratch_ptr
        self.scratch_debug[addr] = (name, length)
        self.scratch_ptr += length
        assert self.scratch_ptr <= SCRATCH_SIZE, "Out of scratch"
        return addr

    def const(self, val):
        if val not in self.const_map:
            self.const_map[val] = self.alloc(f"c{val}")
            self.slots.append(("load", ("const", self.const_map[val], val)))
        return self.const_map[val]

    def vconst(self, val):
        key = ("v", val)
        if key not in self.const_map:
            one = self.const(val)
            self.const_map[key] = self.alloc(f"vc{val}", VLEN)
            self.slots.append(("valu", ("vbroadcast", self.const_map[key], one)))
        return self.const_map[key]
"""

_SCALAR = """
    def hashed(self, engine, val, t1, t2, const):
        for op1, c, op2, op3, s in HASH_STAGES:
            yield engine, (op1, t1, val, const(c))
            yield engine, (op3, t2, val, const(s))
            yield engine, (op2, val, t1, t2)

    def scalar(self, n_nodes, batch, rounds):
        idx, val, node, addr, t1, t2, t3 = (self.alloc(f"s{k}") for k in range(7))
        zero, one, two, n = (self.const(k) for k in (0, 1, 2, n_nodes))
        tree, out = 7, 7 + n_nodes + batch
        for _ in range(rounds):
            for i in range(batch):
                at = self.const(7 + n_nodes + i)
                self.slots.append(("load", ("load", idx, at)))
                self.slots.append(("load", ("load", val, self.const(out + i))))
                self.slots.append(("alu", ("+", addr, self.const(tree), idx)))
                self.slots.append(("load", ("load", node, addr)))
                self.slots.append(("alu", ("^", val, val, node)))
                self.slots.extend(self.hashed("alu", val, t1, t2, self.const))
                self.slots.append(("alu", ("%", t1, val, two)))
                self.slots.append(("alu", ("==", t1, t1, zero)))
                self.slots.append(("flow", ("select", t3, t1, one, two)))
                self.slots.append(("alu", ("*", idx, idx, two)))
                self.slots.append(("alu", ("+", idx, idx, t3)))
                self.slots.append(("alu", ("<", t1, idx, n)))
                self.slots.append(("flow", ("select", idx, t1, idx, zero)))
                self.slots.append(("store", ("store", at, idx)))
                self.slots.append(("store", ("store", self.const(out + i), val)))
"""

_VECTOR = """
    def hashed(self, engine, val, t1, t2, const):
        for op1, c, op2, op3, s in HASH_STAGES:
            yield engine, (op1, t1, val, const(c))
            yield engine, (op3, t2, val, const(s))
            yield engine, (op2, val, t1, t2)

    def registers(self, name):
        return [self.alloc(f"{name}{k}", VLEN) for k in range(6)]

    def group(self, regs, first, n_nodes, batch, rounds):
        idx, val, node, addr, t1, t2 = regs
        one, two, n, tree = (self.vconst(k) for k in (1, 2, n_nodes, 7))
        at = self.const(7 + n_nodes + batch + first)
        yield "load", ("vload", val, at)
        yield "valu", ("^", idx, idx, idx)
        for r in range(rounds):
            yield "valu", ("+", addr, idx, tree)
            for k in range(VLEN):
                yield "load", ("load_offset", node, addr, k)
            yield "valu", ("^", val, val, node)
            yield from self.hashed("valu", val, t1, t2, self.vconst)
            yield "debug", ("vcompare", val, tuple(("hashed", r, first + k) for k in range(VLEN)))
            yield "valu", ("&", t1, val, one)
            yield "valu", ("multiply_add", idx, idx, two, one)
            yield "valu", ("+", idx, idx, t1)
            yield "valu", ("<", t1, idx, n)
            yield "valu", ("*", idx, idx, t1)
        yield "store", ("vstore", at, val)
"""

#: The same with indices that wrap by a mask, 0 less the comparison.
_MASKED = _VECTOR.replace(
    'yield "valu", ("*", idx, idx, t1)',
    'yield "valu", ("-", t1, zero, t1)\n            yield "valu", ("&", idx, idx, t1)',
).replace(
    "one, two, n, tree = (self.vconst(k) for k in (1, 2, n_nodes, 7))",
    "one, two, n, tree, zero = (self.vconst(k) for k in (1, 2, n_nodes, 7, 0))",
)

#: What a slot reads and writes, as words of scratch; for packers of people's own.
_HAZARDS = """
def touched(engine, slot):
    op, rest = slot[0], slot[1:]
    if engine == "debug":
        return [], []
    if op == "const":
        return [], [rest[0]]
    if op == "load":
        return [rest[1]], [rest[0]]
    if op == "vload":
        return [rest[1]], list(range(rest[0], rest[0] + VLEN))
    if op == "load_offset":
        return [rest[1] + rest[2]], [rest[0] + rest[2]]
    if op == "store":
        return list(rest), []
    if op == "vstore":
        return [rest[0], *range(rest[1], rest[1] + VLEN)], []
    if op == "vbroadcast":
        return [rest[1]], list(range(rest[0], rest[0] + VLEN))
    width = VLEN if engine == "valu" else 1
    reads = [a + k for a in rest[1:] for k in range(width)]
    return reads, [rest[0] + k for k in range(width)]
"""

_ONE_EACH = """
def one_each(slots):
    return [{engine: [slot]} for engine, slot in slots]
"""

#: Packs neighbours into one bundle until one of them would wait for another.
_GREEDY = """
def greedy(slots):
    bundles, bundle, written = [], {}, set()
    for engine, slot in slots:
        reads, writes = touched(engine, slot)
        full = len(bundle.get(engine, [])) >= SLOT_LIMITS[engine]
        if full or written.intersection(reads + writes) or engine == "store":
            bundles.append(bundle)
            bundle, written = {}, set()
        bundle.setdefault(engine, []).append(slot)
        written.update(writes)
    bundles.append(bundle)
    return [b for b in bundles if b]
"""

#: Each slot as early as its words and its engine allow, in the order given.
_AS_EARLY = """
def as_early(slots):
    ready, read, bundles, stored = {}, {}, [], 0
    for engine, slot in slots:
        reads, writes = touched(engine, slot)
        at = max([ready.get(w, 0) for w in reads + writes] + [read.get(w, 0) for w in writes] + [0])
        if engine == "store":
            at = max(at, stored)
        while at < len(bundles) and len(bundles[at].get(engine, [])) >= SLOT_LIMITS[engine]:
            at += 1
        while at >= len(bundles):
            bundles.append({})
        bundles[at].setdefault(engine, []).append(slot)
        for w in writes:
            ready[w] = at + 1
        for w in reads:
            read[w] = max(read.get(w, 0), at)
        if engine == "store":
            stored = at
    return bundles
"""


def _build(signature: str, body: str, finish: str) -> str:
    lines = "\n".join(f"        {line}" for line in body.strip().splitlines())
    return f"""
    def build_kernel(self, {signature}):
{lines}
        self.instrs = {finish}
"""


_POSITIONAL = "forest_height, n_nodes, batch_size, rounds"

_GROUPS_IN_TURN = """
regs = self.registers("r")
for first in range(0, batch_size, VLEN):
    self.slots.extend(list(self.group(regs, first, n_nodes, batch_size, rounds)))
"""

_INTERLEAVED = """
lanes = [self.registers(f"r{g}_") for g in range(4)]
groups = [self.group(lanes[g % 4], VLEN * g, n_nodes, batch_size, rounds)
          for g in range(batch_size // VLEN)]
for start in range(0, len(groups), 4):
    alive = groups[start:start + 4]
    while alive:
        for one in list(alive):
            slot = next(one, None)
            if slot is None:
                alive.remove(one)
            else:
                self.slots.append(slot)
"""

_VECTOR_FILE = _HEAD + _HAZARDS + _AS_EARLY + _BUILDER + _VECTOR

_LOOPED = """
regs = self.registers("r")
idx, val, node, addr, t1, t2 = regs
body, at, left = [], self.alloc("at"), self.alloc("left")
one, eight, start = self.const(1), self.const(VLEN), self.const(7 + n_nodes + batch_size)
self.slots.append(("flow", ("add_imm", at, start, 0)))
self.slots.append(("load", ("const", left, batch_size // VLEN)))
for engine, slot in self.group(regs, 0, n_nodes, batch_size, rounds):
    if engine == "load" and slot[0] == "vload":
        slot = ("vload", val, at)
    if engine == "store":
        slot = ("vstore", at, val)
    body.append((engine, slot))
before = one_each(self.slots)
inside = one_each(body + [("alu", ("+", at, at, eight)), ("alu", ("-", left, left, one))])
jump = [{"flow": [("cond_jump", left, len(before))]}]
"""

#: Style -> its files.
STYLES: Mapping[str, Mapping[str, str]] = {
    "scalar, one slot a bundle": {"perf_takehome.py": (
        _HEAD + _ONE_EACH + _BUILDER + _SCALAR
        + _build(_POSITIONAL, "self.scalar(n_nodes, batch_size, rounds)", "one_each(self.slots)")
    )},
    "scalar, packed in order": {"perf_takehome.py": (
        _HEAD + _HAZARDS + _GREEDY + _BUILDER + _SCALAR
        + _build(_POSITIONAL, "self.scalar(n_nodes, batch_size, rounds)", "greedy(self.slots)")
    )},
    "vectors, one slot a bundle": {"perf_takehome.py": (
        _HEAD + _ONE_EACH + _BUILDER + _VECTOR
        + _build(_POSITIONAL, _GROUPS_IN_TURN, "one_each(self.slots)")
    )},
    "vectors, packed in order, noisy": {"perf_takehome.py": (
        _HEAD + _HAZARDS + _GREEDY + _BUILDER + _VECTOR
        + _build(
            _POSITIONAL,
            _GROUPS_IN_TURN + "for k in range(2000):\n    print('slot', k, 'of', len(self.slots))",
            "greedy(self.slots)",
        )
    )},
    "vectors, each as early as possible": {"perf_takehome.py": (
        _VECTOR_FILE + _build(_POSITIONAL, _GROUPS_IN_TURN, "as_early(self.slots)")
    )},
    "interleaved generators, arguments by name": {"perf_takehome.py": (
        _VECTOR_FILE
        + _build("*, rounds, batch_size, n_nodes, **rest", _INTERLEAVED, "as_early(self.slots)")
    )},
    "wraps with masks": {"perf_takehome.py": (
        _VECTOR_FILE.replace(_VECTOR, _MASKED)
        + _build(_POSITIONAL, _INTERLEAVED, "as_early(self.slots)")
    )},
    "lists for slots, a helper module": {
        "perf_takehome.py": (
            _HEAD + "from packing.early import as_early\n" + _BUILDER + _VECTOR
            + _build(
                _POSITIONAL, _INTERLEAVED,
                "[{e: [list(s) for s in ss] for e, ss in b.items()} for b in as_early(self.slots)]",
            )
        ),
        "packing/__init__.py": "",
        "packing/early.py": "from problem import SLOT_LIMITS, VLEN\n" + _HAZARDS + _AS_EARLY,
    },
    "a data file": {
        "perf_takehome.py": (
            "import json, os\n"
            "HASH_STAGES = json.load(open(os.path.join(os.path.dirname(__file__), 'h.json')))\n"
            + _VECTOR_FILE.replace("HASH_STAGES, ", "")
            + _build(_POSITIONAL, _INTERLEAVED, "as_early(self.slots)")
        ),
        "h.json": (
            '[["+", 2127912214, "+", "<<", 12], ["^", 3345072700, "^", ">>", 19],'
            ' ["+", 374761393, "+", "<<", 5], ["+", 3550635116, "^", "<<", 9],'
            ' ["+", 4251993797, "+", "<<", 3], ["^", 3042594569, "^", ">>", 16]]'
        ),
    },
    "a loop over the vectors": {"perf_takehome.py": (
        _HEAD + _ONE_EACH + _BUILDER + _VECTOR
        + _build(_POSITIONAL, _LOOPED, "before + inside + jump")
    )},
}  # fmt: skip
