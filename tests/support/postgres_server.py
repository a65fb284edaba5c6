"""A PostgreSQL server for a test: in a folder of its own, on a socket there, stopped in the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: The server refuses to run as root; then these users run it, whichever there is.
_UNPRIVILEGED = ("postgres", "nobody")


def is_available() -> bool:
    """Whether there are the programs of a server, and the package that talks to it."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return False
    return all(shutil.which(program) for program in ("initdb", "postgres"))


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server's empty database."""
    folder = Path(tempfile.mkdtemp(prefix="slotweave-postgres-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user)
    options = ["-U", "test", "-A", "trust", "--no-sync"]
    made = ["initdb", "-D", str(folder / "data"), *options]
    subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
    served = ["postgres", "-D", str(folder / "data"), "-k", str(folder), "-F",
              "-c", "listen_addresses="]  # fmt: skip
    server = subprocess.Popen(served, stderr=subprocess.PIPE, text=True, user=user, cwd=folder)
    try:
        assert server.stderr is not None
        for line in server.stderr:  # which ends if the server does
            if "ready to accept connections" in line:
                break
        assert server.poll() is None
        yield f"postgresql://test@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()
        shutil.rmtree(folder)


def _user() -> str | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _UNPRIVILEGED if name in names)
