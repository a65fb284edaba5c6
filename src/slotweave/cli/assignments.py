"""Options of the form NAME=VALUE, and complaints that name the option and the form it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from slotweave.base.diagnostics import Diagnostic, InputError


@contextmanager
def given_as(option: str) -> Iterator[None]:
    """Input errors raised within begin with `option`, its name and form as `--help` shows them."""
    try:
        yield
    except InputError as error:
        found = error.diagnostic
        raise InputError(replace(found, message=f"{option}: {found.message}")) from None


def assigned(texts: Iterable[str], code: str) -> dict[str, str]:
    """The values by their names. Text without a name, or a name twice, is a mistake called `code`.

    The last of two values could be meant to win or could be a slip; no one can tell, so neither is
    taken.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            missing = "no name" if equals else "no value"
            raise InputError(Diagnostic(code, f"{text!r} gives {missing}"))
        if name in values:
            reason = f"{name} is given twice, as {values[name]!r} and {value!r}; give it once"
            raise InputError(Diagnostic(code, reason))
        values[name] = value
    return values
