"""What became of mutants, one by one and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Subject(StrEnum):
    """What a mutant was made of."""

    PROGRAM = "program"
    SCHEDULE = "schedule"
    ALLOCATION = "allocation"
    KERNEL = "kernel"
    JUMPS = "jumps"  # between the blocks of a program


class Checker(StrEnum):
    """Who may catch a mutant."""

    LEGALITY = "legality"  # of the slots and bundles of a program
    SCHEDULE = "schedule"
    ALLOCATION = "allocation"
    EQUIVALENCE = "equivalence"  # of program and graph
    GRAPH = "graph"  # the invariants of graphs
    DEFINITION = "definition"  # kernel = definition
    RUNS = "runs"  # on random and directed memories, where there is no proof
    UNKNOWN = "unknown"  # nobody objects, and the result says that it is not proved


@dataclass(frozen=True, slots=True)
class Outcome:
    """One mutant: what the oracle says of it ("" if it does what it should), and who caught it.

    Checkers are only asked about mutants that differ; `harmless` is the class of one that does not.
    """

    subject: Subject
    kind: str
    change: str
    difference: str
    harmless: str
    caught_by: Checker | None = None

    @property
    def missed(self) -> bool:
        return bool(self.difference) and self.caught_by is None

    def __str__(self) -> str:
        return f"{self.subject} mutant: {self.kind}: {self.change}; {self.difference}"


def counts(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """How many mutants do not differ (and of which class), and who caught those that do."""
    known = list(outcomes)
    equal = [outcome for outcome in known if not outcome.difference]
    caught = [outcome.caught_by.value for outcome in known if outcome.caught_by]
    return {
        "mutants": len(known),
        "equivalent": len(equal),
        "caught": len(caught),
        "by": _by_number(caught),
        "missed": sum(outcome.missed for outcome in known),
        "equivalent_by": _by_number(outcome.harmless for outcome in equal),
    }


def summary(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The counts of all mutants, by subject too, and what was missed in words."""
    known = list(outcomes)
    subjects = [subject for subject in Subject if any(o.subject is subject for o in known)]
    return {
        **counts(known),
        "subjects": {
            subject.value: counts(o for o in known if o.subject is subject) for subject in subjects
        },
        "missed_mutants": [str(outcome) for outcome in known if outcome.missed],
    }


def _by_number(names: Iterable[str]) -> dict[str, int]:
    """The most frequent first, then by name."""
    return dict(sorted(Counter(names).items(), key=lambda entry: (-entry[1], entry[0])))
