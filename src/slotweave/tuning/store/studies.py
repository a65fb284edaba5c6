"""Studies in a database: what was searched for, how far each seed is, and every plan evaluated.

An answer is kept when it arrives, and the search moves on when its turn comes; both are in the
database before anything more is given out. So a process that is killed at any moment loses the
units that were under way, and another one goes on from there. Plans are kept as compressed JSON,
the schedules that they carry (`due`, long texts that many plans share) once each.
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from slotweave.base.cache_folder import cache_folder
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.recent import keep
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json
from slotweave.tuning.moves import Candidate
from slotweave.tuning.posed import Score
from slotweave.tuning.search import Base, State, Trial
from slotweave.tuning.store.database import Database, Row, open_database, unusable

#: Seconds until a study that another process holds is refused, and between looks at it.
CLAIM_SECONDS, _BETWEEN_CLAIMS = 3.0, 0.05

#: Texts of plans, and schedules that they carry, which are kept at hand: a state has some thirty
#: plans, of which the next one has all but one or two.
PLANS_KEPT = 64

#: Compressing is part of what each candidate costs; this level is the fastest.
_LEVEL = 1

#: The number of the trial that is the plan with which a search began.
BEGUN = -1

_TABLES = (
    "CREATE TABLE IF NOT EXISTS slotweave_studies (name TEXT PRIMARY KEY, spec TEXT NOT NULL,"
    " began TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS slotweave_searches (study TEXT NOT NULL, seed BIGINT NOT NULL,"
    " evaluations BIGINT NOT NULL, cycles BIGINT NOT NULL, bound BIGINT NOT NULL,"
    " late BIGINT NOT NULL, touched TEXT NOT NULL, state {blob} NOT NULL,"
    " PRIMARY KEY (study, seed))",
    "CREATE TABLE IF NOT EXISTS slotweave_trials (study TEXT NOT NULL, seed BIGINT NOT NULL,"
    " number BIGINT NOT NULL, move TEXT NOT NULL, cycles BIGINT, bound BIGINT, late BIGINT,"
    " plan {blob} NOT NULL, PRIMARY KEY (study, seed, number))",
    "CREATE TABLE IF NOT EXISTS slotweave_begun (study TEXT NOT NULL, seed BIGINT NOT NULL,"
    " plan TEXT NOT NULL, PRIMARY KEY (study, seed))",
    "CREATE TABLE IF NOT EXISTS slotweave_due (name TEXT PRIMARY KEY, due {blob} NOT NULL)",
)

_KEEP_BEGUN = (
    "INSERT INTO slotweave_begun (study, seed, plan) VALUES (?, ?, ?)"
    " ON CONFLICT (study, seed) DO NOTHING"
)
_KEEP_DUE = "INSERT INTO slotweave_due (name, due) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"

_KEEP_TRIAL = (
    "INSERT INTO slotweave_trials (study, seed, number, move, cycles, bound, late, plan)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (study, seed, number) DO UPDATE SET"
    " move = excluded.move, cycles = excluded.cycles, bound = excluded.bound,"
    " late = excluded.late, plan = excluded.plan"
)
_KEEP_SEARCH = (
    "INSERT INTO slotweave_searches (study, seed, evaluations, cycles, bound, late, touched, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (study, seed) DO UPDATE SET"
    " evaluations = excluded.evaluations, cycles = excluded.cycles, bound = excluded.bound,"
    " late = excluded.late, touched = excluded.touched, state = excluded.state"
)
_MOVE_ON = "UPDATE slotweave_searches SET evaluations = ?, touched = ? WHERE study = ? AND seed = ?"


@dataclass(frozen=True)
class Spec:
    """What a study searches a plan for: `machine` as TOML, `graph` the fingerprint of the kernel
    by the plan that it began with."""

    kernel: str
    parameters: Mapping[str, int]
    contract: str
    machine: str
    graph: str

    def to_json(self) -> str:
        """The same spec always gives the same text."""
        return json.dumps(
            {"kernel": self.kernel, "parameters": dict(sorted(self.parameters.items())),
             "contract": self.contract, "machine": self.machine, "graph": self.graph}
        )  # fmt: skip


@dataclass(frozen=True)
class Study:
    """A study's name, what it searches for, and when it began (UTC)."""

    name: str
    spec: Spec
    began: str


@dataclass(frozen=True)
class KeptSearch:
    """How far the search of a seed is: evaluations, the score of its best plan, and when (UTC)."""

    seed: int
    evaluations: int
    best: Score
    touched: str


def default_store() -> str:
    """The file in the user's cache folder."""
    return str(cache_folder() / "studies.db")


class Store:
    """The studies in a database. Raises InputError (SW226) where that cannot be used."""

    def __init__(self, place: str) -> None:
        self._database: Database = open_database(place)
        self.name = self._database.name
        blob = "BYTEA" if self.name.startswith("postgres") else "BLOB"
        with self._database.transaction():
            for table in _TABLES:
                self._database.change(table.format(blob=blob))
        #: The states that were kept last, by study and seed.
        self._kept: dict[tuple[str, int], State] = {}
        #: The carried schedules that were kept or read last, by name, and their names.
        self._due: OrderedDict[str, str] = OrderedDict()
        self._due_names: dict[str, str] = {}
        #: The texts of the plans that were kept last; states that follow each other share plans.
        self._texts: OrderedDict[int, tuple[Plan, str]] = OrderedDict()

    def close(self) -> None:
        """Give the connection back."""
        self._database.close()

    # Studies

    def begin(self, name: str | None, spec: Spec) -> str:
        """Begin a study, or go on with the one of that name; a new name is made if there is none.

        Nobody else can go on with it until this process ends. Raises InputError (SW227) if it is of
        something else, or another process is at it.
        """
        with self._database.transaction():
            chosen = name or self._free_name(spec.kernel)
            known = self.find(chosen)
            if known is None:
                began = (chosen, spec.to_json(), _now())
                self._database.change("INSERT INTO slotweave_studies VALUES (?, ?, ?)", began)
        if known is not None and known.spec != spec:
            what = _difference(known.spec, spec)
            reason = f"the study {chosen!r} is about another {what}; choose another name"
            raise InputError(Diagnostic("SW227", reason))
        if not self._claimed(chosen):
            reason = f"another process is going on with the study {chosen!r}; wait for its end"
            raise InputError(Diagnostic("SW227", reason))
        return chosen

    def _claimed(self, name: str) -> bool:
        """Whether nobody else holds the study; one who was killed may take a moment to be gone."""
        ends = time.monotonic() + CLAIM_SECONDS
        while not (held := self._database.claim(name)) and time.monotonic() < ends:
            time.sleep(_BETWEEN_CLAIMS)
        return held

    def _free_name(self, kernel: str) -> str:
        stem = kernel.rpartition(":")[2]
        taken = {name for (name,) in self._database.rows("SELECT name FROM slotweave_studies")}
        number = 1
        while f"{stem}-{number}" in taken:
            number += 1
        return f"{stem}-{number}"

    def studies(self) -> list[Study]:
        """All of them, the oldest first."""
        query = "SELECT name, spec, began FROM slotweave_studies ORDER BY began, name"
        return [_study(row) for row in self._database.rows(query)]

    def find(self, name: str) -> Study | None:
        """The study of that name."""
        query = "SELECT name, spec, began FROM slotweave_studies WHERE name = ?"
        return next((_study(row) for row in self._database.rows(query, (name,))), None)

    # Searches

    def keep(self, study: str, seed: int, state: State) -> None:
        """Keep how far the search of a seed is."""
        before = self._kept.get((study, seed))
        self._kept[study, seed] = state
        if before is not None and replace(before, evaluations=state.evaluations) == state:
            self._database.change(_MOVE_ON, (state.evaluations, _now(), study, seed))
            return
        best = state.best_score
        row = (study, seed, state.evaluations, best.cycles, best.bound, best.late, _now())
        self._database.change(_KEEP_SEARCH, (*row, _packed(self._state_text(state))))

    def state(self, study: str, seed: int) -> State | None:
        """How far the search of a seed was when it was last kept."""
        query = "SELECT state, evaluations FROM slotweave_searches WHERE study = ? AND seed = ?"
        for packed, evaluations in self._database.rows(query, (study, seed)):
            return self._state_in(_unpacked(packed), study, evaluations)
        return None

    def searches(self, study: str) -> list[KeptSearch]:
        """How far each seed is."""
        query = (
            "SELECT seed, evaluations, cycles, bound, late, touched FROM slotweave_searches"
            " WHERE study = ? ORDER BY seed"
        )
        return [
            KeptSearch(seed, evaluations, Score(*score), touched)
            for seed, evaluations, *score, touched in self._database.rows(query, (study,))
        ]

    def evaluations_to_best(self, study: str, seed: int, best: Score) -> int:
        """After how many evaluations there was first a plan of as few cycles as the best one."""
        query = (
            "SELECT MIN(number) FROM slotweave_trials WHERE study = ? AND seed = ? AND cycles = ?"
        )
        ((number,),) = self._database.rows(query, (study, seed, best.cycles))
        return 0 if number is None else number + 1

    # Trials

    def begun_with(self, study: str, seed: int) -> Plan | None:
        """The plan that the search of a seed began with."""
        first = next(self.trials(study, seed, BEGUN), None)
        return first.candidate.plan if first is not None and first.number == BEGUN else None

    def keep_begun_by(self, study: str, seed: int, told: str) -> None:
        """Keep what a command told of the plan that the search of a seed begins with."""
        self._database.change(_KEEP_BEGUN, (study, seed, told))

    def begun_by(self, study: str, seed: int) -> str:
        """What a command told of the plan that the search of a seed began with; "" if none did."""
        query = "SELECT plan FROM slotweave_begun WHERE study = ? AND seed = ?"
        return next((str(told) for (told,) in self._database.rows(query, (study, seed))), "")

    def moves(self, study: str, seed: int) -> Iterator[tuple[str, int | None]]:
        """The move and the cycles of each trial in order, without the plans."""
        query = (
            "SELECT move, cycles FROM slotweave_trials WHERE study = ? AND seed = ? ORDER BY number"
        )
        yield from self._database.rows(query, (study, seed))

    def keep_trial(self, study: str, trial: Trial) -> None:
        """Keep an answer."""
        found, plan = trial.score, trial.candidate.plan
        score = (None, None, None) if found is None else (found.cycles, found.bound, found.late)
        row = (study, trial.seed, trial.number, trial.candidate.move, *score)
        self._database.change(_KEEP_TRIAL, (*row, _packed(self._plan_text(plan))))

    def trials(self, study: str, seed: int, first: int = 0) -> Iterator[Trial]:
        """The trials of a seed in order, from number `first` on."""
        query = (
            "SELECT number, move, cycles, bound, late, plan FROM slotweave_trials"
            " WHERE study = ? AND seed = ? AND number >= ? ORDER BY number"
        )
        for number, move, *score, packed in self._database.rows(query, (study, seed, first)):
            found = None if score[0] is None else Score(*score)
            plan = self._plan_in(_unpacked(packed))
            yield Trial(seed, number, Candidate(plan, move), found)

    # Plans as text

    def _state_text(self, state: State) -> str:
        """The plans of a state, each once, and what is made of them by number."""
        numbers: dict[str, int] = {}

        def number(plan: Plan) -> int:
            return numbers.setdefault(self._plan_text(plan), len(numbers))

        chosen = (number(state.current), number(state.leading), number(state.best))
        bases = [(number(base.current), number(base.leading), base.limit) for base in state.bases]
        scores = (state.current_score, state.leading_score, state.best_score)
        return json.dumps(
            {"plans": list(numbers), "chosen": chosen, "bases": bases,
             "reached": [(score.cycles, score.bound, score.late) for score in scores]}
        )  # fmt: skip

    def _state_in(self, text: str, study: str, evaluations: int) -> State:
        kept = json.loads(text)
        if "reached" not in kept:  # scores that mean something else
            reason = f"the study {study!r} was begun by an earlier version; choose another name"
            raise InputError(Diagnostic("SW227", reason))
        plans = [self._plan_in(plan) for plan in kept["plans"]]
        (current, leading, best), scores = (
            [plans[number] for number in kept["chosen"]],
            [Score(*score) for score in kept["reached"]],
        )
        bases = tuple(Base(plans[one], plans[other], limit) for one, other, limit in kept["bases"])
        return State(current, scores[0], leading, scores[1], best, scores[2], evaluations, bases)

    def _plan_text(self, plan: Plan) -> str:
        """The plan without its origin; the name of its `due` in the first line, if it has any."""
        held = self._texts.get(id(plan))
        if held is None or held[0] is not plan:
            held = plan, self._new_text(plan)
        keep(self._texts, id(plan), held, PLANS_KEPT)
        return held[1]

    def _new_text(self, plan: Plan) -> str:
        due = plan.schedule.due
        bare = replace(plan, schedule=replace(plan.schedule, due=""))
        text = plan_to_json(replace(bare, origin=MappingProxyType({})), indent=None)
        if not due:
            return text
        name = self._due_names.get(due)
        if name is None:
            name = hashlib.sha256(due.encode()).hexdigest()[:32]
            self._database.change(_KEEP_DUE, (name, _packed(due)))
        self._remember_due(name, due)
        return f"{name}\n{text}"

    def _plan_in(self, text: str) -> Plan:
        name, _, rest = text.partition("\n")
        if name.startswith("{"):
            return plan_from_json(text, self.name)
        plan = plan_from_json(rest, self.name)
        due = self._due.get(name)
        if due is None:
            query = "SELECT due FROM slotweave_due WHERE name = ?"
            found = list(self._database.rows(query, (name,)))
            if not found:
                raise unusable(self.name, f"there is no schedule {name!r}, which a plan carries")
            due = _unpacked(found[0][0])
        self._remember_due(name, due)
        return replace(plan, schedule=replace(plan.schedule, due=due))

    def _remember_due(self, name: str, due: str) -> None:
        self._due[name], self._due_names[due] = due, name
        self._due.move_to_end(name)
        while len(self._due) > PLANS_KEPT:
            _name, oldest = self._due.popitem(last=False)
            del self._due_names[oldest]


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), _LEVEL)


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _study(row: Row) -> Study:
    name, spec, began = row
    return Study(name, Spec(**json.loads(spec)), began)


def _difference(one: Spec, other: Spec) -> str:
    """In what they differ first."""
    names = {"kernel": "kernel", "parameters": "shape (parameters)", "contract": "contract",
             "machine": "machine"}  # fmt: skip
    for key, name in names.items():
        if getattr(one, key) != getattr(other, key):
            return name
    return "graph: the kernel's text has changed, or its plan traces another one"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
