"""A kernel and a machine that come with a package of their own."""

from importlib.resources import files

from slotweave import kernel


def halved(memory, n):
    """What `halve` must do, in NumPy."""
    memory[n : 2 * n] = memory[:n] >> 1
    return memory


@kernel(reference=halved)
def halve(k, n=64):
    """y[i] = x[i] / 2 for n words"""
    x = k.region("x", 0, n, read_only=True)
    y = k.region("y", n, n, output=True)
    whole = n - n % k.vector_length
    for at in range(0, whole, k.vector_length):
        y.vstore(at, x.vload(at) >> 1)
    for at in range(whole, n):
        y.store(at, x[at] >> 1)


KERNELS = [halve]

#: The text of machine descriptions: what `slotweave machines show challenge` prints, changed.
MACHINES = [files(__package__).joinpath("wide_load.toml").read_text(encoding="utf-8")]
