"""What `rules search` does and says: parts of kernels, and whether they have shorter forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.output import print_json
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from slotweave.extensions import SearchTarget
    from slotweave.rules.structures import Structure
    from slotweave.rules.superoptimize import Search

_ROW = "{:<27} {:>3} {:>5} {:>10} {:>8} {:>8} {:>9}  {}"
#: Parts of more operations than that take minutes.
_QUICK = 3

_HEAD = ("part", "now", "tried", "structures", "by form", "by words", "undecided", "outcome")


def print_searches(
    terminal: Terminal, names: list[str] | None, operations: int | None, json: bool
) -> None:
    """Search for each part in turn; a row as soon as it is done, or one JSON object at the end."""
    targets, find = _targets_named(names), _searcher()
    made = []
    if not json:
        print(_ROW.format(*_HEAD))
    for target in targets:
        count = partial(_counted, terminal, target.name)
        search = find(target.term, operations or target.operations - 1, count)
        made.append(_record(target, search))
        if not json:
            print(_row(target, search), flush=True)
        terminal.note(f"{target.name}: {search.seconds:.1f} s")
    if json:
        print_json({"searches": made})


def _targets_named(names: list[str] | None) -> list[SearchTarget]:
    """The parts of these names; those that take seconds if none are given."""
    from slotweave.extensions import extensions

    offered = (target for extension in extensions() for target in extension.search_targets())
    by_name = {target.name: target for target in offered}
    quick = [name for name, target in by_name.items() if target.operations <= _QUICK]
    for name in names or ():
        if name not in by_name:
            raise unknown("SW212", "part", name, by_name)
    return [by_name[name] for name in names or quick]


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


def _counted(terminal: Terminal, what: str, structures: Sequence[Structure]) -> Iterable[Structure]:
    return terminal.progress(structures, len(structures), what)


def _outcome(search: Search) -> str:
    if search.found is not None:
        return f"found: {search.found}"
    return "excluded" if search.excluded else "open"


def _row(target: SearchTarget, search: Search) -> str:
    return _ROW.format(
        target.name,
        target.operations,
        search.operations,
        search.structures,
        search.by_form,
        search.by_words,
        search.undecided,
        _outcome(search),
    )


def _record(target: SearchTarget, search: Search) -> dict[str, Any]:
    return {
        "name": target.name,
        "term": str(target.term),
        "operations_now": target.operations,
        "operations": search.operations,
        "structures": search.structures,
        "by_form": search.by_form,
        "by_words": search.by_words,
        "undecided": search.undecided,
        "excluded": search.excluded,
        "found": search.found,
        "seconds": round(search.seconds, 3),
    }
