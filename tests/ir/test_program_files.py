"""Program files: both forms parse back, and no input does more than to be refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import (
    parse_program,
    program_from_json,
    program_from_text,
    program_to_json,
    program_to_text,
)
from slotweave.machine import CHALLENGE
from strategies.wild_programs import wild_programs

names = st.text(max_size=6) | st.sampled_from(["alu", "+", "|", "//", "a b", "#", "0:", "(;)"])
integers = st.integers(-(2**63), 2**63 - 1)
numbers = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=5,
)
slots = st.tuples(names, st.lists(integers, max_size=4)).map(lambda slot: (slot[0], *slot[1]))
debug_slots = st.tuples(names, st.lists(values, max_size=3)).map(lambda slot: (slot[0], *slot[1]))


@st.composite
def bundles(draw: st.DrawFn) -> dict[str, tuple[Any, ...]]:
    engines = draw(st.lists(names.filter(lambda name: name != "debug"), unique=True, max_size=3))
    bundle = {engine: tuple(draw(st.lists(slots, max_size=3))) for engine in engines}
    if draw(st.booleans()):
        bundle["debug"] = tuple(draw(st.lists(debug_slots, max_size=2)))
    return bundle


programs = st.builds(
    Program,
    machine=st.sampled_from(["challenge", "my machine", "", 'quo"ted']),
    bundles=st.lists(bundles(), max_size=4).map(tuple),
    names=st.dictionaries(st.integers(0, 10**6), st.tuples(names, st.integers(1, 8)), max_size=3),
    meta=st.dictionaries(st.text(max_size=3), values, max_size=2),
)

FORMS = {
    "json": (program_to_json, program_from_json),
    "text": (program_to_text, program_from_text),
}


@pytest.mark.parametrize("form", FORMS)
@given(program=programs)
def test_a_program_parses_back_to_itself(form: str, program: Program) -> None:
    write, read = FORMS[form]
    text = write(program)
    for parsed in (read(text), parse_program(text)):
        assert parsed == program
        assert [list(bundle) for bundle in parsed.bundles] == [
            list(bundle) for bundle in program.bundles
        ]


@pytest.mark.parametrize("form", FORMS)
@given(program=wild_programs(CHALLENGE, 0.0))
def test_a_program_for_a_machine_parses_back_to_itself(form: str, program: Program) -> None:
    write, read = FORMS[form]
    assert read(write(program)) == program


def test_a_bare_list_of_bundles_is_a_program() -> None:
    assert parse_program(' [{"alu": [["+", 1, 2, 3]]}, {}]') == Program(
        "challenge", ({"alu": (("+", 1, 2, 3),)}, {})
    )


def test_keys_may_be_left_out_and_a_byte_order_mark_is_skipped() -> None:
    assert parse_program('\ufeff{"program": [], "machine": "minimal"}') == Program("minimal", ())


def test_the_text_form_is_readable() -> None:
    program = Program(
        "challenge",
        ({"alu": (("+", 1, 2, 3), ("|", 4, 5, 6)), "load": (("const", 3, -7),)}, {}),
        {17: ("node", 8)},
        {"seed": 1},
    )
    assert program_to_text(program) == (
        "slotweave program 1\n"
        "machine challenge\n"
        "name 17 8 node\n"
        'meta {"seed": 1}\n'
        "0: alu(+ 1 2 3; | 4 5 6) load(const 3 -7)\n"
        "1: -\n"
    )


def test_text_may_be_written_by_hand() -> None:
    text = "# mine\n\nslotweave program 1\n  alu ( + 1 2 3 ;* 4 5 6 )flow(halt)\r\n\n# end\n"
    assert parse_program(text) == Program(
        "challenge", ({"alu": (("+", 1, 2, 3), ("*", 4, 5, 6)), "flow": (("halt",),)},)
    )


HEADER = "slotweave program 1\n"
REFUSED = {
    "truncated": ('[{"alu": [["+", 1', "f:1: not JSON"),
    "truncated in a later line": ("[\n{},\n{", "f:3: not JSON"),
    "empty": ("", "f: neither JSON nor text"),
    "other text": ("\n\nhello", "f:3: neither JSON nor text"),
    "number": ("5", "f:1: neither JSON nor text"),
    "object without a program": ("{}", "f: 'program' is missing"),
    "program that is no list": ('{"program": {}}', "f: 'program' must be a list, not an object"),
    "unknown key": ('{"program": [], "x": 1}', "f: unknown key 'x'"),
    "other schema": ('{"program": [], "schema_version": 2}', "f: schema_version must be 1, not 2"),
    "true as schema": ('{"program": [], "schema_version": true}', "must be 1, not true"),
    "machine": ('{"program": [], "machine": 1}', "f: 'machine' must be a name, not 1"),
    "meta": ('{"program": [], "meta": []}', "f: 'meta' must be an object, not a list of 0"),
    "names": ('{"program": [], "names": []}', "f: 'names' must be an object"),
    "key of names": ('{"program": [], "names": {"x": ["a", 1]}}', "scratch address, not 'x'"),
    "twofold names": (
        '{"program": [], "names": {"1": ["a", 1], "01": ["b", 1]}}',
        "two entries for scratch address 1",
    ),
    "name": ('{"program": [], "names": {"1": ["a", true]}}', "[name, words] of an address"),
    "bundle": ("[{}, 7]", "f, bundle 1: a bundle maps engines"),
    "slots": ('[{"alu": 7}]', "f, bundle 0, alu: an engine has a list of slots, not 7"),
    "slot": ('[{"alu": [["+"], 7]}]', "f, bundle 0, alu[1]: a slot is a list"),
    "empty slot": ('[{"alu": [[]]}]', "f, bundle 0, alu[0]: a slot is a list"),
    "operation": ('[{"alu": [[1, 2]]}]', "f, bundle 0, alu[0]: a slot is a list"),
    "float": ('[{"alu": [["+", 1.0]]}]', "f, bundle 0, alu[0]: operands are integers"),
    "boolean": ('[{"alu": [["+", true]]}]', "at most 64 bits, not true"),
    "null": ('[{"alu": [["+", null]]}]', "at most 64 bits, not null"),
    "big integer": (f'[{{"alu": [["+", {2**63}]]}}]', "not an integer of more than 64 bits"),
    "huge integer": (f"[{'9' * 10**6}]", "f: an integer of 1000000 digits"),
    "infinite float": ('{"program": [], "meta": {"x": 1e999}}', "'1e999' is out of range"),
    "NaN": ('{"program": [], "meta": {"x": NaN}}', "f: NaN is not a JSON number"),
    "duplicate engine": ('[{"alu": [], "alu": []}]', "f: the key 'alu' stands twice"),
    "deep": ("[" * 10**6, "f: nested too deeply"),
    "deep debug operand": (
        '[{"debug": [["note", ' + "[" * 99 + "]" * 99 + "]]}]",
        "f, bundle 0, debug[0]: nested more than 64 deep",
    ),
    "bundle number": (HEADER + "1: -", "f:2: bundle number '1' where 0 is next"),
    "machine behind a bundle": (HEADER + "-\nmachine x", "f:3: 'machine' belongs before"),
    "machine with more": (HEADER + "machine x y", "f:2: nothing more is expected at 'y'"),
    "no bracket": (HEADER + "alu", "f:2: '(' is expected at the end of the line"),
    "open bracket": (HEADER + "alu(+ 1 2", "is expected at the end of the line"),
    "no operation": (HEADER + "alu(; + 1)", "f:2: an operation is expected at '; + 1)'"),
    "no engine": (HEADER + "0:", "f:2: an engine is expected at the end of the line"),
    "engine twice": (HEADER + "alu() alu()", "f:2: engine 'alu' stands twice"),
    "text operand": (HEADER + 'alu(+ "1")', "an integer of at most 64 bits is expected"),
    "long text operand": (HEADER + f"alu(+ {2**63})", "an integer of at most 64 bits"),
    "debug operand": (HEADER + "debug(note NaN)", "NaN is not a JSON number"),
    "deep text operand": (HEADER + "debug(note " + "[" * 10**5, "f:2: nested too deeply"),
    "unclosed debug operand": (HEADER + 'debug(note "x', "f:2: a JSON value is expected"),
    "meta in text": (HEADER + "meta [1]", "f:2: 'meta' must be an object"),
    "name in text": (HEADER + "name 1 2 a\nname 1 2 b", "f:3: scratch address 1 is negative or"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_malformed_file_is_refused_with_its_place(what: str) -> None:
    text, message = REFUSED[what]
    with pytest.raises(InputError) as caught:
        parse_program(text, "f")
    assert caught.value.diagnostic.code == "SW204"
    assert message in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.binary(max_size=200))
def test_any_bytes_are_a_program_or_malformed(raw: bytes) -> None:
    parses_or_is_refused(raw.decode("utf-8", errors="replace"))


@pytest.mark.parametrize("form", FORMS)
@given(program=programs, data=st.data())
def test_a_damaged_file_is_a_program_or_malformed(
    form: str, program: Program, data: st.DataObject
) -> None:
    text = FORMS[form][0](program)
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 8)))
    put = data.draw(st.text(alphabet='[]{}(),:;"\\0179.e-+ \nNtrualu', max_size=5))
    parses_or_is_refused(text[:begin] + put + text[end:])


def parses_or_is_refused(text: str) -> None:
    """Whatever parses can be written again."""
    try:
        program = parse_program(text)
    except InputError as error:
        if error.diagnostic.code != "SW204":
            raise
    else:
        for write, read in FORMS.values():
            assert read(write(program)) == program


@pytest.mark.parametrize("start", ["", "[", "{", HEADER, HEADER + "alu("])
def test_ten_megabytes_of_garbage_are_refused(start: str) -> None:
    with pytest.raises(InputError, match="SW204"):
        parse_program(start + "x7;(" * 2_500_000)
