"""A folder of entries by their keys, any of which can be made again.

Safe with several processes: an entry appears whole or not at all, and whoever comes second writes
the same. An entry begins with a line that names this form and the digest of what follows; one that
does not fit its line, or is none of ours, is taken as not there, and is written again.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slotweave.base.files import write_whole

_FORM = b"slotweave entry 1 "
_SUFFIX = ".entry"


@dataclass(frozen=True)
class Entries:
    """The entries in `folder`, which need not exist yet."""

    folder: Path

    def get(self, key: str) -> str | None:
        """What is kept under `key`; None if there is nothing, or nothing sound."""
        try:
            head, _, packed = self._file(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if head != _head(key, packed):
            return None
        try:
            return zlib.decompress(packed).decode("utf-8")
        except (zlib.error, UnicodeDecodeError):
            return None

    def put(self, key: str, text: str) -> None:
        """Keep `text` under `key`. What cannot be written is not kept: it can be made again."""
        packed, file = zlib.compress(text.encode("utf-8")), self._file(key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, _head(key, packed) + b"\n" + packed)
        except OSError:
            return

    def files(self) -> Iterator[Path]:
        """The files of entries."""
        return (file for file in sorted(self.folder.glob(f"*/*{_SUFFIX}")) if _is_ours(file))

    def clear(self) -> tuple[int, int]:
        """Remove all entries, and nothing else; how many there were, and their bytes."""
        count = size = 0
        for file in self.files():
            size += file.stat().st_size
            count += 1
            file.unlink(missing_ok=True)
        return count, size

    def _file(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8")).hexdigest()
        return self.folder / name[:2] / f"{name[2:]}{_SUFFIX}"


def _head(key: str, packed: bytes) -> bytes:
    return _FORM + hashlib.sha256(key.encode("utf-8") + b"\0" + packed).hexdigest().encode()


def _is_ours(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_FORM)) == _FORM
    except OSError:
        return False
