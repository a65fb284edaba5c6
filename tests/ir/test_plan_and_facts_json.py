"""Plans and facts as JSON."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.graph import Region
from slotweave.ir.plan import METHODS, Plan, ScheduleOptions
from slotweave.ir.text.facts_json import facts_from_json, facts_to_json
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json

NUMBERS = st.floats(-1e9, 1e9)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | NUMBERS | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
CHOICES = st.dictionaries(st.text(), VALUES, max_size=3)
OPTIONS = st.builds(
    ScheduleOptions,
    method=st.sampled_from(METHODS),
    stagger=NUMBERS,
    offsets=st.lists(NUMBERS, max_size=4).map(tuple),
    seed=st.integers(0, 2**63 - 1),
    noise=st.floats(0, 1e9),
    passes=st.integers(0, 1000),
    due=st.lists(st.integers(0, 999_999_999), max_size=4).map(lambda due: " ".join(map(str, due))),
)
NAMES = st.text().filter(str.isprintable)
PLANS = st.builds(Plan, NAMES, NAMES, st.booleans(), OPTIONS, CHOICES, CHOICES)

PLAN = Plan("p", "k", choices={"levels": (1, 2)}, origin={"seed": 3})
FACTS = Facts(
    memory_words=40,
    words={0: 2**32 - 1, 39: 1000},
    regions=(
        Region("header", 0, 7, read_only=True),
        Region("empty", 9, 0),
        Region("values", 8, 32, output=True),
    ),
    ranges={"values": (0, 1023)},
)


@given(PLANS)
def test_a_plan_is_read_back_from_its_json(plan):
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize("due", ["1  2", " 1", "1 ", "-1", "1.5", "1\n2", "12345678901", "\u0661"])
def test_due_times_are_whole_numbers_with_single_spaces_between(due):
    text = plan_to_json(Plan("p", "k", schedule=ScheduleOptions(due=due)))
    with pytest.raises(InputError, match=r"SW209.*schedule\.due"):
        plan_from_json(text)


@given(st.integers(0, 40), st.dictionaries(st.integers(0, 39), st.integers(0, 2**32 - 1)))
def test_facts_are_read_back_from_their_json(length, words):
    regions = (Region("a b", 0, length, output=True), Region("rest", length, 40 - length))
    rest = [word for address, word in words.items() if address >= length]
    facts = Facts(40, words, regions, {"rest": (min(rest, default=1), max(rest, default=2))})
    assert facts_from_json(facts_to_json(facts)) == facts


@pytest.mark.parametrize("facts", [nothing_known(), FACTS], ids=["none", "some"])
def test_facts_known_by_name_are_read_back(facts):
    assert facts_from_json(facts_to_json(facts)) == facts


def test_what_a_plan_leaves_out_is_as_by_default():
    assert plan_from_json('{"name": "p", "kernel": "k"}') == Plan("p", "k")


def test_what_was_read_cannot_be_changed():
    plan = plan_from_json(plan_to_json(PLAN))
    with pytest.raises(TypeError):
        plan.choices["levels"] = ()  # type: ignore[index]


def test_choices_with_keys_that_are_no_strings_are_not_written():
    with pytest.raises(TypeError, match="JSON has no key 1"):
        plan_to_json(Plan("p", "k", choices={"levels": {1: "gather"}}))


def changed(text: str, path: str, value: object) -> str:
    """`text` with what stands at `path` replaced."""
    table = json.loads(text)
    *parents, last = path.split("/")
    place = table
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return json.dumps(table)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("name", 3, "key 'name' must be a string, not 3"),
        ("name", "\x1b[2J", "key 'name' must be printable, not '\\x1b[2J'"),
        ("kernel", None, "key 'kernel' must be a string, not null"),
        ("rewrite", 1, "key 'rewrite' must be true or false"),
        ("schedule", [], "key 'schedule' must be an object"),
        ("schedule/stagger", "1", "key 'schedule.stagger' must be a number"),
        ("schedule/stagger", True, "key 'schedule.stagger' must be a number"),
        ("schedule/noise", 10**90, "key 'schedule.noise' must be from"),
        ("schedule/noise", -1, "key 'schedule.noise' must not be negative"),
        ("schedule/method", "modulo", "key 'schedule.method' must be one of list, in-order"),
        ("schedule/noise", 1e300, "key 'schedule.noise' must be from"),
        ("schedule/offsets", 7, "key 'schedule.offsets' must be an array"),
        ("schedule/offsets", [0, "x"], "key 'schedule.offsets.1' must be a number"),
        ("schedule/seed", 1.5, "key 'schedule.seed' must be an integer"),
        ("schedule/seed", -1, "key 'schedule.seed' must be from 0"),
        ("schedule/speed", 1, "key 'schedule.speed' is unknown"),
        ("choices", [1], "key 'choices' must be an object"),
        ("origin", "me", "key 'origin' must be an object"),
        ("schema_version", 2, "key 'schema_version' must be 1, not 2"),
        ("extra", 0, "key 'extra' is unknown"),
    ],
)
def test_a_mistake_in_a_plan_is_named_with_its_key(path, value, reason):
    with pytest.raises(InputError) as caught:
        plan_from_json(changed(plan_to_json(PLAN), path, value), "plan.json")
    assert (caught.value.diagnostic.code, caught.value.diagnostic.file) == ("SW209", "plan.json")
    assert reason in caught.value.diagnostic.message


@pytest.mark.parametrize("key", ["name", "kernel"])
def test_a_plan_without_name_or_kernel_is_refused(key):
    table = json.loads(plan_to_json(PLAN))
    del table[key]
    with pytest.raises(InputError, match=f"SW209 key '{key}' is missing"):
        plan_from_json(json.dumps(table))


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("memory_words", -1, "key 'memory_words' must be from 0"),
        ("words/40", 0, "key 'words.40' must be from 0 to 39"),
        ("words", [1], "key 'words' must be an object"),
        ("words/-1", 0, "key 'words.-1' is not an address"),
        ("words/007", 0, "key 'words.007' is not an address"),
        ("words/²", 0, "is not an address"),
        ("words/5-", 0, "key 'words.5-' is not an address, nor FIRST-LAST"),
        ("words/20-19", 0, "key 'words.20-19' must be from 20 to 39"),
        ("words/20-40", 0, "key 'words.20-40' must be from 20 to 39"),
        ("words/0-1", 0, "says address 0 a second time"),
        ("words/1", 2**32, "key 'words.1' must be from 0 to 4294967295"),
        ("regions", {}, "key 'regions' must be an array"),
        ("regions/0", 3, "key 'regions.0' must be an object"),
        ("regions/0", {"name": "x", "start": 0}, "key 'regions.0.length' is missing"),
        ("regions/0/start", 41, "key 'regions.0.start' must be from 0 to 40"),
        ("regions/2/length", 33, "key 'regions.2.length' must be from 0 to 32"),
        ("regions/2/start", 6, "overlap: 'header' and 'values'"),
        ("regions/0/name", "values", "key 'regions' gives one name to two regions"),
        ("regions/0/output", "yes", "key 'regions.0.output' must be true or false"),
        ("regions/0/colour", "red", "key 'regions.0.colour' is unknown"),
        ("ranges/nobody", [0, 1], "key 'ranges.nobody' is not a region"),
        ("ranges/values", [1, 0], "key 'ranges.values' must be [lowest, highest]"),
        ("ranges/values", [1], "key 'ranges.values' must be [lowest, highest]"),
        ("words/8", 1024, "key 'words.8' is 1024, but lies in region 'values', the words of"),
        ("ranges/values", [0, 2**32], "key 'ranges.values.1' must be from 0"),
    ],
)
def test_a_mistake_in_facts_is_named_with_its_key(path, value, reason):
    with pytest.raises(InputError) as caught:
        facts_from_json(changed(facts_to_json(FACTS), path, value), "facts.json")
    assert (caught.value.diagnostic.code, caught.value.diagnostic.file) == ("SW215", "facts.json")
    assert reason in caught.value.diagnostic.message


@pytest.mark.parametrize(("parse", "code"), [(plan_from_json, "SW209"), (facts_from_json, "SW215")])
@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", "[" * 100_000, '{"choices":' * 100_000, "\0" * 100_000, "NaN",
     '{"name": 1e999}', '{"memory_words": ' + "9" * 100_000 + "}", '{"name": "a", "name": "b"}',
     '{"choices": ' + "[" * 500 + "]" * 500 + "}"],
)  # fmt: skip
def test_hostile_json_is_refused(parse, code, text):
    with pytest.raises(InputError, match=code):
        parse(text)


@given(st.sampled_from([plan_to_json(PLAN), facts_to_json(FACTS)]), st.data())
def test_garbled_json_is_read_or_refused(text, data):
    at = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(at, len(text)))
    garbled = text[:at] + data.draw(st.text(max_size=6)) + text[stop:]
    for parse in (plan_from_json, facts_from_json):
        with suppress(InputError):  # any other exception fails the test
            parse(garbled)


def test_known_words_that_are_equal_are_one_range_and_read_back():
    words = {9: 4, 2: 7, 3: 7, 4: 7, 6: 7, 7: 8}
    text = facts_to_json(Facts(memory_words=40, words=words))
    assert json.loads(text)["words"] == {"2-4": 7, "6": 7, "7": 8, "9": 4}
    assert facts_from_json(text).words == words


def test_a_range_of_words_that_would_fill_the_machine_is_refused():
    text = json.dumps({"memory_words": 2**32, "words": {"0-4294967295": 1}})
    with pytest.raises(InputError, match="makes more than 4,194,304 known words"):
        facts_from_json(text)


def test_a_fingerprint_has_each_known_word_by_itself():
    text = facts_to_json(Facts(words={2: 7, 3: 7}), by_range=False)
    assert json.loads(text)["words"] == {"2": 7, "3": 7}
