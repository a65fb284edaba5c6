"""Values from JSON, read with care: the common ground of plans and facts.

`parse_json` takes any text and gives values that are safe to look at (see `load_json`), arrays as
tuples. A `Key` is a place among them; it gives the value that stands there in the type that is
asked for, or an InputError that names the place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.text.file_kind import another_kind
from slotweave.ir.text.program_values import FormError, excerpt, frozen_value, load_json

_LARGEST_NUMBER = 2**53

#: Types of which a value is its own JSON.
_PLAIN = {int, float, str, bool, type(None)}


@dataclass(frozen=True, slots=True)
class Key:
    """A place in a JSON text: the path of keys, the code of errors, and the file it stands in."""

    path: str
    code: str
    file: str

    def __truediv__(self, key: object) -> Key:
        return Key(f"{self.path}.{key}" if self.path else str(key), self.code, self.file)

    def fail(self, reason: str) -> NoReturn:
        """Refuse what stands here."""
        place = f"key {excerpt(self.path)} " if self.path else ""
        raise InputError(Diagnostic(self.code, f"{place}{reason}", file=self.file))

    def string(self, value: object) -> str:
        if not isinstance(value, str):
            self.fail(f"must be a string, not {excerpt(value)}")
        return value

    def name(self, value: object) -> str:
        """A string for lines of text: control characters would change what a terminal shows."""
        found = self.string(value)
        if not found.isprintable():
            self.fail(f"must be printable, not {excerpt(value)}")
        return found

    def boolean(self, value: object) -> bool:
        if not isinstance(value, bool):
            self.fail(f"must be true or false, not {excerpt(value)}")
        return value

    def integer(self, value: object, lowest: int, highest: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(f"must be an integer, not {excerpt(value)}")
        if not lowest <= value <= highest:
            allowed = f"from {lowest} to {highest}" if lowest < highest else str(lowest)
            self.fail(f"must be {allowed}, not {excerpt(value)}")
        return value

    def number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f"must be a number, not {excerpt(value)}")
        if abs(value) > _LARGEST_NUMBER:
            self.fail(f"must be from {-_LARGEST_NUMBER} to {_LARGEST_NUMBER}")
        return float(value)

    def elements(self, value: object) -> Iterator[tuple[Key, Any]]:
        """Each element of an array, with its place."""
        if not isinstance(value, tuple):
            self.fail(f"must be an array, not {excerpt(value)}")
        return ((self / index, element) for index, element in enumerate(value))

    def mapping(self, value: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(f"must be an object, not {excerpt(value)}")
        return value

    def record(self, value: object, known: tuple[str, ...]) -> Mapping[str, Any]:
        """An object with no keys but the known ones."""
        table = self.mapping(value)
        for key in table:
            if key not in known:
                (self / key).fail(f"is unknown (known: {', '.join(known)})")
        return table


def parse_json(text: str, root: Key, wanted: str = "") -> Any:
    """The value of `text`, arrays as tuples. Raises InputError with the code of `root`, also for
    what looks like another kind of file than `wanted`, if that is said."""
    try:
        value = frozen_value(load_json(text))
    except FormError as error:
        place = Diagnostic(root.code, str(error), file=root.file, line=error.line)
        raise InputError(place) from None
    if wanted and (reason := another_kind(value, wanted)):
        root.fail(reason)
    return value


def json_text(value: Mapping[str, Any], indent: int | None = 2) -> str:
    """`value` as indented JSON; `parse_json` gives it back. Its keys must be strings.

    Without `indent` it is one line, and written in a tenth of the time.
    """
    return json.dumps(_thawed(value), indent=indent, allow_nan=False) + "\n"


def _thawed(value: Any) -> Any:
    if type(value) in _PLAIN:  # most are, and to ask for a mapping takes long
        return value
    if isinstance(value, Mapping):
        return {_string_key(key): _thawed(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(element) for element in value]
    return value


def _string_key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"JSON has no key {key!r}; use a string")
    return key
