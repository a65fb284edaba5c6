"""Verbs that prove rewrite rules again, and search for shorter forms of parts of kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from slotweave.arguments import function_of, name_in, several, wanted, whole_number
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.results.proved import FormSearch, FormsSearched, RulesProved, proved_line

if TYPE_CHECKING:
    from slotweave.extensions import SearchTarget
    from slotweave.rules import Rule
    from slotweave.rules.proof import Proof
    from slotweave.rules.superoptimize import Search

#: Parts of more operations than that take minutes.
_QUICK = 3

#: Most operations of a form that is searched for.
_MOST_OPERATIONS = 3


def prove_rules(
    names: Iterable[str] | None = None,
    *,
    watch: Callable[[str | CheckFailed], None] = lambda _found: None,
) -> RulesProved:
    """Prove the rewrite rules of these names again, for all words; all if left out.

    `watch` is told of each rule: a line about its proof, or the error that refuses it. The recorded
    proofs are compared with the rules, too: see `stale` of the result.

    Raises InputError: SW212 for an unknown name, SW217 without Z3 if the recorded proofs fit the
    rules; CheckFailed (SW407) without Z3 if one does not.

    >>> sw.prove_rules(["xor_zero"])
    <1 of 1 rule proved>
    """
    rules, tell = _rules_named(names), function_of("watch", watch)
    prove = _prover(rules)
    proofs: dict[str, Proof] = {}
    refused: dict[str, Diagnostic] = {}
    for rule in rules:
        try:
            proofs[rule.name] = prove(rule)
        except CheckFailed as error:
            refused[rule.name] = error.diagnostic
            tell(error)
        else:
            tell(proved_line(rule.name, proofs[rule.name]))
    return RulesProved(proofs, refused, _stale(rules))


def search_forms(
    names: Iterable[str] | None = None,
    operations: int | None = None,
    *,
    watch: Callable[[FormSearch], None] = lambda _search: None,
    progress: Callable[[str, Sequence[Any]], Iterable[Any]] = lambda _name, structures: structures,
) -> FormsSearched:
    """Search for forms of parts of kernels in at most `operations` (1 to 3) vector operations.

    One operation fewer than the kernel has if left out; without names, the parts that take seconds.
    Every form that is short enough is tried, with any constants: what is found computes the part
    for all words, and if nothing is found and nothing undecided, there is no such form. `watch` is
    told of each part that is done; `progress` gives the structures of a part one by one.

    Raises InputError: SW212 for an unknown part or a wrong number, SW217 without Z3.

    >>> sw.search_forms(["stage-5-carried"])
    <1 part searched: 0 shorter forms>
    """
    targets, tell = _targets_named(names), function_of("watch", watch)
    most = None if operations is None else _operations(operations)
    count, find = partial(_counted, function_of("progress", progress)), _searcher()
    made = []
    for target in targets:
        search = find(target.term, most or target.operations - 1, partial(count, target.name))
        made.append(FormSearch(target.name, str(target.term), target.operations, search))
        tell(made[-1])
    return FormsSearched(tuple(made))


def _operations(given: object) -> int:
    number = whole_number("operations", given, 1)
    if number > _MOST_OPERATIONS:
        reason = f"operations must be at most {_MOST_OPERATIONS}, not {number}"
        raise InputError(Diagnostic("SW212", reason))
    return number


def _counted(
    progress: Callable[[str, Sequence[Any]], Iterable[Any]], name: str, structures: Sequence[Any]
) -> Iterable[Any]:
    """What `progress` gives. Raises InputError (SW212) if that is nothing to go through."""
    given = progress(name, structures)
    if not isinstance(given, Iterable):
        raise wanted("SW212", "progress must give the structures that it is given", given)
    return given


def _rules_named(names: Iterable[str] | None) -> list[Rule]:
    """The rules of these names; all if None is given."""
    from slotweave.rules.catalog import EQUATIONS

    by_name = {rule.name: rule for rule in EQUATIONS}
    named = list(by_name) if names is None else several("names", names)
    return [
        by_name[name_in(name, "rule", by_name, shown_by="slotweave rules list")] for name in named
    ]


def _targets_named(names: Iterable[str] | None) -> list[SearchTarget]:
    """The parts of these names; those that take seconds if None is given."""
    from slotweave.extensions import extensions

    offered = (target for extension in extensions() for target in extension.search_targets())
    by_name = {target.name: target for target in offered}
    quick = [name for name, target in by_name.items() if target.operations <= _QUICK]
    named = quick if names is None else several("names", names)
    return [by_name[name_in(name, "part", by_name)] for name in named]


def _prover(rules: Sequence[Rule]) -> Callable[[Rule], Proof]:
    """What proves a rule. Without Z3 the record is all that can be looked at."""
    try:
        from slotweave.rules.prove import prove
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        stale = _stale(rules)
        if stale is not None:
            raise CheckFailed(stale) from None
        reason = "proving rules again needs Z3: install it with `pip install 'slotweave[prove]'`"
        raise InputError(Diagnostic("SW217", reason)) from None
    return prove


def _searcher() -> Callable[..., Search]:
    """What searches. Raises InputError (SW217) without Z3."""
    try:
        from slotweave.rules.superoptimize import search
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        reason = "searching for forms needs Z3: install it with `pip install 'slotweave[prove]'`"
        raise InputError(Diagnostic("SW217", reason)) from None
    return search


def _stale(rules: Sequence[Rule]) -> Diagnostic | None:
    """Which recorded proof does not fit its rule (SW407), if one does not."""
    from slotweave.rules.proof import recorded_proofs, register

    try:
        register(rules, recorded_proofs())
    except CheckFailed as error:
        return error.diagnostic
    return None
