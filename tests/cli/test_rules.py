"""`slotweave rules`: every rule with its equation."""

from __future__ import annotations

from slotweave.rules.registry import RULES
from support.command_line import assert_refused, slotweave


def test_every_rule_is_listed_on_a_line_of_its_own() -> None:
    lines = slotweave("rules", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.name for rule in RULES]
    listed = slotweave("rules", "list", "--json").json["rules"]
    assert listed[0] == {"name": RULES[0].name, "equation": RULES[0].equation}


def test_a_rule_is_shown_with_its_two_sides() -> None:
    text = slotweave("rules", "show", "fuse_shift_add").out
    assert text.startswith("fuse_shift_add: (x << s) + y  ->  multiply_add(x, 2^s, y)")
    for line in ("pattern      ", "replacement  ", "condition    "):
        assert f"\n{line}" in text
    shown = slotweave("rules", "show", "fuse_multiply_add", "--json").json
    assert shown["condition"] is None
    assert shown["equation"] == "x*y + z  ->  multiply_add(x, y, z)"


def test_an_unknown_rule_is_refused() -> None:
    answer = slotweave("rules", "show", "fuse_multiply_ad")
    assert_refused(answer, "SW212", "did you mean 'fuse_multiply_add'?")
    assert_refused(slotweave("rules", "show", "42"), "SW212", "`slotweave rules list` shows the ")
