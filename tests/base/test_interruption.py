"""Ctrl-C is recognised behind the SystemError that a compiled function makes of it."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from slotweave.base.interruption import repeated_interruptions, unmasked_interruptions


def test_a_system_error_caused_by_ctrl_c_is_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), unmasked_interruptions():
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()


def test_ctrl_c_counts_however_far_behind_the_error_it_is() -> None:
    inner, outer = SystemError("inner"), SystemError("outer")
    inner.__cause__, outer.__context__ = KeyboardInterrupt(), inner
    with pytest.raises(KeyboardInterrupt), unmasked_interruptions():
        raise outer


def test_a_system_error_of_another_cause_stays_one() -> None:
    with pytest.raises(SystemError, match="bad call"), unmasked_interruptions():
        raise SystemError("bad call") from ValueError()


def test_causes_that_go_in_a_circle_come_to_an_end() -> None:
    first, second = SystemError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    with pytest.raises(SystemError, match="first"), unmasked_interruptions():
        raise first


def test_other_errors_pass_even_if_ctrl_c_is_behind_them() -> None:
    with pytest.raises(ValueError, match="handled"), unmasked_interruptions():
        raise ValueError("handled") from KeyboardInterrupt()


def work() -> None:
    Interrupted()
    time.sleep(30)


class Interrupted:
    """What is interrupted while it goes."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_in_a_destructor_is_not_lost() -> None:
    before, hook = signal.signal(signal.SIGINT, signal.default_int_handler), sys.unraisablehook
    try:
        with pytest.raises(KeyboardInterrupt), repeated_interruptions():
            work()
        assert sys.unraisablehook is hook
        with repeated_interruptions():
            Interrupted()  # the block ends before it comes again
        time.sleep(0.2)
    finally:
        signal.signal(signal.SIGINT, before)
