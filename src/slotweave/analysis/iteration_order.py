"""Which memory accesses of different iterations of a loop must be ordered, and at which distance.

An address is followed as a sum: a constant, plus multiples of what variables hold when an iteration
begins and of other words. A variable to which each iteration adds the same constant is an induction
variable; one that no iteration assigns is the same in all. So two addresses of different iterations
may differ by a known number of words for each iteration between them, and the least distance at
which they touch one word is worked out. (This is the strong SIV test of dependence analysis; see
Goff, Kennedy and Tseng, PLDI 1991.)

It rests on the promise that each access lies in its region: addresses that advance by less than
what is left of the address space after the region's length do not wrap around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slotweave.ir.graph import Graph, Node
from slotweave.isa import WORD_BITS, WORD_MASK, Effect

_WORDS = 1 << WORD_BITS


@dataclass(frozen=True, slots=True)
class Sum:
    """`base` plus each atom times its factor, modulo 2^32; an atom is the number of a node."""

    base: int
    terms: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Access `later` of iteration i + distance must come after access `earlier` of iteration i."""

    earlier: int
    later: int
    distance: int


def iteration_conflicts(graph: Graph, constants: Mapping[int, int]) -> Iterator[Conflict]:
    """Pairs of accesses of one region, one of them a store, that may touch one word.

    `graph` is one iteration; `constants` are the words of variables that hold the same constant
    throughout. Of each pair and direction the least distance is given, which is at least 1. A
    conflict at a greater one asks for less.
    """
    sums = address_sums(graph, constants)
    fixed = frozenset(_invariant(graph))
    steps = _steps(graph, sums)
    by_region: dict[str, list[int]] = {}
    for index, node in enumerate(graph.nodes):
        if node.effect in (Effect.LOAD, Effect.STORE):
            by_region.setdefault(node.region, []).append(index)
    for name, accesses in by_region.items():
        region = graph.region_by_name[name]
        if region.read_only:
            continue
        for earlier in accesses:
            for later in accesses:
                first, second = graph.nodes[earlier], graph.nodes[later]
                if Effect.STORE in (first.effect, second.effect):
                    distance = _distance(graph, (earlier, later), sums, steps, fixed, region.length)
                    if distance is not None:
                        yield Conflict(earlier, later, distance)


def address_sums(graph: Graph, constants: Mapping[int, int]) -> dict[int, Sum]:
    """Each word of `graph` as a sum of words that are not known as sums themselves."""
    sums: dict[int, Sum] = {}
    variables: dict[int, int] = {}  # a variable is one atom, however many nodes read it
    for index, node in enumerate(graph.nodes):
        if node.width != 1:
            continue
        if node.op == "variable":
            atom = variables.setdefault(node.imm, index)
            known = constants.get(node.imm)
            sums[index] = Sum(0, {atom: 1}) if known is None else Sum(known, {})
            continue
        args = [sums[arg] for arg in node.args if arg in sums]
        found = _sum_of(node, args) if len(args) == len(node.args) else None
        sums[index] = Sum(0, {index: 1}) if found is None else found
    return sums


def _sum_of(node: Node, args: list[Sum]) -> Sum | None:
    match node.op, args:
        case "const", []:
            return Sum(node.imm & WORD_MASK, {})
        case "add_immediate", [a]:
            return Sum((a.base + node.imm) & WORD_MASK, a.terms)
        case "add", [a, b]:
            return _plus(a, b, 1)
        case "sub", [a, b]:
            return _plus(a, b, -1)
        case "mul", [a, b]:
            return _times(a, b)
        case "shl", [a, b] if not b.terms and b.base < WORD_BITS:
            return _times(a, Sum(1 << b.base, {}))
        case "multiply_add", [a, b, c]:
            product = _times(a, b)
            return None if product is None else _plus(product, c, 1)
        case (("or" | "and"), [a, b]) if a == b:
            return a
    return None


def _plus(a: Sum, b: Sum, factor: int) -> Sum:
    terms = dict(a.terms)
    for atom, times in b.terms.items():
        terms[atom] = (terms.get(atom, 0) + factor * times) & WORD_MASK
    kept = {atom: times for atom, times in terms.items() if times}
    return Sum((a.base + factor * b.base) & WORD_MASK, kept)


def _times(a: Sum, b: Sum) -> Sum | None:
    if a.terms and b.terms:
        return None
    scaled, factor = (a, b.base) if not b.terms else (b, a.base)
    return _plus(Sum(0, {}), scaled, factor)


def _assigned(graph: Graph) -> dict[int, int]:
    return {node.imm: node.args[0] for node in graph.nodes if node.op == "assign"}


def _invariant(graph: Graph) -> Iterator[int]:
    """The nodes of variables that no iteration changes."""
    assigned = _assigned(graph)
    for index, node in enumerate(graph.nodes):
        if node.op == "variable":
            kept = assigned.get(node.imm)
            source = None if kept is None else graph.nodes[kept]
            if source is None or (source.op == "variable" and source.imm == node.imm):
                yield index


def _steps(graph: Graph, sums: Mapping[int, Sum]) -> dict[int, int]:
    """By node of an induction variable, what each iteration adds to it."""
    steps: dict[int, int] = {}
    assigned = _assigned(graph)
    for index, node in enumerate(graph.nodes):
        if node.op == "variable" and node.imm in assigned and index in sums:
            made = sums.get(assigned[node.imm])
            if made is not None and dict(made.terms) == dict(sums[index].terms) and made.terms:
                steps[index] = (made.base - sums[index].base) & WORD_MASK
    return steps


def _distance(
    graph: Graph,
    pair: tuple[int, int],
    sums: Mapping[int, Sum],
    steps: Mapping[int, int],
    fixed: frozenset[int],
    length: int,
) -> int | None:
    """The least distance at which the two may touch one word; None if there is none."""
    first, second = (graph.nodes[index] for index in pair)
    if first.args[0] not in sums or second.args[0] not in sums:
        return 1  # a gather or a scatter
    a, b = sums[first.args[0]], sums[second.args[0]]
    if dict(a.terms) != dict(b.terms):
        return 1
    advance = 0
    for atom, factor in a.terms.items():
        if atom in steps:
            advance += factor * steps[atom]
        elif atom not in fixed:
            return 1  # another word in each iteration
    advance, apart = _signed(advance), _signed(b.base - a.base)
    reach = length + 2 * graph.vector_length  # a vector may begin before its region, and end after
    if abs(advance) + reach > _WORDS or reach > _WORDS >> 1:
        return 1
    return _least_distance(advance, apart, _words(graph, first), _words(graph, second))


def _least_distance(advance: int, apart: int, first: int, second: int) -> int | None:
    """The least d >= 1 with -second < apart + advance * d < first."""
    if advance < 0:
        advance, apart, first, second = -advance, -apart, second, first
    if advance == 0:
        return 1 if -second < apart < first else None
    distance = max(1, (-second - apart) // advance + 1)
    return distance if apart + advance * distance < first else None


def _words(graph: Graph, node: Node) -> int:
    """How many consecutive words an access at one address touches."""
    return graph.vector_length if node.op in ("vload", "vstore") else 1


def _signed(word: int) -> int:
    word &= WORD_MASK
    return word - _WORDS if word >> (WORD_BITS - 1) else word
