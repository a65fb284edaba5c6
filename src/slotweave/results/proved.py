"""Results of verbs that prove rewrite rules, or search for shorter forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import Diagnostic
from slotweave.base.wording import plural
from slotweave.results.registered import proof_json, proof_line
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.rules.proof import Proof
    from slotweave.rules.superoptimize import Search

_ROW = "{:<27} {:>3} {:>5} {:>10} {:>8} {:>8} {:>9}  {}"

#: The head of the table of which each `FormSearch` is a row.
FORMS_HEAD = _ROW.format(
    "part", "now", "tried", "structures", "by form", "by words", "undecided", "outcome"
)


@dataclass(frozen=True, repr=False)
class RulesProved(Shown):
    """Rules by name, each proved again, or refused with the reason.

    `stale` says which recorded proof does not fit its rule; None if all of them do.
    """

    proofs: Mapping[str, Proof]
    refused: Mapping[str, Diagnostic]
    stale: Diagnostic | None

    @property
    def seconds(self) -> float:
        """How long the proofs took."""
        return sum(proof.seconds for proof in self.proofs.values())

    def __repr__(self) -> str:
        number = len(self.proofs) + len(self.refused)
        return f"<{len(self.proofs)} of {plural(number, 'rule')} proved>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave rules prove --json` prints."""
        return {"proved": [proof_json(name, proof) for name, proof in self.proofs.items()]}

    def record(self) -> tuple[Path, str]:
        """The file of recorded proofs, and its text with these proofs in it; it keeps those of
        other rules that there still are."""
        from slotweave.rules.catalog import EQUATIONS
        from slotweave.rules.proof import PROOFS_FILE, proofs_to_json, recorded_proofs

        known = {**recorded_proofs(), **self.proofs}
        kept = {rule.name: known[rule.name] for rule in EQUATIONS if rule.name in known}
        return PROOFS_FILE, proofs_to_json(kept)

    def _view(self) -> RenderableType:
        from rich.text import Text

        lines = [proved_line(name, proof) for name, proof in self.proofs.items()]
        return Text("\n".join([*lines, *map(str, self.refused.values())]))


def proved_line(name: str, proof: Proof) -> str:
    """A rule and its proof in a line."""
    return f"{name:<32} {proof_line(proof)}"


@dataclass(frozen=True)
class FormSearch:
    """What a search tried for the part `name` of a kernel, which computes `term`.

    The kernel has it in `operations_now` operations.
    """

    name: str
    term: str
    operations_now: int
    search: Search

    @property
    def outcome(self) -> str:
        """The form that was found, or whether there is none."""
        if self.search.found is not None:
            return f"found: {self.search.found}"
        return "excluded" if self.search.excluded else "open"

    def to_json(self) -> dict[str, Any]:
        """Its entry in what `slotweave rules search --json` prints."""
        search = self.search
        return {
            "name": self.name,
            "term": self.term,
            "operations_now": self.operations_now,
            "operations": search.operations,
            "structures": search.structures,
            "by_form": search.by_form,
            "by_words": search.by_words,
            "undecided": search.undecided,
            "excluded": search.excluded,
            "found": search.found,
            "seconds": round(search.seconds, 3),
        }

    def __str__(self) -> str:
        search = self.search
        return _ROW.format(
            self.name, self.operations_now, search.operations, search.structures,
            search.by_form, search.by_words, search.undecided, self.outcome,
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class FormsSearched(Shown):
    """What was searched for, part by part."""

    searches: Sequence[FormSearch]

    def __repr__(self) -> str:
        found = sum(each.search.found is not None for each in self.searches)
        return f"<{plural(len(self.searches), 'part')} searched: {plural(found, 'shorter form')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave rules search --json` prints."""
        return {"searches": [each.to_json() for each in self.searches]}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text("\n".join([FORMS_HEAD, *map(str, self.searches)]))
