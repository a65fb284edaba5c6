"""Docstrings taken apart: their prose, and the examples in it, with what these print."""

from __future__ import annotations

import doctest
import inspect
import re
from dataclasses import dataclass

EXAMPLE = re.compile(r"^>>>.*", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Documented:
    """A docstring: `prose` before the first example, and the examples as they stand."""

    prose: str
    example: str


def documented(thing: object) -> Documented:
    """The docstring of a function, property or class; it ends with its examples."""
    text = inspect.getdoc(thing) or ""
    example = EXAMPLE.search(text)
    if example is None:
        return Documented(text.strip(), "")
    return Documented(text[: example.start()].strip(), example[0].strip())


def signature(name: str, function: object) -> str:
    """`name(parameters) -> result`, without `self`."""
    assert callable(function)
    shown = inspect.signature(function)
    parameters = [value for key, value in shown.parameters.items() if key != "self"]
    text = re.sub(r"(?<!')'([^']+)'(?!')", r"\1", str(shown.replace(parameters=parameters)))
    manager = re.search(r"-> Iterator\[(.*)\]$", text)
    if manager and hasattr(function, "__wrapped__"):
        name, text = f"with {name}", f"{text[: manager.start()]}-> {manager[1]}"
    return f"{name}{text}".replace(" -> None", "")


def failures(name: str, thing: object, surroundings: dict[str, object]) -> str:
    """What is printed of examples that do not print what they show; "" if all do."""
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest(
        inspect.getdoc(thing) or "", surroundings, name, None, None
    )
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    return "".join(said)
