"""A kernel of one's own, compiled, checked and run."""

import numpy as np

import slotweave as sw


def expected(memory, n):
    """What the kernel must do, in NumPy."""
    x = memory[:n]
    memory[n : 2 * n] = np.where(x & 1, 3 * x + 1, 0)
    return memory


@sw.kernel(reference=expected)
def triple(k, n=64):
    """3x + 1 for each odd x, 0 for each even one."""
    source = k.region("x", 0, n, read_only=True)
    target = k.region("y", n, n, output=True)
    for at in range(0, n, k.vector_length):
        x = source.vload(at)
        target.vstore(at, k.select(x & 1, 3 * x + 1, 0))


result = sw.compile(triple, n=128)
print(result)
assert result.cycles == result.bound.cycles, "no schedule of these operations is shorter"

memory = np.arange(256, dtype=np.uint32)
ended = sw.run(result.program, memory)
assert ended.memory[128:].tolist() == [3 * x + 1 if x & 1 else 0 for x in range(128)]
