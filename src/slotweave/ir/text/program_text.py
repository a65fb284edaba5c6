"""The readable text form of a program: a header, then one bundle a line.

    slotweave program 1
    machine challenge
    name 17 8 node
    meta {"seed": 1}
    0: alu(+ 1 2 3; ^ 4 5 6) load(const 3 7)
    1: flow(halt)

A bundle is its number and its engines, each with its slots between parentheses, separated by `;`.
Names that are not plain are JSON strings; operands of debug slots are JSON values. The number of a
bundle may be left out; if it is there it must be right. Without its line the machine is the
challenge's. Empty lines and lines that begin with `#`
are skipped; the bundle that does nothing is `-`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.program import NO_LINES, SCHEMA_VERSION, Bundle, Program, Slot
from slotweave.ir.text.program_values import (
    DECODER,
    DEFAULT_MACHINE,
    FormError,
    excerpt,
    frozen_value,
    is_operand,
    lines_json,
    lines_of,
    load_json,
)
from slotweave.machine import DEBUG_ENGINE

_HEADER = f"slotweave program {SCHEMA_VERSION}"
_NO_HEADER = f"neither JSON nor text: a text program begins with '{_HEADER}'"
_PLAIN = re.compile(r"""[!-~]+""")  # printable ASCII; _is_plain looks closer
_RESERVED = frozenset("();\"'[]{},:")
_NAME = re.compile(r"[^\s();\"'\[\]{},:]+")
_SPACE = re.compile(r"\s*")
_INTEGER = re.compile(r"-?[0-9]+(?=[\s;)]|$)")
_NUMBER = re.compile(r"([0-9]+):")


def program_to_text(program: Program) -> str:
    """`program` in the text form."""
    lines = [_HEADER, f"machine {_quoted(program.machine)}"]
    lines += [
        f"name {address} {words} {_quoted(name)}"
        for address, (name, words) in program.names.items()
    ]
    if program.meta:
        lines.append(f"meta {json.dumps(dict(program.meta))}")
    if program.lines.texts:
        lines.append(f"lines {json.dumps(lines_json(program.lines))}")
    lines += [f"{index}: {_bundle_text(b)}" for index, b in enumerate(program.bundles)]
    return "\n".join(lines) + "\n"


def _bundle_text(bundle: Bundle) -> str:
    engines = (
        f"{_quoted(engine)}({'; '.join(_slot_text(slot) for slot in slots)})"
        for engine, slots in bundle.items()
    )
    return " ".join(engines) or "-"


def _slot_text(slot: Slot) -> str:
    return " ".join((_quoted(slot[0]), *map(json.dumps, slot[1:])))


def _quoted(name: str) -> str:
    """`name` as it is if it reads back as one word, else as a JSON string."""
    plain = _PLAIN.fullmatch(name) and not _RESERVED & set(name) and name[0] != "#"
    return name if plain else json.dumps(name)


def program_from_text(text: str, file: str = "") -> Program:
    """The program that `text` holds in the text form."""
    reader = _TextReader()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            reader.read_line(line.strip())
        except FormError as error:
            raise InputError(Diagnostic("SW204", str(error), file=file, line=number)) from None
    if not reader.header:
        raise InputError(Diagnostic("SW204", _NO_HEADER, file=file))
    return Program(
        machine=reader.machine,
        bundles=tuple(reader.bundles),
        names=MappingProxyType(reader.names),
        meta=MappingProxyType(reader.meta),
        lines=reader.lines,
    )


class _TextReader:
    """Collects a program line by line."""

    def __init__(self) -> None:
        self.machine = DEFAULT_MACHINE
        self.names: dict[int, tuple[str, int]] = {}
        self.meta: dict[str, Any] = {}
        self.lines = NO_LINES
        self.bundles: list[Bundle] = []
        self.header = False
        self._statements: dict[str, Callable[[_Line], None]] = {
            "machine": self._read_machine,
            "name": self._read_name,
            "meta": self._read_meta,
            "lines": self._read_lines,
        }

    def read_line(self, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if not self.header:
            if line != _HEADER:
                raise FormError(_NO_HEADER)
            self.header = True
            return
        keyword, _, rest = line.partition(" ")
        statement = self._statements.get(keyword)
        if statement is None:
            self._read_bundle(line)
        elif self.bundles:
            raise FormError(f"'{keyword}' belongs before the first bundle")
        else:
            rest_of_line = _Line(rest)
            statement(rest_of_line)
            rest_of_line.expect_end()

    def _read_machine(self, line: _Line) -> None:
        self.machine = line.name("the name of a machine")

    def _read_name(self, line: _Line) -> None:
        address, words = line.integer(), line.integer()
        if address < 0 or address in self.names:
            raise FormError(f"scratch address {address} is negative or already has a name")
        self.names[address] = (line.name("a name"), words)

    def _read_meta(self, line: _Line) -> None:
        value = load_json(line.rest())
        if not isinstance(value, dict):
            raise FormError(f"'meta' must be an object, not {excerpt(value)}")
        self.meta = {key: frozen_value(item) for key, item in value.items()}

    def _read_lines(self, line: _Line) -> None:
        self.lines = lines_of(load_json(line.rest()))

    def _read_bundle(self, line: str) -> None:
        number = _NUMBER.match(line)
        if number:
            if number[1].lstrip("0") != str(len(self.bundles) or ""):
                found = excerpt(number[1])
                raise FormError(f"bundle number {found} where {len(self.bundles)} is next")
            line = line[number.end() :]
        self.bundles.append(MappingProxyType(_Line(line).engines()))


class _Line:
    """A position in one line, moved on by reading."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def engines(self) -> dict[str, tuple[Slot, ...]]:
        """The whole line: `engine(slot; slot) engine(slot)`, or `-`."""
        engines: dict[str, tuple[Slot, ...]] = {}
        if self._text.strip() == "-":
            return engines
        while not self._at_end() or not engines:
            engine = self.name("an engine")
            if engine in engines:
                raise FormError(f"engine {excerpt(engine)} stands twice in one bundle")
            self._expect("(")
            engines[engine] = self._slots(engine)
        return engines

    def _slots(self, engine: str) -> tuple[Slot, ...]:
        slots: list[Slot] = []
        if self._take(")"):
            return ()
        while True:
            slot: list[Any] = [self.name("an operation")]
            while self._peek() not in (";", ")"):
                slot.append(self._json() if engine == DEBUG_ENGINE else self.integer())
            slots.append(tuple(slot))
            if self._take(")"):
                return tuple(slots)
            self._expect(";")

    def name(self, what: str) -> str:
        if self._peek() == '"':
            value = self._json()
            assert isinstance(value, str)  # JSON that begins with a quote is a string
            return value
        match = _NAME.match(self._text, self._at)
        if not match:
            raise FormError(f"{what} is expected at {self._here()}")
        self._at = match.end()
        return match[0]

    def integer(self) -> int:
        self._peek()
        match = _INTEGER.match(self._text, self._at)
        value = int(match[0]) if match and len(match[0]) <= 20 else None
        if not match or not is_operand(value):
            raise FormError(f"an integer of at most 64 bits is expected at {self._here()}")
        self._at = match.end()
        assert value is not None  # is_operand said so
        return value

    def rest(self) -> str:
        rest = self._text[self._at :]
        self._at = len(self._text)
        return rest

    def expect_end(self) -> None:
        if not self._at_end():
            raise FormError(f"nothing more is expected at {self._here()}")

    def _json(self) -> Any:
        self._peek()
        try:
            value, self._at = DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError:
            raise FormError(f"a JSON value is expected at {self._here()}") from None
        except RecursionError:
            raise FormError("nested too deeply") from None
        return frozen_value(value)

    def _at_end(self) -> bool:
        return self._peek() == ""

    def _peek(self) -> str:
        """The next character after white space, empty at the end of the line."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, character: str) -> bool:
        found = self._peek() == character
        self._at += found
        return found

    def _expect(self, character: str) -> None:
        if not self._take(character):
            raise FormError(f"'{character}' is expected at {self._here()}")

    def _here(self) -> str:
        rest = self._text[self._at : self._at + 41]
        return excerpt(rest) if rest else "the end of the line"
