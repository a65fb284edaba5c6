"""The order of swing modulo scheduling: each activity next to those that come before it.

Llosa, González, Ayguadé and Valero, "Swing modulo scheduling: a lifetime-sensitive approach", PACT
1996. Recurrences come first, the one that asks for the longest period at the head, each with the
activities on the way from those before it; then what is left. Within a set the order swings between
going down along the lags and up against them, so that an activity has neighbours in the order on
one side only, and values live for a short time.

Depth and height are taken at the period: the longest chain before an activity, and after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from slotweave.bounds.projects.chains import Chains, Edges, edges_within, long_cycle


def swing_order(edges: Edges, longest: Chains) -> list[int]:
    """All activities in the order in which they are to be placed."""
    depth, height = longest.heads.tolist(), longest.tails.tolist()
    followers, leaders = _neighbours(edges)
    order: list[int] = []
    placed: set[int] = set()
    for group in _sets(edges, followers, leaders):
        left = set(group) - placed
        while left:
            below = {b for a in placed for b in followers[a]} & left
            above = {b for a in placed for b in leaders[a]} & left
            down = bool(below) or not above
            ready = (below or left if down else above) & left
            if not below and not above:
                ready = {min(left, key=lambda a: (-height[a], a))}
            while ready:
                first = height if down else depth
                second = depth if down else height
                one = min(ready, key=lambda a: (-first[a], -second[a], a))
                order.append(one)
                placed.add(one)
                left.discard(one)
                ready.discard(one)
                ready |= (followers if down else leaders)[one] & left
    return order


def _neighbours(edges: Edges) -> tuple[list[set[int]], list[set[int]]]:
    followers: list[set[int]] = [set() for _ in range(edges.size)]
    leaders: list[set[int]] = [set() for _ in range(edges.size)]
    rows = zip(edges.before.tolist(), edges.after.tolist(), strict=True)
    for before, after in rows:
        if before != after:
            followers[before].add(after)
            leaders[after].add(before)
    return followers, leaders


def _sets(edges: Edges, followers: list[set[int]], leaders: list[set[int]]) -> Iterable[set[int]]:
    """Recurrences from the one that binds most, each with what lies between it and the former."""
    found = [part for part in _components(followers) if len(part) > 1]
    found.sort(key=lambda part: (-_recurrence(edges, part), min(part)))
    taken: set[int] = set()
    for part in found:
        between = _reached(taken, followers) & _reached(part, leaders)
        between |= _reached(part, followers) & _reached(taken, leaders)
        yield between | part
        taken |= between | part
    yield set(range(edges.size)) - taken


def _reached(begin: set[int], neighbours: list[set[int]]) -> set[int]:
    seen = set(begin)
    todo = list(begin)
    while todo:
        for other in neighbours[todo.pop()] - seen:
            seen.add(other)
            todo.append(other)
    return seen


def _recurrence(edges: Edges, part: set[int]) -> int:
    """The period that the cycles within `part` ask for."""
    inner = edges_within(edges, part)
    period = 1
    while (cycle := long_cycle(inner, period)) is not None:
        chosen = list(cycle)
        distance = int(inner.distance[chosen].sum())
        if not distance:
            break
        period = -(-int(inner.length[chosen].sum()) // distance)
    return period


def _components(followers: list[set[int]]) -> list[set[int]]:
    """Strongly connected components (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[set[int]] = []
    for root in range(len(followers)):
        if root in index:
            continue
        walk = [(root, iter(sorted(followers[root])))]
        while walk:
            at, rest = walk[-1]
            if at not in index:
                index[at] = low[at] = len(index)
                stack.append(at)
                on_stack.add(at)
            follower = next((b for b in rest if b not in index or b in on_stack), None)
            if follower is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[at])
                if low[at] == index[at]:
                    cut = stack.index(at)
                    found.append(set(stack[cut:]))
                    on_stack -= found[-1]
                    del stack[cut:]
            elif follower in on_stack:
                low[at] = min(low[at], index[follower])
            else:
                walk.append((follower, iter(sorted(followers[follower]))))
    return found
