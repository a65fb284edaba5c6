"""Ctrl-C waits for the end of a step, once; and what ignores it goes on ignoring it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from slotweave.cli.interrupts import deferred_interrupt


@pytest.fixture(autouse=True)
def _the_usual_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_waits_until_it_is_asked_for() -> None:
    with deferred_interrupt() as raise_if_waiting:
        raise_if_waiting()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_if_waiting()
        raise_if_waiting()


def test_it_waits_no_longer_than_the_block() -> None:
    done = []

    def work() -> None:
        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            done.append("the rest")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["the rest"]


def test_a_second_one_does_not_wait() -> None:
    with deferred_interrupt() as raise_if_waiting:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_if_waiting()


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_what_ctrl_c_does_elsewhere_is_as_it_was(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGINT, handler)
    with deferred_interrupt() as raise_if_waiting:
        if handler is signal.SIG_IGN:
            signal.raise_signal(signal.SIGINT)
            raise_if_waiting()
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_error_within_is_not_hidden_by_ctrl_c() -> None:
    def work() -> None:
        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            raise ValueError("within")

    with pytest.raises(ValueError, match="within"):
        work()


@pytest.mark.parametrize("milliseconds", [0, 20, 50, 100, 200])
def test_ctrl_c_while_the_command_is_imported_leaves_no_traceback(milliseconds: int) -> None:
    code = (
        "import sys; from slotweave.base.interruption import exit_when_interrupted\n"
        "exit_when_interrupted(); print('begun', flush=True)\n"
        "sys.argv = ['slotweave', 'compile', 'tree-hash']\n"
        "from slotweave.__main__ import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
