"""What a search keeps: read back as it was, in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.machine import CHALLENGE, machine_to_toml
from slotweave.tuning.moves import Candidate
from slotweave.tuning.posed import Score
from slotweave.tuning.report import study_report
from slotweave.tuning.search import AHEAD, Base, State, Trial
from slotweave.tuning.store import BEGUN, Spec, Store, studies
from slotweave.tuning.store.database import open_database
from support.postgres_server import is_available, postgres_server

SPEC = Spec("tree-hash", {"height": 3}, "values", machine_to_toml(CHALLENGE), "abc")
NO_SERVER = pytest.mark.skipif(not is_available(), reason="no PostgreSQL server, or no psycopg")


def plan(seed: int) -> Plan:
    choices = {"levels_but": ({"rounds": (1, 2), "groups": (0,), "way": "select"},)}
    return Plan("p", "tree-hash", schedule=ScheduleOptions(seed=seed, offsets=(0.0, 2.5)),
                choices=choices)  # fmt: skip


def carried(seed: int, due: str = "3 1 4") -> Plan:
    """A plan with a schedule that was carried over."""
    return replace(plan(seed), schedule=replace(plan(seed).schedule, due=due, steps=(seed,)))


def state(evaluations: int = 0, best: int = 90) -> State:
    bases = tuple(Base(plan(3 + each // 2), plan(5), 90 + each) for each in range(AHEAD + 1))
    scores = (Score(95, 80, 3), Score(best + 1, 80, 2), Score(best, 80, 3))
    return State(plan(1), scores[0], carried(4), scores[1], plan(2), scores[2], evaluations, bases)


def trial(number: int, cycles: int | None) -> Trial:
    found = None if cycles is None else Score(cycles, 70, 2)
    return Trial(7, number, Candidate(plan(number + 10), "seed"), found)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=NO_SERVER)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "new" / "studies.db")
    url: str = request.getfixturevalue("server")
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("studies", "searches", "trials", "due"):
            connection.execute(f"DROP TABLE IF EXISTS slotweave_{name}")
    return url


def test_states_and_trials_are_read_as_they_were_kept(place: str) -> None:
    store = Store(place)
    name = store.begin("mine", SPEC)
    assert store.state(name, 7) is None
    trials = [trial(0, 95), trial(1, None), trial(2, 90)]
    for each in trials:
        store.keep_trial(name, each)
    for kept in (state(), state(1), state(3, best=88)):
        store.keep(name, 7, kept)
    store.close()
    again = Store(place)
    assert again.state(name, 7) == state(3, best=88)
    assert list(again.trials(name, 7)) == trials
    assert list(again.trials(name, 7, 2)) == trials[2:]
    assert [(study.name, study.spec) for study in again.studies()] == [("mine", SPEC)]
    ((seed, evaluations, best),) = [(s.seed, s.evaluations, s.best) for s in again.searches(name)]
    assert (seed, evaluations, best) == (7, 3, Score(88, 80, 3))
    again.close()


def test_schedules_that_plans_carry_are_kept_once_and_read_with_each(place: str) -> None:
    store = Store(place)
    name = store.begin(None, SPEC)
    long, other = " ".join(map(str, range(5000))), "7 7"
    plans = [carried(1, long), carried(2, long), plan(3), carried(4, other), carried(5, long)]
    trials = [
        Trial(7, number, Candidate(each, "carried"), Score(90, 70, 2))
        for number, each in enumerate(plans)
    ]
    for each in trials:
        store.keep_trial(name, each)
    store.close()
    again = Store(place)
    assert list(again.trials(name, 7)) == trials
    again.close()
    database = open_database(place)
    assert list(database.rows("SELECT COUNT(*) FROM slotweave_due")) == [(2,)]
    database.change("DELETE FROM slotweave_due")
    database.close()
    broken = Store(place)
    with pytest.raises(InputError, match=r"SW226.*which a plan carries"):
        list(broken.trials(name, 7))
    broken.close()


def test_a_state_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    store = Store(place)
    name = store.begin("mine", SPEC)
    store.keep(name, 7, state())
    old = zlib.compress(b'{"plans": [], "chosen": [], "bases": [], "scores": []}')
    database = open_database(place)
    database.change("UPDATE slotweave_searches SET state = ?", (old,))
    database.close()
    with pytest.raises(InputError, match=r"SW227.*'mine' was begun by an earlier version"):
        store.state(name, 7)
    store.close()


def test_a_trial_kept_twice_is_the_last_one(place: str) -> None:
    store = Store(place)
    name = store.begin(None, SPEC)
    store.keep_trial(name, trial(0, 95))
    store.keep_trial(name, trial(0, 93))
    assert list(store.trials(name, 7)) == [trial(0, 93)]
    store.close()


def test_a_study_without_a_name_gets_one_of_its_own(place: str) -> None:
    store = Store(place)
    assert [store.begin(None, SPEC) for _ in range(3)] == [f"tree-hash-{i}" for i in (1, 2, 3)]
    store.close()


def test_the_evaluations_to_the_best_are_those_to_the_first_plan_as_short(place: str) -> None:
    store = Store(place)
    name = store.begin(None, SPEC)
    for number, cycles in enumerate((95, 90, 93, 90)):
        store.keep_trial(name, trial(number, cycles))
    assert store.evaluations_to_best(name, 7, Score(90, 1)) == 2
    assert store.evaluations_to_best(name, 7, Score(95, 1)) == 1
    store.keep_trial(name, trial(-1, 90))
    assert store.evaluations_to_best(name, 7, Score(90, 1)) == 0
    store.close()


def test_plans_are_counted_when_they_are_evaluated_not_when_their_turn_has_come(place: str) -> None:
    """With several workers some answers wait for those before them when a search is stopped."""
    store = Store(place)
    name = store.begin("mine", SPEC)
    store.keep_trial(name, replace(trial(BEGUN, 95), candidate=Candidate(plan(1), "begun")))
    for number in (0, 1, 2, 4, 7):
        store.keep_trial(name, trial(number, 90 + number))
    store.keep(name, 7, state(3, best=90))
    study = store.find(name)
    assert study is not None
    report = study_report(store, study)
    assert report.evaluations == 5
    assert report.moves["seed"].tried == 5
    assert report.seeds[7].evaluations == 3
    store.close()


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (replace(SPEC, kernel="dot"), "another kernel"),
        (replace(SPEC, parameters={"height": 4}), "another shape"),
        (replace(SPEC, contract="full"), "another contract"),
        (replace(SPEC, graph="abd"), "its plan traces another one"),
    ],
)
def test_a_study_is_not_gone_on_with_for_something_else(place: str, other: Spec, word: str) -> None:
    store = Store(place)
    store.begin("mine", SPEC)
    with pytest.raises(InputError, match=rf"SW227 .*{word}"):
        store.begin("mine", other)
    store.close()


def test_two_cannot_go_on_with_one_study_until_one_has_ended(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studies, "CLAIM_SECONDS", 0.0)
    one, other = Store(place), Store(place)
    one.begin("mine", SPEC)
    with pytest.raises(InputError, match=r"SW227 another process"):
        other.begin("mine", SPEC)
    other.begin("yours", SPEC)
    one.close()
    other.begin("mine", SPEC)
    other.close()


def test_a_failed_transaction_changes_nothing(place: str) -> None:
    store = Store(place)
    database = store._database

    def fail() -> None:
        with database.transaction():
            database.change("INSERT INTO slotweave_studies VALUES ('a', '{}', 'now')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.studies() == []
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be read as one" * 10)
    with pytest.raises(InputError, match=r"SW226 .*notes.txt: cannot be used: file is not a data"):
        Store(str(file))
    assert "not a database" in file.read_text()


def test_a_folder_and_a_damaged_database_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"SW226"):
        Store(str(tmp_path))
    file = tmp_path / "studies.db"
    sqlite3.connect(file).execute("CREATE TABLE slotweave_studies (other TEXT)").close()
    store = Store(str(file))
    with pytest.raises(InputError, match=r"SW226 .*no such column"):
        store.studies()
    store.close()


def test_a_server_that_does_not_answer_is_refused_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="PostgreSQL needs the extra `postgres`")
    with pytest.raises(InputError, match=r"SW226") as refused:
        Store(f"postgresql://me:secret@/db?host={tmp_path}")
    assert "secret" not in str(refused.value)
