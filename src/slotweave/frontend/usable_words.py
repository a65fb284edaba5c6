"""Which words of a vload may be used: the others may lie outside its region, or be stored to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.known_words import Words


class UsableWords:
    """Sets of words by vload, as bits, while `nodes` and what is `known` of them may grow."""

    def __init__(self, nodes: Sequence[Node], known: Mapping[int, Words]) -> None:
        self._nodes, self._known = nodes, known
        self._usable: dict[int, int] = {}
        self._settled: set[int] = set()  # of these no others are used, or will be

    def of(self, vload: int) -> int | None:
        """The words of node `vload` that may be used; None if all may."""
        return self._usable.get(vload)

    def restrict(self, vload: int, usable: int, settled: bool = False) -> None:
        """Only these words may be used, and are, or it is `settled` already that they are."""
        self._usable[vload] = usable
        if settled:
            self._settled.add(vload)

    def settle(self, vload: int, demand: int, regions: Sequence[Region]) -> None:
        """Words `demand` are used, and no others will be. Raises InputError (SW211)."""
        self._expect_usable(vload, demand, regions)
        self._settled.add(vload)

    def check(self, graph: Graph) -> None:
        """Raises InputError (SW211) if the graph of the nodes uses other words, or if a vload would
        read past the end of memory."""
        demand = graph.demand if self._usable.keys() > self._settled else []
        for vload in self._usable:
            if vload not in self._settled:
                self._expect_usable(vload, demand[vload], graph.regions)
            node = graph.nodes[vload]
            address = self._known.get(node.args[0], (0,))[0]
            if address + node.width > graph.memory_words:
                reason = (
                    f"this vload reads {node.width} words from address {address} on, but memory "
                    f"has {graph.memory_words} words"
                )
                raise InputError(Diagnostic("SW211", reason, file=node.where))

    def _expect_usable(self, vload: int, demand: int, regions: Sequence[Region]) -> None:
        node, excess = self._nodes[vload], demand & ~self._usable[vload]
        if not excess:
            return
        address = self._known.get(node.args[0], (0,))[0]
        word = excess.bit_length() - 1
        region = next(one for one in regions if one.name == node.region)
        reason = f"word {word} of this vload is used, but it is "
        if node.args[0] in self._known and address + word >= region.stop:
            reason += f"at address {address + word}, outside region {region.name!r}"
        else:
            reason += "not among the words said to be used"
        raise InputError(Diagnostic("SW211", reason, file=node.where))
