"""Values that break readers of JSON and TOML, in all places of every form, are survived."""

from __future__ import annotations

import re

import pytest

from fuzz.texts import forms, keeps_its_promise
from slotweave.base.diagnostics import CODES, InputError

#: Nested deeper than any reader may follow, and numbers that no word is.
HOSTILE = {
    "arrays": "[" * 20_000 + "]" * 20_000,
    "objects": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "unclosed": "[" * 200_000,
    "integer": "1" + "0" * 5000,
    "negative integer": "-1" + "0" * 5000,
    "infinite": "1e999",
    "not a number": "NaN",
    "constant": "-Infinity",
    "surrogate": '"\\ud800"',
}
#: Where a value stands: a quoted string or a number.
VALUE = re.compile(r'"[^"\n]*"|(?<![\w%])-?\d+(?!\w)')
#: How many places of a text are tried.
PLACES = 8


def spoiled(text: str, value: str) -> list[str]:
    """`text` with `value` in some of its places, one at a time."""
    places = list(VALUE.finditer(text))
    chosen = places[:: max(1, len(places) // PLACES)]
    return [text[: place.start()] + value + text[place.end() :] for place in chosen]


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("name", sorted(forms()))
def test_a_hostile_value_is_survived_wherever_it_stands(name: str, value: str) -> None:
    form = forms()[name]
    for example in form.examples():
        for text in [value, *spoiled(example, value)]:
            keeps_its_promise(form, text)


@pytest.mark.parametrize("value", ["arrays", "objects", "integer", "infinite", "not a number"])
@pytest.mark.parametrize("name", sorted(forms()))
def test_a_text_that_is_nothing_but_a_hostile_value_is_refused(name: str, value: str) -> None:
    form = forms()[name]
    with pytest.raises(InputError) as refused:
        form.read(HOSTILE[value])
    assert refused.value.diagnostic.code == form.code in CODES
