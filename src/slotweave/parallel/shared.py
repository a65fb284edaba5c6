"""Values that processes on one machine share: one makes it, all have it.

They lie in a folder for temporary files that nobody else can read, each file written whole. A value
is kept until another one needs its place. The folder goes with the last process that uses it; one
that was left because all of them were killed goes when the next one begins.
"""

from __future__ import annotations

import os
import pickle
import shutil
import stat
import tempfile
import weakref
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from slotweave.base.files import write_whole

#: Values that are kept at a time, at most.
PLACES = 32

#: What names of folders begin with, and the file in each that its users have a lock on.
_PREFIX, _LOCK = "slotweave-shared-", "lock"

_DIGEST_BYTES = 32


class SharedValues:
    """Values by the texts that say what they are; what they are must not depend on who asks.

    Processes that give the same `name` share; without one there is a new one. Where there is no
    folder for temporary files, or no room in it, nothing is kept.
    """

    def __init__(self, name: str = "") -> None:
        _remove_left()
        self.name = name or uuid4().hex
        self._folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.getuid()}-{self.name}"
        held = _held(self._folder)
        self._is_open = held is not None
        self._end = weakref.finalize(self, _leave, self._folder, held, os.getpid())

    def get(self, key: str) -> Any:
        """The value that some process has put; None if none has, or its place was needed."""
        digest, place = self._place(key)
        try:
            found = place.read_bytes() if self._is_open else b""
        except OSError:  # nobody has put anything there
            return None
        return pickle.loads(found[_DIGEST_BYTES:]) if found[:_DIGEST_BYTES] == digest else None

    def put(self, key: str, value: Any) -> None:
        """Keep `value`."""
        if not self._is_open:
            return
        digest, place = self._place(key)
        try:
            write_whole(place, digest + pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        except OSError:  # there is no room: whoever wants the value makes it
            return

    def close(self) -> None:
        """Give up this process's hold of the values."""
        self._is_open = False
        self._end()

    def _place(self, key: str) -> tuple[bytes, Path]:
        """The digest of a key, and the file in which its value is, if it is anywhere."""
        digest = sha256(key.encode()).digest()
        return digest, self._folder / str(digest[0] % PLACES)


def _held(folder: Path) -> int | None:
    """The lock of `folder`, which is made if there is none; None if it is not of this user alone,
    for what lies in it is run."""
    import fcntl

    try:
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        found = folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode != stat.S_IFDIR | stat.S_IRWXU:
            return None
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, stat.S_IRWXU)
    except OSError:  # there is no such place, or it has just been removed
        return None
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _leave(folder: Path, lock: int | None, process: int) -> None:
    """Give up the lock, and remove the folder if nobody else uses it."""
    if lock is not None and process == os.getpid():
        _remove_unused(folder, lock)
        os.close(lock)


def _remove_unused(folder: Path, lock: int) -> None:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    shutil.rmtree(folder, ignore_errors=True)


def _remove_left() -> None:
    """Remove folders of this user that nobody uses any more."""
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}{os.getuid()}-*/{_LOCK}"):
        try:
            opened = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:  # somebody else has just removed it
            continue
        _remove_unused(lock.parent, opened)
        os.close(opened)
