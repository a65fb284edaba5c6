"""docs/reference/kernels.md: every operation of the tracer, from the docstrings."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.frontend.blocks import Variable
from slotweave.frontend.kernel_function import kernel
from slotweave.frontend.regions import RegionHandle
from slotweave.frontend.tracer import Tracer
from slotweave.frontend.values import Block, Operand, Value
from slotweave.simulate.graph import flow_end
from support.reference.docstrings import documented, signature

#: By section: what stands before the dot in a kernel, the class, and its members.
SECTIONS: dict[str, tuple[tuple[str, type, tuple[str, ...]], ...]] = {
    "Regions": (
        ("k", Tracer, ("region", "memory")),
        ("region", RegionHandle, ("name", "start", "length", "address")),
    ),
    "Loads and stores": (
        ("region", RegionHandle, ("__getitem__", "gather", "vload", "store", "vstore")),
        ("k", Tracer, ("load", "vload", "store", "vstore")),
    ),
    "Constants": (("k", Tracer, ("constant", "literal", "literal_vector", "broadcast")),),
    "Operations": (("k", Tracer, ("select", "multiply_add", "cdiv", "add_immediate")),),
    "Lanes": (
        ("value", Block, ("lane", "slice")),
        ("k", Tracer, ("pack", "concat", "overlay", "shift", "lane", "slice")),
    ),
    "Loops, branches and variables": (
        ("k", Tracer, ("variable",)),
        ("variable", Variable, ("value",)),
        ("k", Tracer, ("loop", "branch")),
    ),
    "Trace, pauses and cores": (("k", Tracer, ("trace_write", "pause", "core_id")),),
    "Labels": (("k", Tracer, ("item", "stage")),),
    "Strands and shared values": (("k", Tracer, ("strand", "once")),),
}

#: Public members that a kernel does not call: the driver does, or values and regions.
NOT_FOR_KERNELS = frozenset({
    "assign", "binary", "binary_reflected", "flow", "forget", "graph", "is_judged", "read_variable",
})  # fmt: skip

#: Operators, in the order of the table.
OPERATORS = {
    "add": "x + y", "sub": "x - y", "mul": "x * y", "floordiv": "x // y", "mod": "x % y",
    "neg": "-x", "and": "x & y", "or": "x | y", "xor": "x ^ y", "invert": "~x",
    "lshift": "x << y", "rshift": "x >> y", "eq": "x == y", "ne": "x != y",
    "lt": "x < y", "le": "x <= y", "gt": "x > y", "ge": "x >= y",
}  # fmt: skip

BEGINNING = """\
# Writing kernels

A kernel is a Python function whose first argument is a tracer, by habit `k`. It runs once, and
what it calls, in that order, is the graph that is compiled. Python loops unroll; `k.loop` makes a
loop of the program.

```python
def scale(k, n=64, factor=3):
    \"\"\"out[i] = in[i] * factor.\"\"\"
    source = k.region("in", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    for i in range(0, n, k.vector_length):
        out.vstore(i, source.vload(i) * factor)
```

`slotweave compile FILE.py:scale -p n=32` compiles it. Parameters after the tracer are integers
with defaults. What a kernel may do wrong is said with the line of the file (SW211,
[codes](codes.md)).

A **word** has 32 bits and no sign. A **vector** has `k.vector_length` words, 8 on most machines;
what is done to it is done lane by lane. A **block** is any other number of words side by side;
only `lane` and `slice` work on it. In an operation all operands have one shape, or are integers. A
value has no truth and is no Python number: `if x:` and `range(x)` are errors; `k.select`,
`k.branch` and `k.loop` are meant.

In the examples, vectors have 8 words, `a` is a region of 64 words from address 0 whose word i
holds i, and `out` is an output region of 16 words from address 64, all 0 at first. `words(x)`
lists the words of a value, or those of a region at that point. Each example runs in a test.
"""


def page() -> str:
    return "\n".join([BEGINNING, _own_reference(), *_operators(), *_sections()])


def _own_reference() -> str:
    found = documented(kernel)
    title = signature("@kernel", kernel).partition("function: Function | None = None, /, *, ")[2]
    title = f"@kernel({title.partition(') ->')[0]})"
    return (
        f"## A reference of its own\n\n### `{title}`\n\n{found.prose}\n\n"
        f"```python\n>>> from slotweave import kernel\n{found.example}\n```\n"
    )


def _operators() -> Iterator[str]:
    yield "## Operators\n"
    yield "| operator | gives | example | result |\n|---|---|---|---|"
    for name, shown in OPERATORS.items():
        found = documented(getattr(Operand, f"__{name}__"))
        example, result = found.example.split("\n")
        inner = example.removeprefix(">>> words(").removesuffix(")")
        cells = (f"`{shown}`", found.prose, f"`{inner}`", result.strip("[]"))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield "\nThe left operand may be the integer. `/` is refused: words have no fractions.\n"


def _sections() -> Iterator[str]:
    for title, parts in SECTIONS.items():
        yield f"## {title}\n"
        for before, owner, names in parts:
            for name in names:
                yield _entry(before, name, getattr(owner, name))


def _entry(before: str, name: str, member: object) -> str:
    found = documented(member)
    if name == "__getitem__":
        title = "region[index: Word | int] -> Word"
    elif isinstance(member, property):
        title = f"{before}.{name}"
    else:
        title = signature(f"{before}.{name}", member)
    example = f"\n\n```python\n{found.example}\n```" if found.example else ""
    return f"### `{title}`\n\n{found.prose}{example}\n"


def surroundings() -> dict[str, object]:
    """The names that examples use, for one of them."""
    k = Tracer("example", 8)
    a = k.region("a", 0, 64)
    out = k.region("out", 64, 16, output=True)
    memory = [*range(64), *[0] * 16]

    def words(shown: Value | RegionHandle) -> list[int]:
        if isinstance(shown, RegionHandle):
            return flow_end(k.flow(), memory).memory[shown.start : shown.start + shown.length]
        for lane in range(shown.width):
            k.trace_write(shown.lane(lane) if isinstance(shown, Block) else shown)
        return list(flow_end(k.flow(), memory).trace[-shown.width :])

    return {"k": k, "a": a, "out": out, "words": words}
