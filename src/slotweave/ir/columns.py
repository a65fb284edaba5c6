"""The nodes of a graph as columns, for passes that look at all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.base.ragged import Ints, Ragged
from slotweave.ir.graph import Node


@dataclass(frozen=True, eq=False)
class Columns:
    """`ops[op[i]]` is the operation of node i, `width[i]` its words, row i of `args` its arguments,
    and `ordered` are the nodes that come after others."""

    ops: tuple[str, ...]
    op: Ints
    width: Ints
    args: Ragged
    ordered: tuple[int, ...]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Columns:
        """Those of `nodes`."""
        names = [node.op for node in nodes]
        code = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return cls(
            tuple(code),
            np.array([code[name] for name in names], np.int32),
            np.array([node.width for node in nodes], np.int32),
            Ragged.of([node.args for node in nodes]),
            tuple([index for index, node in enumerate(nodes) if node.after]),
        )

    def are(self, names: Collection[str]) -> NDArray[np.bool_]:
        """For each node whether its operation is one of these."""
        wanted = np.array([name in names for name in self.ops], np.bool_)
        return wanted[self.op]
