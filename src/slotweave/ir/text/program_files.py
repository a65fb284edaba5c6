"""Program files: a program as JSON or as text, both ways.

Guarantees: either form parses back to an equal program, the order of engines kept. Parsing checks
the form alone (what the machine refuses is found by `simulate.static_faults`); whatever the input
is, it ends in a program or in InputError SW204 with the place, in time linear in the input.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.program import SCHEMA_VERSION, Bundle, Program, Slot, SourceLines
from slotweave.ir.text.file_kind import PROGRAM, another_kind
from slotweave.ir.text.program_text import program_from_text, program_to_text
from slotweave.ir.text.program_values import (
    BYTE_ORDER_MARK,
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

__all__ = [
    "parse_program",
    "program_from_json",
    "program_from_text",
    "program_to_json",
    "program_to_text",
]

_KEYS = ("schema_version", "machine", "program", "names", "meta", "lines")


def parse_program(text: str, file: str = "") -> Program:
    """The program in `text`, JSON if it starts like JSON, else the text form."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    if text.lstrip()[:1] in ("{", "["):
        return program_from_json(text, file)
    return program_from_text(text, file)


def program_to_json(program: Program) -> str:
    """`program` in the JSON form, one bundle a line."""
    names = {str(address): list(name) for address, name in program.names.items()}
    bundles = ",\n".join(json.dumps(dict(bundle)) for bundle in program.bundles)
    return (
        f'{{"schema_version": {SCHEMA_VERSION}, "machine": {json.dumps(program.machine)},\n'
        f'"names": {json.dumps(names)},\n'
        f'"meta": {json.dumps(dict(program.meta))},\n'
        f"{_lines_text(program.lines)}"
        f'"program": [\n{bundles}\n]}}\n'
    )


def program_from_json(text: str, file: str = "") -> Program:
    """The program that the JSON `text` holds: an object as written above, or a list of bundles."""
    try:
        return _program(load_json(text), file)
    except FormError as error:
        diagnostic = Diagnostic("SW204", str(error), file=file, line=error.line)
        raise InputError(diagnostic) from None


def _program(value: Any, file: str) -> Program:
    if reason := another_kind(value, PROGRAM):
        raise FormError(reason)
    if isinstance(value, list):
        value = {"program": value}
    if not isinstance(value, dict):
        raise FormError(f"a program is an object or a list of bundles, not {excerpt(value)}")
    for key in value:
        if key not in _KEYS:
            raise FormError(f"unknown key {excerpt(key)} (known: {', '.join(_KEYS)})")
    version = value.get("schema_version", SCHEMA_VERSION)
    if type(version) is not int or version != SCHEMA_VERSION:
        raise FormError(f"schema_version must be {SCHEMA_VERSION}, not {excerpt(version)}")
    machine = value.get("machine", DEFAULT_MACHINE)
    if not isinstance(machine, str):
        raise FormError(f"'machine' must be a name, not {excerpt(machine)}")
    meta = value.get("meta", {})
    if not isinstance(meta, dict):
        raise FormError(f"'meta' must be an object, not {excerpt(meta)}")
    bundles = value.get("program")
    if not isinstance(bundles, list):
        found = "is missing" if bundles is None else f"must be a list, not {excerpt(bundles)}"
        raise FormError(f"'program' {found}")
    return Program(
        machine=machine,
        bundles=tuple(_bundle(bundle, index, file) for index, bundle in enumerate(bundles)),
        names=_names(value.get("names", {})),
        meta=MappingProxyType({key: frozen_value(item) for key, item in meta.items()}),
        lines=lines_of(value.get("lines")),
    )


def _lines_text(lines: SourceLines) -> str:
    return f'"lines": {json.dumps(lines_json(lines))},\n' if lines.texts else ""


def _bundle(value: Any, index: int, file: str) -> Bundle:
    if not isinstance(value, dict):
        reason = f"a bundle maps engines to lists of slots; this one is {excerpt(value)}"
        raise InputError(Diagnostic("SW204", reason, file=file, bundle=index))
    bundle: dict[str, tuple[Slot, ...]] = {}
    for engine, slots in value.items():
        if not isinstance(slots, list):
            reason = f"an engine has a list of slots, not {excerpt(slots)}"
            place = Diagnostic("SW204", reason, file=file, bundle=index, engine=engine)
            raise InputError(place)
        read = []
        for position, slot in enumerate(slots):
            try:
                read.append(_slot(engine, slot))
            except FormError as error:
                place = Diagnostic("SW204", str(error), file, None, index, engine, position)
                raise InputError(place) from None
        bundle[engine] = tuple(read)
    return MappingProxyType(bundle)


def _slot(engine: str, slot: Any) -> Slot:
    if not isinstance(slot, list) or not slot or not isinstance(slot[0], str):
        reason = f"a slot is a list that begins with an operation's name, not {excerpt(slot)}"
        raise FormError(reason)
    if engine == DEBUG_ENGINE:
        return tuple(frozen_value(operand) for operand in slot)
    for operand in slot[1:]:
        if not is_operand(operand):
            raise FormError(f"operands are integers of at most 64 bits, not {excerpt(operand)}")
    return tuple(slot)


def _names(value: Any) -> MappingProxyType[int, tuple[str, int]]:
    """`{"17": ["node", 8]}` as {17: ("node", 8)}."""
    if not isinstance(value, dict):
        raise FormError(f"'names' must be an object, not {excerpt(value)}")
    names: dict[int, tuple[str, int]] = {}
    for key, name in value.items():
        if not (key.isascii() and key.isdecimal() and len(key) <= 18):
            raise FormError(f"a key of 'names' is a scratch address, not {excerpt(key)}")
        if int(key) in names:
            raise FormError(f"'names' has two entries for scratch address {int(key)}")
        match name:
            case [str(text), int(words)] if type(words) is int and is_operand(words):
                names[int(key)] = (text, words)
            case _:
                reason = f"'names' says [name, words] of an address, not {excerpt(name)}"
                raise FormError(reason)
    return MappingProxyType(names)
