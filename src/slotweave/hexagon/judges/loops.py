"""Whether a pipelined loop does what the loop did, however many passes it makes.

Written B for the packets of a pass, and P, K, E for those before the kernel, of the kernel and
after it, with S stages. If for any registers and any memory

    P E does what B does S - 1 times, and
    P K does what B P does, as far as K and E look at it,

then P K^n E does what B^(S - 1 + n) does for each n: P K^n E = B P K^(n-1) E = ... = B^n P E.
Both are rows of packets without a jump, so those who judge rows of packets (`judges.symbols`,
`judges.meanings`) are asked. The registers that K and E look at, or that are live after the loop,
come from the text (`judges.liveness`). Beside this, whole runs of few passes are compared.

Under the fact `separate-bases` accesses by two registers do not overlap if the text of a pass shows
that it leaves each a constant away from where it was; P K and B P both begin with such registers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slotweave.base.verdict import Verdict
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.judges.liveness import live_before
from slotweave.hexagon.judges.meanings import same_meaning
from slotweave.hexagon.judges.symbols import difference, stepped_registers

SEPARATE_BASES = "separate-bases"
Packets = Sequence[Packet]
#: Passes of the kernel at most in the whole runs that are compared.
_MORE = 2


def loop_difference(
    body: Packets,
    parts: tuple[Packets, Packets, Packets],
    stages: int,
    live: frozenset[str] | None,
    facts: Sequence[str] = (),
) -> str:
    """What the loop with these parts (before the kernel, kernel, after it) does otherwise than one
    with passes of `body`, for any number of passes from `stages` on; "" if nothing.

    Of the registers after a pass those that are `live` matter, all of them without it.
    """
    separate = separate_bases(body, facts)
    for name, one, other, matter in _rows(body, parts, stages, live):
        differs = difference(one, other, live=matter, separate=separate)
        if differs:
            return f"{name}: {differs}"
    return ""


def loop_meaning(
    body: Packets,
    parts: tuple[Packets, Packets, Packets],
    stages: int,
    live: frozenset[str] | None,
    facts: Sequence[str] = (),
) -> Verdict[None]:
    """The same by what instructions mean: proved for any number of passes, or unknown."""
    separate = separate_bases(body, facts)
    for name, one, other, matter in _rows(body, parts, stages, live):
        found = same_meaning(one, other, matter, separate)
        if not found.proved:
            return replace(found, why=f"{name}: {found.why}")
    return Verdict(True, "a pass of the kernel is a pass of the loop, whatever went before")


def whole_run(
    body: Packets, parts: tuple[Packets, Packets, Packets], stages: int, kernels: int
) -> tuple[tuple[Packet, ...], tuple[Packet, ...]]:
    """The packets of a run in which the kernel is passed `kernels` times: as passes of `body`, and
    as the loop with these parts does it."""
    once, before, kernel, after = (_without_ends(row) for row in (body, *parts))
    return once * (stages - 1 + kernels), before + kernel * kernels + after


def _rows(
    body: Packets,
    parts: tuple[Packets, Packets, Packets],
    stages: int,
    live: frozenset[str] | None,
) -> Iterator[tuple[str, Packets, Packets, frozenset[str] | None]]:
    """Rows of packets that have to do the same, and the registers that matter after them."""
    once, before, kernel, after = (_without_ends(row) for row in (body, *parts))
    carried = None if live is None else _carried(kernel, after, live)
    yield "a pass of the kernel", once + before, before + kernel, carried
    for kernels in range(_MORE + 1):
        name = f"{stages - 1 + kernels} passes"
        yield name, *whole_run(body, parts, stages, kernels), live


def _without_ends(packets: Packets) -> tuple[Packet, ...]:
    return tuple(
        replace(one, flags=tuple(flag for flag in one.flags if not flag.startswith("endloop")))
        for one in packets
    )


def _carried(kernel: Packets, after: Packets, live: frozenset[str]) -> frozenset[str]:
    """The registers that the kernel, as often as it runs, and what comes after it look at."""
    left = live_before(after, live)
    while True:
        more = left | live_before(kernel, left)
        if more == left:
            return left
        left = more


def separate_bases(body: Packets, facts: Sequence[str]) -> frozenset[str]:
    """The registers by which accesses are apart under these facts."""
    return stepped_registers(body) if SEPARATE_BASES in facts else frozenset()
