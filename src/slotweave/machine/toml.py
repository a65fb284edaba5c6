"""Machines as TOML text, both ways; mistakes are reported with the line they stand on.

`keys` lists every key with its meaning. An example:

name = "challenge"
vector_length = 8
scratch_words = 1536

[engines]            # slots per bundle
alu = 12

[word]               # operations on words, by engine
alu = ["add", "xor"]

[vector]             # operations on vectors
[per_lane]           # vector operations done lane by lane, one slot a lane

[latency]            # bundles until a result can be read; 1 where nothing is said
alu.mul = 3          # all shapes of `mul` on `alu`
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.isa import Shape
from slotweave.machine.keys import LISTS, TABLES, TOP
from slotweave.machine.model import Machine, Mode, machine_faults

_SECTIONS = {
    "word": (Shape.WORD, False),
    "vector": (Shape.VECTOR, False),
    "per_lane": (Shape.VECTOR, True),
}
_LONGEST_REASON = 300
_LONGEST_LINE = 2000
_LONGEST_TEXT = 1 << 18


def machine_to_toml(machine: Machine) -> str:
    """`machine` as text that `machine_from_toml` turns back into an equal machine."""
    lines = [f"name = {_string(machine.name)}", f"vector_length = {machine.vector_length}",
             f"scratch_words = {machine.scratch_words}", "", "[engines]"]  # fmt: skip
    lines += [f"{_key(name)} = {slots}" for name, slots in machine.engines]
    for section, (shape, per_lane) in _SECTIONS.items():
        lines += ["", f"[{section}]"]
        for engine in machine.slots:
            names = [
                mode.operation
                for mode in machine.modes
                if (mode.engine, mode.shape, mode.per_lane) == (engine, shape, per_lane)
            ]
            if names:
                lines.append(f"{_key(engine)} = [{', '.join(map(_string, names))}]")
    slow = {(m.engine, m.operation): m.latency for m in machine.modes if m.latency != 1}
    if slow:
        lines += ["", "[latency]"]
        lines += [
            f"{_key(engine)}.{_key(name)} = {latency}" for (engine, name), latency in slow.items()
        ]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """`text` as a TOML basic string: JSON's escapes are TOML's, but for DEL, which TOML escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    """`name` as a TOML key, bare where it can be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _string(name)


def machine_from_toml(text: str, file: str = "") -> Machine:
    """The machine that `text` describes.

    Raises InputError (SW205) naming the line and the key of the first mistake.
    """
    _check_length(text, file)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at_line = re.search(r"line (\d+)", str(error))
        raise _mistake(file, int(at_line[1]) if at_line else None, str(error)) from None
    except RecursionError:
        raise _mistake(file, None, "nested too deeply") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise _mistake(file, None, str(error)) from None
    _check_form(table, text, file)
    latency = table.get("latency", {})
    modes = tuple(
        Mode(name, shape, engine, per_lane, latency.get(engine, {}).get(name, 1))
        for section, (shape, per_lane) in _SECTIONS.items()
        for engine, names in table.get(section, {}).items()
        for name in names
    )
    machine = Machine(
        name=table["name"],
        vector_length=table["vector_length"],
        scratch_words=table["scratch_words"],
        engines=tuple(table["engines"].items()),
        modes=_in_engine_order(modes, tuple(table["engines"])),
    )
    for key, reason in machine_faults(machine):
        raise _mistake(file, _line_of(text, key), reason)
    return machine


def _check_length(text: str, file: str) -> None:
    """Refuse what no machine needs: reading a dotted key takes time quadratic in its parts."""
    if len(text) > _LONGEST_TEXT:
        raise _mistake(file, None, f"the text is longer than {_LONGEST_TEXT} characters")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise _mistake(file, number, f"the line is longer than {_LONGEST_LINE} characters")


def _in_engine_order(modes: tuple[Mode, ...], engines: tuple[str, ...]) -> tuple[Mode, ...]:
    """Modes by engine, then by section: the order in which `Machine` lists them."""
    order = {engine: index for index, engine in enumerate(engines)}
    return tuple(sorted(modes, key=lambda mode: order.get(mode.engine, len(order))))


def _check_form(table: dict[str, Any], text: str, file: str) -> None:
    """Refuse unknown keys, missing keys and wrong types."""
    at_top = {key.path[0]: key.kind for key in TOP}
    for key in table:
        if key not in at_top and key not in TABLES:
            known = ", ".join((*at_top, *TABLES))
            raise _mistake(file, _line_of(text, key), f"unknown key {key!r} (known: {known})")
    for key, kind in at_top.items():
        if key not in table:
            raise _mistake(file, None, f"key {key!r} is missing")
        _expect(table[key], kind, key, text, file)
    if "engines" not in table:
        raise _mistake(file, None, "section [engines] is missing")
    for section in TABLES:
        _expect(table.get(section, {}), dict, section, text, file)
    for engine, slots in table["engines"].items():
        _expect(slots, int, engine, text, file)
    for section in LISTS:
        for engine, names in table.get(section, {}).items():
            _expect(names, list, engine, text, file, section)
            for name in names:
                _expect(name, str, engine, text, file, section)
    known_modes = {
        (engine, name)
        for section in LISTS
        for engine, names in table.get(section, {}).items()
        for name in names
    }
    for engine, latencies in table.get("latency", {}).items():
        _expect(latencies, dict, engine, text, file, "latency")
        for name, bundles in latencies.items():
            _expect(bundles, int, name, text, file, "latency")
            if (engine, name) not in known_modes:
                line = _line_of(text, f"{engine}.{name}", "latency")
                raise _mistake(file, line, f"latency of {name!r}, which {engine!r} does not run")


def _expect(value: object, kind: type, key: str, text: str, file: str, section: str = "") -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {str: "a string", int: "an integer", list: "a list of names", dict: "a section"}
        found = type(value).__name__
        reason = f"{key!r} must be {names[kind]}, not {found}"
        raise _mistake(file, _line_of(text, key, section), reason)


def _line_of(text: str, key: str, section: str = "") -> int | None:
    """The line on which `key` stands as a key, a section or a listed name; None if it does not."""
    bare = re.escape(key)
    patterns = (rf"^\s*\[?{bare}\s*(=|\]|\.)", rf'["\']{bare}["\']', rf"\b{bare}\b")
    lines = text.splitlines()
    start = 0
    if section:
        start = next((i for i, line in enumerate(lines) if line.strip() == f"[{section}]"), 0)
    for pattern in patterns:
        for number, line in enumerate(lines[start:], start + 1):
            if re.search(pattern, line):
                return number
    return None


def _mistake(file: str, line: int | None, reason: str) -> InputError:
    if len(reason) > _LONGEST_REASON:  # a key or a nested value of the file may be of any length
        reason = f"{reason[:_LONGEST_REASON]}..."
    return InputError(Diagnostic("SW205", reason, file=file or "machine", line=line))
