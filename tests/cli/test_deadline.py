"""A time limit holds for the whole command, whatever it is doing."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from slotweave.base import interruption
from slotweave.base.diagnostics import Exit, NoSchedule
from slotweave.base.interruption import TimeIsUpError, time_limited
from slotweave.cli import deadline
from slotweave.cli.deadline import within
from support.command_line import slotweave


@pytest.fixture(autouse=True, scope="module")
def everything_is_imported() -> None:
    """A process whose import of numpy was ended halfway, as these tests may do, has no other."""
    slotweave("compile", "saxpy", "-p", "n=8")


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GRACE_SECONDS", 0.0)


def ignored(_text: str) -> None:
    """Nobody watches."""


def wait_for_ever() -> None:
    while True:
        pass


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("trace", "no program yet: the kernel was still being traced"),
        ("rewrite", "no program yet: the kernel was still being rewritten"),
        ("lower", "no program yet: the kernel was still being lowered"),
        ("schedule", "no program yet: the kernel was still being scheduled"),
        ("emit", "a program was found, but it was still being emitted"),
        ("bound", "a program was found, but it was still being bounded"),
        ("check", "a program was found, but it was still being checked"),
        ("verify", "a program was found, but it was still being verified"),
    ],
)
def test_each_stage_is_ended_and_named(stage: str, said: str) -> None:
    def work() -> None:
        with within(0.01, "planned", ignored) as begins:
            begins(stage)
            wait_for_ever()

    with pytest.raises(NoSchedule) as caught:
        work()
    assert caught.value.diagnostic.code == "SW308"
    assert said in str(caught.value)


def test_what_takes_its_failures_itself_is_ended_all_the_same() -> None:
    def work() -> None:
        with within(0.01, "planned", ignored):
            while True:
                try:
                    wait_for_ever()
                except Exception:
                    continue

    with pytest.raises(NoSchedule, match="SW308"):
        work()


def test_what_takes_every_exception_is_ended_by_the_next_ring() -> None:
    def swallow_a_few() -> None:
        for _ in range(3):
            try:
                wait_for_ever()
            except BaseException as error:
                swallowed.append(error)
        wait_for_ever()

    swallowed: list[BaseException] = []
    with pytest.raises(TimeIsUpError), time_limited(0.01):
        swallow_a_few()
    assert [type(each) for each in swallowed] == [TimeIsUpError] * 3


def test_time_that_is_up_in_a_destructor_is_no_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)

    class WaitsAtItsEnd:
        def __del__(self) -> None:
            wait_for_ever()

    def work() -> None:
        WaitsAtItsEnd()
        wait_for_ever()

    with pytest.raises(TimeIsUpError), time_limited(0.01):
        work()
    assert said == []
    assert sys.unraisablehook == said.append


def test_what_else_a_destructor_raises_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: said.append(what.exc_type))

    class FailsAtItsEnd:
        def __del__(self) -> None:
            raise KeyError

    with time_limited(600):
        FailsAtItsEnd()
    assert said == [KeyError]


def test_tidying_up_after_the_time_is_up_is_not_disturbed() -> None:
    tidied = []

    def work() -> None:
        try:
            wait_for_ever()
        finally:
            until = time.monotonic() + 4 * interruption._AGAIN
            while time.monotonic() < until:
                pass
            tidied.append(True)

    with pytest.raises(TimeIsUpError), time_limited(0.01):
        work()
    assert tidied == [True]


def test_tidying_up_for_ever_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "_AGAIN", 0.005)

    def work() -> None:
        try:
            wait_for_ever()
        finally:
            wait_for_ever()

    with pytest.raises(TimeIsUpError), time_limited(0.01):
        work()


def test_an_error_of_a_compiled_function_is_the_time_being_up() -> None:
    def interrupted() -> None:
        try:
            wait_for_ever()
        except TimeIsUpError as behind:
            raise SystemError("a result with an exception set") from behind

    with pytest.raises(TimeIsUpError), time_limited(0.01):
        interrupted()


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(SystemError, match="of its own"), time_limited(600):
        raise SystemError("of its own")


def test_afterwards_nothing_rings() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limited(600):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.getsignal(signal.SIGALRM) is before


def test_outside_the_main_thread_there_is_no_limit() -> None:
    ended = []

    def work() -> None:
        with time_limited(0):
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]


def test_a_large_kernel_ends_with_3_and_leaves_nothing(tmp_path: Path) -> None:
    made = tmp_path / "program.json"
    answer = slotweave("compile", "tree-hash", "-p", "batch=1048576", "--time-limit", 0, "-o", made)
    assert answer.code == Exit.NO_SCHEDULE
    assert answer.err.startswith("SW308 the time limit of 0 s expired: there was no program yet")
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_without_end_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "k.py"
    file.write_text("def f(k):\n    while True:\n        pass\n")
    answer = slotweave("compile", f"{file}:f", "--time-limit", 0.3)
    assert answer.code == Exit.NO_SCHEDULE
    assert answer.err.startswith(f"SW308 {file}:")
    assert "there was no program yet" in answer.err
    assert "if the kernel ends at all" in answer.err


def test_tuning_what_is_too_large_ends_with_3(tmp_path: Path) -> None:
    made = tmp_path / "plan.json"
    answer = slotweave("tune", "tree-hash", "-p", "batch=16384", "--time-limit", 0.2, "-o", made)
    assert answer.code == Exit.NO_SCHEDULE
    assert "SW308" in answer.err


@pytest.mark.parametrize("limit", ["inf", "1e400", "1e12"])
def test_a_limit_beyond_any_timer_is_none(limit: str) -> None:
    assert slotweave("compile", "saxpy", "-p", "n=8", "--time-limit", limit).code == 0


def test_a_limit_that_is_no_number_is_refused() -> None:
    answer = slotweave("compile", "saxpy", "-p", "n=8", "--time-limit", "nan")
    assert answer.code == Exit.BAD_INPUT
    assert "'--time-limit'" in answer.err
