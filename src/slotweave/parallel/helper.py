"""A process that works for a thread of this one: an interpreter of its own, without other threads.

A worker of Dask talks to its scheduler, samples what it runs a hundred times a second, and is told
by its nanny to give freed memory back at once: work that shares its interpreter takes longer (see
decision 21). Guarantees: what the work returns or raises comes back; if the process dies, another
one does the unit again, MOST_DEATHS times in all. It ends when this one does, however that happens:
then it reads the end of its input.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from typing import IO, Any

from slotweave.base.collecting import uncollected
from slotweave.parallel.crew import Work
from slotweave.parallel.pool import MOST_DEATHS, WorkFailedError

#: What Dask's nanny sets: with it glibc maps every larger array anew.
_TRIMMING = "MALLOC_TRIM_THRESHOLD_"

_PROGRAM = "from slotweave.parallel.helper import serve; serve()"


class Helper:
    """A process that does any work; it is begun with the first unit."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def does(self, work: Work, unit: Any) -> Any:
        """`work` of `unit`. Raises WorkFailedError if it raises, or if it ends every process."""
        question = pickle.dumps((work, unit), protocol=pickle.HIGHEST_PROTOCOL)
        for _ in range(MOST_DEATHS):
            process = self._process = self._process or _begun()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                _send(process.stdin, question)
                failed, answer = pickle.loads(_received(process.stdout))
            except (EOFError, OSError):
                self.close()
                continue
            if failed:
                raise WorkFailedError(answer)
            return answer
        raise WorkFailedError(f"{MOST_DEATHS} processes ended over one unit")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _begun() -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != _TRIMMING}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip


def serve() -> None:
    """Do what comes on stdin until that ends; what is printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with uncollected():
        while True:
            try:
                work, unit = pickle.loads(_received(sys.stdin.buffer))
            except EOFError:
                return
            try:
                answer = (False, work(unit))
            except Exception:
                answer = (True, traceback.format_exc())
            _send(answers, pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))


_SIZE_BYTES = 8


def _send(stream: IO[bytes], text: bytes) -> None:
    stream.write(len(text).to_bytes(_SIZE_BYTES, "little") + text)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes:
    """What the other side has sent. Raises EOFError if that has ended."""
    size = int.from_bytes(_exactly(stream, _SIZE_BYTES), "little")
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    text = stream.read(size)
    if len(text) < size:
        raise EOFError
    return text
