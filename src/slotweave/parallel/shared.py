"""Values that processes share which were forked from one another: one makes it, all have it.

They lie in files without names, which end with the last of these processes, however that happens.
A value is kept until another one needs its place. Each file is locked while it is read or written;
the lock of a process that dies is free at once, and what it had not written whole is not there.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Values that are kept at a time, at most.
PLACES = 32

#: A file begins with the digest of the key and the size of the value in bytes; zeros if there is
#: none.
_DIGEST_BYTES, _SIZE_BYTES = 32, 8
_HEADER_BYTES = _DIGEST_BYTES + _SIZE_BYTES


class SharedValues:
    """Values by the texts that say what they are; what they are must not depend on who asks."""

    def __init__(self) -> None:
        self._files = [tempfile.TemporaryFile() for _ in range(PLACES)]  # noqa: SIM115 (see `close`)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The files that a process which is to share the values must leave open."""
        return tuple(file.fileno() for file in self._files)

    def get(self, key: str) -> Any:
        """The value that some process has put; None if none has, or its place was needed."""
        digest, file = self._place(key)
        with _locked(file, exclusive=False):
            header = os.pread(file, _HEADER_BYTES, 0)
            if header[:_DIGEST_BYTES] != digest:
                return None
            size = int.from_bytes(header[_DIGEST_BYTES:], "little")
            text = os.pread(file, size, _HEADER_BYTES)
        return pickle.loads(text)

    def put(self, key: str, value: Any) -> None:
        """Keep `value`, unless there is no room left for it on the disk."""
        digest, file = self._place(key)
        text = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        with _locked(file, exclusive=True):
            os.pwrite(file, bytes(_HEADER_BYTES), 0)
            if _is_written(file, text):  # the header comes last: then all is there
                os.pwrite(file, digest + len(text).to_bytes(_SIZE_BYTES, "little"), 0)

    def close(self) -> None:
        """Give up this process's hold of the values."""
        for file in self._files:
            file.close()

    def _place(self, key: str) -> tuple[bytes, int]:
        """The digest of a key, and the file in which its value is, if it is anywhere."""
        digest = sha256(key.encode()).digest()
        return digest, self._files[digest[0] % PLACES].fileno()


def _is_written(file: int, text: bytes) -> bool:
    try:
        return os.pwrite(file, text, _HEADER_BYTES) == len(text)
    except OSError:  # the disk is full: whoever wants the value makes it
        return False


@contextmanager
def _locked(file: int, exclusive: bool) -> Iterator[None]:
    import fcntl  # where processes fork there is fcntl, too

    fcntl.lockf(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
    try:
        yield
    finally:
        fcntl.lockf(file, fcntl.LOCK_UN)
