"""What a study came to: seeds side by side, and which moves gained anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from slotweave.machine import machine_from_toml
from slotweave.tuning.moves import MOVES
from slotweave.tuning.outcome import SeedOutcome, outcome_of_seeds
from slotweave.tuning.store import Store, Study


def command_of(
    search: tuple[str, Mapping[str, int], str, str],
    begun_with: str,
    seed: int,
    evaluations: int,
    output: str,
) -> str:
    """The command that finds a plan again: a search of that seed, for so many evaluations.

    `search` is of a kernel, its parameters, a contract and a machine, by name; `begun_with` is what
    followed `--plan`.
    """
    kernel, parameters, contract, machine = search
    shape = "".join(f" -p {name}={value}" for name, value in parameters.items())
    return (
        f"slotweave tune {quote(kernel)}{shape} --contract {contract} --plan {begun_with}"
        f" --machine {quote(machine)} --seed {seed} --evaluations {evaluations} -o {quote(output)}"
    )


@dataclass(frozen=True)
class MoveCount:
    """How often a move was tried, did not fit, and gave a shorter plan than all before it."""

    tried: int = 0
    unfit: int = 0
    gains: int = 0


@dataclass(frozen=True)
class StudyReport:
    """A study with its searches by seed, and its moves by name."""

    study: Study
    store: str
    seeds: Mapping[int, SeedOutcome]
    moves: Mapping[str, MoveCount]
    touched: str

    @property
    def evaluations(self) -> int:
        """Plans evaluated, of all seeds: those whose turn to be told has not come as well."""
        return sum(move.tried for move in self.moves.values())

    def to_json(self) -> dict[str, Any]:
        """What `slotweave study show --json` prints."""
        spec = self.study.spec
        return {
            "study": self.study.name, "store": self.store, "kernel": spec.kernel,
            "params": dict(spec.parameters), "contract": spec.contract,
            "machine": machine_from_toml(spec.machine).name,
            "began": self.study.began, "touched": self.touched,
            "evaluations": self.evaluations,
            **outcome_of_seeds(self.seeds),
            "moves": {name: {"tried": move.tried, "unfit": move.unfit, "gains": move.gains}
                      for name, move in self.moves.items()},
        }  # fmt: skip


def study_report(store: Store, study: Study) -> StudyReport:
    """What the store knows of `study`."""
    kept = store.searches(study.name)
    seeds = {
        each.seed: SeedOutcome(
            each.best.cycles, each.best.bound, each.evaluations,
            store.evaluations_to_best(study.name, each.seed, each.best),
        )
        for each in kept
    }  # fmt: skip
    moves = {name: MoveCount() for name in MOVES}
    for each in kept:
        _count(store, study.name, each.seed, moves)
    touched = max((each.touched for each in kept), default=study.began)
    return StudyReport(study, store.name, seeds, moves, touched)


def _count(store: Store, study: str, seed: int, moves: dict[str, MoveCount]) -> None:
    """Add the trials of a seed to `moves`; the plan that it began with comes first."""
    best: int | None = None
    for move, cycles in store.moves(study, seed):
        gained = cycles is not None and best is not None and cycles < best
        best = cycles if best is None or gained else best
        if move in moves:
            before = moves[move]
            moves[move] = MoveCount(
                before.tried + 1, before.unfit + (cycles is None), before.gains + gained
            )
