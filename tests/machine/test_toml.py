"""Machines as TOML: the same machine comes back, and each mistake is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import Exit, InputError
from slotweave.isa import OPERATIONS, Shape, forms_of
from slotweave.machine import (
    BUILTIN,
    DEBUG_ENGINE,
    Machine,
    Mode,
    machine_faults,
    machine_from_toml,
    machine_to_toml,
)

SOUND = """\
name = "toy"
vector_length = 4
scratch_words = 64

[engines]
alu = 2
mem = 1

[word]
alu = ["add", "xor"]
mem = ["load"]

[vector]
mem = ["vload"]

[per_lane]
alu = ["xor"]

[latency]
mem.load = 3
"""


@pytest.mark.parametrize("name", sorted(BUILTIN))
def test_a_builtin_machine_comes_back_equal(name: str) -> None:
    machine = BUILTIN[name]
    assert list(machine_faults(machine)) == []
    again = machine_from_toml(machine_to_toml(machine))
    assert again.slots == machine.slots
    assert set(again.modes) == set(machine.modes)
    assert machine_to_toml(again) == machine_to_toml(machine)


def test_the_text_says_what_the_machine_is() -> None:
    machine = machine_from_toml(SOUND)
    assert machine == Machine(
        name="toy",
        vector_length=4,
        scratch_words=64,
        engines=(("alu", 2), ("mem", 1)),
        modes=(
            Mode("add", Shape.WORD, "alu"),
            Mode("xor", Shape.WORD, "alu"),
            Mode("xor", Shape.VECTOR, "alu", per_lane=True),
            Mode("load", Shape.WORD, "mem", latency=3),
            Mode("vload", Shape.VECTOR, "mem"),
        ),
    )


WORD_OPERATIONS = sorted(name for name in OPERATIONS if forms_of(name, Shape.WORD))
VECTOR_OPERATIONS = sorted(name for name in OPERATIONS if forms_of(name, Shape.VECTOR))

#: Plain names, and any text that TOML can hold, quotes and control characters included.
texts = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True),
    st.text(st.sampled_from("ab.\"\\'\n\t\x00\x7f=[]#é😀 "), max_size=5),
)


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Sound machines: an engine does words or vectors, and some word operations lane by lane."""
    names = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(
                lambda n: n != DEBUG_ENGINE
            ),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    modes: list[Mode] = []
    for engine in names:
        shape = draw(st.sampled_from(list(Shape)))
        known = WORD_OPERATIONS if shape is Shape.WORD else VECTOR_OPERATIONS
        chosen = draw(st.lists(st.sampled_from(known), max_size=6, unique=True))
        latency = {name: draw(st.integers(1, 9)) for name in chosen}
        modes += [Mode(name, shape, engine, latency=latency[name]) for name in chosen]
        if shape is Shape.WORD:
            split = [name for name in chosen if draw(st.booleans())]
            modes += [Mode(n, Shape.VECTOR, engine, True, latency[n]) for n in split]
    length = draw(st.integers(1, 64))
    return Machine(
        name=draw(texts),
        vector_length=length,
        scratch_words=length + draw(st.integers(0, 4096)),
        engines=tuple((name, draw(st.integers(0, 20))) for name in names),
        modes=tuple(modes),
    )


@given(machines())
def test_any_sound_machine_comes_back_equal(machine: Machine) -> None:
    assert list(machine_faults(machine)) == []
    assert machine_from_toml(machine_to_toml(machine)) == machine


MISTAKES = {
    "not TOML": ("alu = 2", "alu = = 2", 6, "Invalid value"),
    "unknown key": ("vector_length", "vector_lenght", 2, "unknown key 'vector_lenght'"),
    "key missing": ('name = "toy"\n', "", None, "key 'name' is missing"),
    "wrong type of a key": ("scratch_words = 64", "scratch_words = 6.4", 3, "must be an integer"),
    "boolean for a number": ("scratch_words = 64", "scratch_words = true", 3, "not bool"),
    "engines missing": ("[engines]\nalu = 2\nmem = 1\n", "", None, "section [engines] is missing"),
    "slots are text": ("mem = 1", 'mem = "one"', 7, "'mem' must be an integer, not str"),
    "negative slots": ("mem = 1", "mem = -1", 7, "must not be negative, not -1"),
    "debug listed": ("mem = 1", "mem = 1\ndebug = 64", 8, "part of every machine"),
    "no vector": ("vector_length = 4", "vector_length = 0", 2, "must be at least 1, not 0"),
    "small scratch": ("scratch_words = 64", "scratch_words = 3", 3, "at least one vector, not 3"),
    "names no list": ('mem = ["load"]', 'mem = "load"', 11, "must be a list of names, not str"),
    "name no string": ('mem = ["load"]', "mem = [7]", 11, "must be a string, not int"),
    "unknown operation": ('"vload"', '"vlaod"', 14, "unknown operation 'vlaod'"),
    "no such shape": ('"vload"', '"const"', 14, "'const' does not exist in shape vector"),
    "unlisted engine": ("[per_lane]\nalu", "[per_lane]\nvalu", 17, "an engine that is not listed"),
    "listed twice": ('["add", "xor"]', '["add", "xor", "add"]', 10, "'add' is listed twice"),
    "two readings": (
        'mem = ["vload"]',
        'alu = ["add"]',
        10,
        "'+' would have two readings on 'alu'",
    ),
    "lanes without words": ('alu = ["xor"]', 'alu = ["mul"]', 17, "needs the word mode there"),
    "latency of nothing": ("mem.load = 3", "mem.store = 3", 20, "which 'mem' does not run"),
    "latency is text": ("mem.load = 3", 'mem.load = "3"', 20, "'load' must be an integer"),
    "latency of zero": ("mem.load = 3", "mem.load = 0", 20, "must be at least 1, not 0"),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_a_mistake_is_named_with_its_line(mistake: str) -> None:
    right, wrong, line, message = MISTAKES[mistake]
    assert SOUND.count(right) >= 1
    with pytest.raises(InputError) as caught:
        machine_from_toml(SOUND.replace(right, wrong, 1), file="toy.toml")
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert caught.value.diagnostic.code == "SW205"
    assert message in caught.value.diagnostic.message
    assert caught.value.diagnostic.line == line
    assert str(caught.value).startswith("SW205 toy.toml" + (f":{line}: " if line else ": "))


def test_a_section_that_is_a_value_is_refused() -> None:
    with pytest.raises(InputError, match="'latency' must be a section, not int"):
        machine_from_toml("latency = 3\n" + SOUND.split("[latency]")[0])


def test_deep_nesting_is_refused_and_not_followed() -> None:
    with pytest.raises(InputError, match="SW205"):
        machine_from_toml("name = " + "[" * 100_000)
