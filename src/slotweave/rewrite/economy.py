"""Whether a match pays: no rule may leave more operations than it found.

Operations are counted, each as one, and one more for each operand that would have to be laid side
by side first because no engine can pick its words one at a time; constants are loaded once and
shared, so they only decide between equals. An operation below the root of a match lives on if
others use it too. Then an equal exchange is made only if it costs nothing (the same operation, no
new constant), or if all its other users can do without it as well, so that it goes in the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.rewrite.match import Match, RuleIndex, matches
from slotweave.rewrite.workspace import Workspace
from slotweave.rules import Term
from slotweave.rules.term import compute

#: An operation with more users than this is not expected to lose them all.
MOST_USERS = 8


@dataclass
class _Estimate:
    """What a replacement would add to the workspace, and the nodes it would use again.

    Of `unsure` constants only other parts of the graph show whether they are new.
    """

    operations: int = 0
    constants: int = 0
    unsure: int = 0
    feasible: bool = True
    reused: set[int] = field(default_factory=set)


def pays(work: Workspace, match: Match, index: RuleIndex) -> bool:
    """Whether to replace what was matched."""
    estimate = _estimate_of(work, match)
    if not estimate.feasible:
        return False
    work.border.ask_for(match.inner)
    dying = _dying(work, match, estimate.reused)
    if estimate.operations != len(dying):
        return estimate.operations < len(dying)
    kept = [name for name in match.inner if name not in dying and name not in estimate.reused]
    if not kept:
        work.border.crossed |= estimate.unsure > 0
        return estimate.constants <= _dying_constants(work, dying)
    rule = match.rule
    if estimate.constants == 0 and rule.replacement.op == rule.pattern.op:
        return True
    return all(_others_can_do_without(work, name, dying, index) for name in kept)


def _estimate_of(work: Workspace, match: Match) -> _Estimate:
    estimate = _Estimate()
    _look_up(work, match.rule.replacement, match, work.nodes[match.root].width, estimate)
    return estimate


def _look_up(
    work: Workspace, term: Term, match: Match, width: int, estimate: _Estimate
) -> int | None:
    """The node that `term` would be, if it is there already; what is not goes into the estimate."""
    if term.constant:
        found = work.find_constant(compute(term, match.bindings), width)
        # One that something else in a part of a graph uses is there among all parts, too.
        estimate.unsure += found is None or work.users[found] <= work.border.others
        if found is None:
            able = work.can_run("const", 1) and (width == 1 or work.can_run("broadcast", width))
            estimate.constants += 1
            estimate.feasible &= able
            work.border.crossed |= not able
        return found
    if term.op == "variable":
        return match.bindings[term.name]
    inner_width = 1 if term.op == "broadcast" else width
    args = [_look_up(work, arg, match, inner_width, estimate) for arg in term.args]
    present = tuple(arg for arg in args if arg is not None)
    found = work.find(term.op, width, present) if len(present) == len(args) else None
    work.border.crossed |= len(present) == len(args) and work.border.has_all(present)
    if found is None:
        estimate.operations += 1 + _copies(work, term.op, width, present)
        estimate.feasible &= work.can_run(term.op, width)
    else:
        estimate.reused.add(found)
    return found


def _copies(work: Workspace, op: str, width: int, args: tuple[int, ...]) -> int:
    """How many of the operands are scattered words that `op` cannot read where they lie."""
    if work.reads_anywhere(op, width):
        return 0
    return sum(work.nodes[arg].op == "overlay" for arg in args)


def _dying(work: Workspace, match: Match, reused: set[int]) -> set[int]:
    """The matched nodes that nothing uses once the root is replaced."""
    dying = {match.root}
    candidates = set(match.inner) - reused
    while found := {name for name in candidates - dying if _only_used_by(work, name, dying)}:
        dying |= found
    return dying


def _only_used_by(work: Workspace, name: int, users: set[int]) -> bool:
    return work.users[name] <= users


def _dying_constants(work: Workspace, dying: set[int]) -> int:
    """The constants that only dying nodes use."""
    operands = {arg for name in dying for arg in work.nodes[name].args}
    return sum(work.known[arg] is not None and _only_used_by(work, arg, dying) for arg in operands)


def _others_can_do_without(work: Workspace, name: int, dying: set[int], index: RuleIndex) -> bool:
    """Whether each user of `name` that stays is the root of a match that has `name` inside."""
    others = work.users[name] - dying
    return len(others) <= MOST_USERS and all(
        _can_do_without(work, user, name, index) for user in sorted(others)
    )


def _can_do_without(work: Workspace, user: int, name: int, index: RuleIndex) -> bool:
    return any(
        name in match.inner and _estimate_of(work, match).feasible
        for rule in index.candidates(work, user)
        for match in matches(work, rule, user)
    )
