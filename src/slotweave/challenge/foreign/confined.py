"""A process under limits: memory, processor time, wall-clock time, length of its answer.

What it prints is read and dropped, but for the end, however much it is.

Guarantees: when `run_confined` returns or raises, the process has ended, and so has whatever it
started that stayed in its group or kept its environment (the latter on Linux alone).
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from slotweave.challenge.foreign.child import descendants

#: The variable that tells a process to which descriptor its answer goes.
ANSWER_VARIABLE = "SLOTWEAVE_ANSWER"
#: The variable by which a process's descendants are known.
MARK_VARIABLE = "SLOTWEAVE_MARK"

_POLL_SECONDS = 0.05
_CHUNK = 1 << 16
_KEPT_OUTPUT = 1 << 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may use: wall-clock seconds, bytes of address space, bytes of answer."""

    seconds: float = 300.0
    memory_bytes: int = 4 << 30
    answer_bytes: int = 1 << 28


@dataclass(frozen=True, slots=True)
class Ending:
    """What a process answered, the end of what it printed, and how long that was in all; how it
    ended, and which limit it reached, if any."""

    answer: bytes
    printed: str
    printed_bytes: int
    how: str
    limit: str

    def last_line(self) -> str:
        """The last line that it printed, or nothing."""
        lines = (line.strip()[:200] for line in reversed(self.printed.split("\n")))
        return next(filter(None, lines), "")


@dataclass
class _Stream:
    """A pipe that is read, of which the last bytes are kept; it may have no more than `allowed`."""

    keep: int
    allowed: int | None = None
    total: int = 0
    content: bytearray = field(default_factory=bytearray)

    def take(self, chunk: bytes) -> None:
        self.total += len(chunk)
        self.content += chunk
        del self.content[: -self.keep]


def run_confined(command: list[str], folder: Path, limits: Limits) -> Ending:
    """Run `command` in `folder`, in a process group of its own, until it ends or hits a limit."""
    mark = uuid.uuid4().hex
    answer_end, child_end = os.pipe()
    try:
        environment = {
            **os.environ, ANSWER_VARIABLE: str(child_end), MARK_VARIABLE: mark,
            "PYTHONHASHSEED": "0",
        }  # fmt: skip
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=(child_end,),
            start_new_session=True,
        )  # fmt: skip
    except BaseException:
        os.close(answer_end)
        raise
    finally:
        os.close(child_end)
    output = _Stream(keep=_KEPT_OUTPUT)
    answer = _Stream(keep=limits.answer_bytes + _CHUNK, allowed=limits.answer_bytes)
    assert process.stdout is not None
    try:
        met = _watch(process, {process.stdout.fileno(): output, answer_end: answer}, limits)
    finally:
        _kill_all(process.pid, mark)
        process.wait()
        process.stdout.close()
        os.close(answer_end)
    how = _how_it_ended(process.returncode)
    printed = output.content.decode("utf-8", "replace")
    return Ending(bytes(answer.content), printed, output.total, how, met)


def _watch(process: subprocess.Popen[bytes], pipes: dict[int, _Stream], limits: Limits) -> str:
    """Read the pipes until the process has ended; the limit it reached, or nothing."""
    deadline = time.monotonic() + limits.seconds
    with selectors.DefaultSelector() as selector:
        for descriptor, stream in pipes.items():
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ, stream)
        while True:
            ended = _has_ended(process.pid)
            read = _read_once(selector, 0.0 if ended else _POLL_SECONDS)
            for stream in pipes.values():
                if stream.allowed is not None and stream.total > stream.allowed:
                    return f"its program is longer than {stream.allowed >> 20} MiB"
            if time.monotonic() > deadline:
                return f"did not end within {limits.seconds:g} seconds (--load-time-limit)"
            if ended and not read:
                return ""
            if not selector.get_map():
                time.sleep(_POLL_SECONDS)


def _read_once(selector: selectors.BaseSelector, seconds: float) -> bool:
    """Whether anything was read from the pipes that are ready within that time."""
    read = False
    for key, _ in selector.select(seconds) if selector.get_map() else ():
        try:
            chunk = os.read(key.fd, _CHUNK)
        except BlockingIOError:
            continue
        if chunk:
            key.data.take(chunk)
            read = True
        else:
            selector.unregister(key.fd)
    return read


def _has_ended(pid: int) -> bool:
    """Whether the process has ended; it is not reaped, so that its group's number stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_all(group: int, mark: str) -> None:
    """Kill what is below it, the group, then what left both, until the mark is found no more.

    The first process outlives what it started as long as it can: see `child.watched_over`.
    """
    for _ in range(10):
        below = descendants(group)
        for pid in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not below:
            break
        time.sleep(_POLL_SECONDS / 5)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(10):
        escaped = [pid for pid in _marked(mark) if pid != group]
        if not escaped:
            return
        for pid in escaped:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)


def _marked(mark: str) -> list[int]:
    """The processes whose environment holds `mark`; none where there is no /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended its interpreter with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
