"""SQLite and PostgreSQL behind the few calls that the store makes.

Statements are written with `?` for values, in the SQL that both know. A claim is a lock that its
process holds until it ends, however it ends: an advisory lock of PostgreSQL, or a locked file
beside the database of SQLite.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from slotweave.base.diagnostics import Diagnostic, InputError

#: Seconds that a statement waits for another process to end its own.
WAITS = 60.0

POSTGRES = ("postgresql://", "postgres://")

Row = tuple[Any, ...]


class Database(Protocol):
    """Tables behind a connection; `name` is what users call it."""

    name: str

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """What a query gives, row by row."""

    def change(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Do what changes tables."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within, or none if it fails."""

    def claim(self, what: str) -> bool:
        """Hold `what` until this process ends; False if another one holds it."""

    def close(self) -> None:
        """Give the connection, and what was claimed, back."""


def open_database(place: str) -> Database:
    """The database at a path or a PostgreSQL URL, made if a file is not there yet.

    Raises InputError: SW226 if it cannot be opened, SW217 if a package for it is missing.
    """
    return _Postgres(place) if place.startswith(POSTGRES) else _SQLite(place)


def expect_store(place: str) -> None:
    """Complain about a file with studies that is not there, or is empty (SW226)."""
    if place == ":memory:" or place.startswith(POSTGRES):
        return
    file = Path(place)
    if not file.exists():
        raise unusable(place, "there is no such file; `slotweave tune --store` makes one")
    if file.is_file() and not file.stat().st_size:  # SQLite would take it for one of its own
        raise unusable(place, "the file is empty; `slotweave tune --store` makes a store")


def unusable(place: str, reason: object) -> InputError:
    """What is raised for a store that cannot be used."""
    first = (str(reason).strip() or type(reason).__name__).splitlines()[0]
    return InputError(Diagnostic("SW226", f"cannot be used: {first}", file=place))


class _SQLite:
    def __init__(self, place: str) -> None:
        self.name = place
        self._claims: list[Any] = []
        try:
            if place != ":memory:":
                Path(place).parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(place, timeout=WAITS, isolation_level=None)
            # Readers and a writer at once; what was committed outlives the death of a process.
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
        except (OSError, sqlite3.Error) as error:
            raise unusable(place, error) from None

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        yield from self._execute(statement, values)

    def change(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._execute(statement, values).close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._execute("BEGIN IMMEDIATE", ())
        try:
            yield
        except BaseException:
            self._execute("ROLLBACK", ())
            raise
        self._execute("COMMIT", ())

    def claim(self, what: str) -> bool:
        if self.name == ":memory:":
            return True
        import fcntl

        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        held = Path(f"{self.name}.{digest}.lock").open("w")  # noqa: SIM115  # until `close`
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            return False
        self._claims.append(held)
        return True

    def close(self) -> None:
        self._connection.close()
        for held in self._claims:
            Path(held.name).unlink(missing_ok=True)
            held.close()

    def _execute(self, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise unusable(self.name, error) from None


class _Postgres:
    def __init__(self, place: str) -> None:
        try:
            import psycopg
        except ImportError:
            reason = "a store in PostgreSQL needs psycopg: pip install 'slotweave[postgres]'"
            raise InputError(Diagnostic("SW217", reason)) from None
        self._errors = psycopg.Error
        try:
            self._connection = psycopg.connect(place, autocommit=True)
        except psycopg.Error as error:
            raise unusable(_without_password(place), error) from None
        self.name = _without_password(place)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        yield from self._execute(statement, values)

    def change(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._execute(statement, values).close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def claim(self, what: str) -> bool:
        digest = hashlib.sha256(what.encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        ((held,),) = self.rows("SELECT pg_try_advisory_lock(?)", (number,))
        return bool(held)

    def close(self) -> None:
        # The server ends a session a little later than its client.
        list(self.rows("SELECT pg_advisory_unlock_all()"))
        self._connection.close()

    def _execute(self, statement: str, values: Sequence[Any]) -> Any:
        try:
            return self._connection.execute(statement.replace("?", "%s"), values)
        except self._errors as error:
            raise unusable(self.name, error) from None


def _without_password(place: str) -> str:
    scheme, _, rest = place.partition("://")
    before, at, host = rest.rpartition("@")
    return f"{scheme}://{before.partition(':')[0]}{at}{host}"
