"""Which words of a value are known before the run: constants, and what is computed from them.

Where the words themselves are not known, it may be known that each is one of a few: what a select
takes from among constants.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_MASK
from slotweave.isa.codegen import word_function

Words = tuple[int, ...]

#: For each word of a value the words that it can be.
Options = tuple[frozenset[int], ...]

#: A word that can be more than this is not followed.
MOST_OPTIONS = 8

#: What may be one of a few words without being known.
_CHOICES = frozenset({"select", "slice", "overlay"})


def known_words(node: Node, args: Sequence[Words]) -> Words | None:
    """The words of `node` if those of its arguments are `args`; None if that does not fix them."""
    if not node.pure or node.op == "variable":
        return None
    if node.op == "const":
        return (node.imm & WORD_MASK,)
    if node.op == "zeros":
        return (0,) * node.width
    if node.op == "broadcast":
        return args[0] * node.width
    if node.op == "slice":
        return args[0][node.imm : node.imm + node.width]
    if node.op == "overlay":
        return _overlaid(node, args)
    lanes = [*args, (node.imm,) * node.width] if node.op == "add_immediate" else args
    function = word_function(node.op)
    try:
        return tuple(function(*lane) for lane in zip(*lanes, strict=True))
    except ZeroDivisionError:
        return None


def _overlaid(node: Node, args: Sequence[Words]) -> Words | None:
    words: dict[int, int] = {}
    for offset, part in zip(node.offsets, args, strict=True):
        words.update(enumerate(part, offset))
    return tuple(words[i] for i in range(node.width)) if len(words) == node.width else None


def known_values(graph: Graph) -> dict[int, Words]:
    """The known words of each node of `graph` that has only such (`graph.known` keeps them)."""
    known: dict[int, Words] = {}
    rows: dict[int, Words] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "vload":
            if _reads_known_words(graph, node):
                rows[index] = graph.region_by_name[node.region].words[: node.width]
            continue
        for arg in node.args:
            if arg not in known:
                break
        else:
            words = known_words(node, [known[arg] for arg in node.args])
            if words is not None:
                known[index] = words
            continue
        if rows and node.op == "slice" and len(rows.get(node.args[0], ())) >= node.imm + node.width:
            known[index] = rows[node.args[0]][node.imm : node.imm + node.width]
    return known


def _reads_known_words(graph: Graph, node: Node) -> bool:
    """Whether a vload takes the first row of memory as it is before the run.

    Zeros say that the graph is all of a program, and a word of them is address 0. Only words that
    are in use count: a store to another one need not wait, nor be waited for.
    """
    (address,) = node.args
    source = graph.nodes[address]
    is_zero = source.op == "slice" and graph.nodes[source.args[0]].op == "zeros"
    return is_zero and not node.after and bool(graph.region_by_name[node.region].words)


def word_options(node: Node, args: Sequence[Options | None]) -> Options | None:
    """What each word of `node`, which is not known, can be; None if that may be too much."""
    match node.op:
        case "select" if args[1] is not None and args[2] is not None:
            found = tuple(yes | no for yes, no in zip(args[1], args[2], strict=True))
            return found if all(len(word) <= MOST_OPTIONS for word in found) else None
        case "slice" if args[0] is not None:
            return args[0][node.imm : node.imm + node.width]
        case "overlay" if None not in args:
            words: dict[int, frozenset[int]] = {}
            for offset, part in zip(node.offsets, args, strict=True):
                words.update(enumerate(part or (), offset))
            return tuple(words[i] for i in range(node.width)) if len(words) == node.width else None
    return None


def as_options(words: Words) -> Options:
    """Known words as words that can be nothing else."""
    return tuple(frozenset((word,)) for word in words)


def value_options(graph: Graph) -> dict[int, Options]:
    """What the words of each node of `graph` can be, for those of which that is known."""
    options = {index: as_options(words) for index, words in graph.known.items()}
    for index, node in enumerate(graph.nodes):
        if node.op in _CHOICES and index not in options:
            found = word_options(node, [options.get(arg) for arg in node.args])
            if found is not None:
                options[index] = found
    return options


def word_constants(graph: Graph) -> dict[int, int]:
    """The value of each node that is a constant word, or made of such words by operations."""
    return {index: words[0] for index, words in graph.known.items() if len(words) == 1}
