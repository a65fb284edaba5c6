"""What both program forms share: strict JSON values, their limits, and how to quote a mistake."""

from __future__ import annotations

import json
import math
from typing import Any

from slotweave.ir.program import NO_LINES, SourceLines

#: The machine of a program file that names none.
DEFAULT_MACHINE = "challenge"
#: What some editors put before the text of a file.
BYTE_ORDER_MARK = "\ufeff"
#: How deep operands of debug slots and `meta` may be nested.
MAX_DEPTH = 64
_EXCERPT = 40


class FormError(Exception):
    """A mistake in the form of a program file, with the line it stands on if that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def is_operand(value: Any) -> bool:
    """Is `value` an integer (not a boolean) of at most 64 bits?"""
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def excerpt(value: Any) -> str:
    """A short quotation of a JSON value; containers are only named, they may be huge."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} elements" if len(value) != 1 else "a list of 1 element"
    if isinstance(value, dict):
        return f"an object of {len(value)} keys" if len(value) != 1 else "an object of 1 key"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int) and not is_operand(value):
        return "an integer of more than 64 bits"
    text = ascii(value[: _EXCERPT + 1] if isinstance(value, str) else value)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."


def frozen_value(value: Any, depth: int = 0) -> Any:
    """`value` with its lists as tuples. Raises FormError past MAX_DEPTH."""
    if depth > MAX_DEPTH:
        raise FormError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, list):
        return tuple(frozen_value(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return {key: frozen_value(item, depth + 1) for key, item in value.items()}
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise FormError(f"the key {excerpt(key)} stands twice in one object")
        seen.add(key)
    return table


def _no_constant(name: str) -> Any:
    raise FormError(f"{name} is not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > 100:
        raise FormError(f"an integer of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise FormError(f"the number {excerpt(digits)} is out of range")
    return value


DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_constant=_no_constant,
    parse_float=_float,
    parse_int=_integer,
)


def last_line(text: str) -> int:
    """The number of the last line on which there is anything, the first one being 1; else 0."""
    written = text.rstrip()
    return written.count("\n") + 1 if written else 0


def load_json(text: str) -> Any:
    """The value of `text`: strict JSON, no key twice, no NaN. Raises FormError."""
    try:
        return DECODER.decode(text.removeprefix(BYTE_ORDER_MARK))
    except json.JSONDecodeError as error:
        line = min(error.lineno, max(1, last_line(text)))  # a file that was cut off ends there
        raise FormError(f"not JSON: {error.msg}", line) from None
    except RecursionError:
        raise FormError("nested too deeply") from None


def lines_json(lines: SourceLines) -> dict[str, Any]:
    """The lines of slots as both program forms have them."""
    told = {"texts": list(lines.texts), "slots": list(lines.slots)}
    return {**told, "sources": list(lines.sources)} if lines.sources else told


def lines_of(value: Any) -> SourceLines:
    """What the key `lines` of a program says; raises FormError for what is none."""
    if value is None:
        return NO_LINES
    match value:
        case {"texts": [*texts], "slots": [*slots], **rest} if rest.keys() <= {"sources"}:
            sources = rest.get("sources", [])
            if not isinstance(sources, list) or len(sources) not in (0, len(texts)):
                raise FormError("'sources' of 'lines' has a text for each of its 'texts'")
            known = all(isinstance(text, str) for text in (*texts, *sources))
            if known and all(type(n) is int and -1 <= n < len(texts) for n in slots):
                return SourceLines(tuple(texts), tuple(slots), tuple(sources))
    raise FormError("'lines' has 'texts', and 'slots' with the place of each slot's among them")
