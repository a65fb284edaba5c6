"""What is said of a problem that does not fit into scratch."""

from __future__ import annotations

from collections import Counter

from slotweave.backend.allocate import NoRoom
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem


def scratch_too_small(
    graph: Graph, problem: Problem, failure: NoRoom, scratch_words: int
) -> NoSchedule:
    """The error for a problem that does not fit: where, how many words, held by what."""
    holders = _holders(graph, problem, failure.holding)
    held = ", ".join(f"{_words(count)} of {label}" for label, count in holders.most_common(6))
    more = "1 more was" if failure.wanted == 1 else f"{failure.wanted} more side by side were"
    reason = (
        f"even with one operation at a time, in cycle {failure.cycle} {failure.live} of"
        f" {scratch_words} scratch words{_beside(graph)} were live and {more} wanted;"
        f" held: {held or 'nothing'}."
        " To fit, fewer of these values must be live at once: more scratch, fewer constants or"
        " tables in registers, or a plan that keeps fewer items in flight"
    )
    return NoSchedule(Diagnostic("SW301", reason))


def _beside(graph: Graph) -> str:
    """What these words are beside: variables have theirs in all blocks."""
    variables = any(node.op in ("variable", "assign") for node in graph.nodes)
    return " beside those of variables" if variables else ""


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"


def _holders(graph: Graph, problem: Problem, storages: tuple[int, ...]) -> Counter[str]:
    """Live words by what they are: the stage (or operation) that made them."""
    maker: dict[int, int] = {}
    for op, storage in enumerate(problem.writes.tolist()):
        maker.setdefault(storage, op)
    words: Counter[str] = Counter()
    for storage in storages:
        node = graph.nodes[int(problem.nodes[maker[storage]])]
        words[f"{node.stage or 'the kernel'} ({node.op})"] += int(problem.storage_words[storage])
    return words
