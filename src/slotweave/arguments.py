"""What is given to the front door as a value, checked before anything is done with it.

Each function returns the value that was meant, or raises InputError with what was wanted and what
was given, so that no mistake in a notebook comes back as a fault of the library's own code.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from slotweave.base.budget import MOST_OF_A_SEED, Budget, budget
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions.lookup import unknown
from slotweave.ir.program import Program
from slotweave.isa import WORD_MASK
from slotweave.machine import Machine
from slotweave.simulate.run import Memory, Words

_LONGEST_SHOWN = 40


def wanted(code: str, what: str, given: object) -> InputError:
    """The complaint that `what` was wanted, and something else was given."""
    text = repr(given)
    short = text if len(text) <= _LONGEST_SHOWN else f"a value of type {type(given).__name__}"
    return InputError(Diagnostic(code, f"{what}, not {short}"))


def whole_number(name: str, given: object, least: int | None = None, code: str = "SW212") -> int:
    """An integer, also one of NumPy's, of at least `least`."""
    try:
        number = operator.index(given)  # type: ignore[arg-type]  # the answer is the exception
    except TypeError:
        raise wanted(code, f"{name} must be a whole number", given) from None
    if least is not None and number < least:
        raise wanted(code, f"{name} must be at least {least}", given)
    return number


def seed_of(given: object) -> int:
    """A seed: a whole number from 0 to 2^63 - 1."""
    number = whole_number("seed", given, 0)
    if number > MOST_OF_A_SEED:
        raise wanted("SW212", f"seed must be at most {MOST_OF_A_SEED}", given)
    return number


def seconds(given: object, name: str = "time_limit") -> float | None:
    """A limit of time, at least 0; None is no limit."""
    if given is None:
        return None
    if not isinstance(given, Real) or not float(given) >= 0:
        raise wanted("SW212", f"{name} must be a number of seconds, from 0 on", given)
    return float(given)


def evaluations_of(given: object) -> int | None:
    """A limit of evaluations, at least 0; None is no limit."""
    return None if given is None else whole_number("evaluations", given, 0)


def limits_of(evaluations: object, time_limit: object, grace: object = None) -> Budget:
    """What a search may take; see `Budget`."""
    return budget(evaluations_of(evaluations), seconds(time_limit), grace=seconds(grace, "grace"))


def path_of(given: object, what: str) -> str:
    """The name of a file."""
    if not isinstance(given, str | os.PathLike):
        raise wanted("SW212", f"{what} must be the name of a file", given)
    text = os.fspath(given)
    if not text:
        raise wanted("SW212", f"{what} must be the name of a file", given)
    return text if isinstance(text, str) else os.fsdecode(text)


def text_of(name: str, given: object) -> str:
    """A text that is not empty, and has no NUL in it."""
    if not isinstance(given, str) or not given or "\0" in given:
        raise wanted("SW212", f"{name} must be a text", given)
    return given


def address_of(name: str, given: object) -> str:
    """An address such as tcp://127.0.0.1:8786."""
    text = text_of(name, given)
    if "://" not in text:
        raise wanted("SW212", f"{name} must be an address such as tcp://127.0.0.1:8786", given)
    return text


def function_of(name: str, given: object) -> Any:
    """Something that can be called, and is no class."""
    if not callable(given) or isinstance(given, type):
        raise wanted("SW212", f"{name} must be a function", given)
    return given


def pair_of_texts(name: str, given: object) -> tuple[str, str]:
    """Two texts, which may be empty."""
    if not isinstance(given, tuple) or len(given) != 2 or any(type(it) is not str for it in given):
        raise wanted("SW212", f"{name} must be a pair of texts", given)
    return given


def functions_by_name(name: str, given: object) -> Mapping[str, Any]:
    """Functions by name."""
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise wanted("SW212", f"{name} must be functions by name", given)
    return {key: function_of(name, each) for key, each in given.items()}


def name_in(given: object, what: str, known: Iterable[str], *, shown_by: str = "") -> str:
    """One of the names that are known. Raises InputError (SW212), with what was probably meant."""
    names = list(known)
    if not isinstance(given, str) or given not in names:
        raise unknown("SW212", what, str(given), names, shown_by=shown_by)
    return given


def several(name: str, given: object) -> list[Any]:
    """Any number of values, one after the other; a text is no such thing."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise wanted("SW212", f"{name} must be a list", given)
    return list(given)


def held_program(given: object) -> Program | None:
    """`given` if it is a program, or the one that it holds as a result; None for all else."""
    held = given if isinstance(given, Program) else getattr(given, "program", None)
    return held if isinstance(held, Program) else None


def words_of(memory: object) -> Memory:
    """Initial memory: integers from 0 to 2^32 - 1. Raises InputError (SW210)."""
    if isinstance(memory, np.ndarray) and memory.dtype.kind in "iu" and memory.ndim == 1:
        return _words_of_array(memory)
    if isinstance(memory, str | bytes) or not isinstance(memory, Iterable):
        raise wanted("SW210", "memory must be a sequence of words", memory)
    found = []
    for address, word in enumerate(memory):
        number = whole_number(f"word {address} of memory", word, 0, "SW210")
        if number > WORD_MASK:
            raise wanted("SW210", f"word {address} of memory must be below 2^32", word)
        found.append(number)
    return found


def _words_of_array(memory: np.ndarray[Any, Any]) -> Words:
    wrong = np.flatnonzero((memory < 0) | (memory > WORD_MASK))
    if len(wrong):
        reason = f"word {wrong[0]} of memory must be an integer from 0 to 2^32 - 1"
        raise wanted("SW210", reason, int(memory[wrong[0]]))
    return memory.astype(np.uint32)


def slots_of(given: object, machine: Machine) -> dict[str, int]:
    """Slots by engine of `machine`, and words of `scratch`, as many as a machine may have."""
    from slotweave.recompiling.machines import SCRATCH, settings_of

    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise wanted("SW212", "slots must be numbers by engine, such as {'load': 3}", given)
    numbers = {}
    for name, value in given.items():
        what = "the words of scratch" if name == SCRATCH else f"the slots of {name!s:.40}"
        numbers[name] = [whole_number(what, value)]
    return {name: number for name, (number,) in settings_of(machine, numbers).items()}
