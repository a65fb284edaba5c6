"""What commands assume of memory, and how they say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Answer, slotweave

BUNDLES = [{"load": [["const", 0, 1]]}, {"store": [["store", 0, 0]]}]
META = {"kernel": "tree-hash", "params": {"height": 2, "rounds": 3, "batch": 8}}
NOTHING_ASSUMED = "no --facts given, so nothing is assumed of memory"
COMMANDS = {"inspect": (), "explain": ("1:store",), "repack": ("--effort", "fast")}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def answered(command: str, meta: dict[str, object], *options: str) -> Answer:
    program = json.dumps({"program": BUNDLES, "meta": meta})
    return slotweave(command, "-", *COMMANDS[command], *options, stdin=program)


def test_that_nothing_is_assumed_is_said_with_the_facts_that_fit(command: str) -> None:
    answer = answered(command, {**META, "contract": "full"})
    (hint,) = [line for line in answer.err.splitlines() if line.startswith(NOTHING_ASSUMED)]
    assert "tree-hash with the contract full: try --facts challenge-full" in hint
    assert NOTHING_ASSUMED not in answer.out


def test_of_a_bare_program_it_is_said_which_facts_there_are(command: str) -> None:
    assert f"{NOTHING_ASSUMED}; if more is known" in answered(command, {}).err


def test_it_is_not_said_where_facts_are_given_or_to_the_quiet(command: str) -> None:
    for options in (("--facts", "none"), ("--facts", "challenge", "--shape", "2,3,8"), ("-q",)):
        assert NOTHING_ASSUMED not in answered(command, META, *options).err


@pytest.mark.parametrize(
    ("options", "row"),
    [
        ((), "none: any two addresses may meet, all of memory is output"),
        (("--facts", "challenge"), "challenge, for the shape 2,3,8"),
        (("--facts", "challenge-full", "--shape", "3,3,8"), "challenge-full, for the shape 3,3,8"),
    ],
)
def test_the_table_says_under_which_facts_it_holds(options: tuple[str, ...], row: str) -> None:
    (shown,) = [x for x in answered("inspect", META, *options).out.splitlines() if "facts " in x]
    assert shown.split(maxsplit=1)[1].strip() == row


def test_facts_from_a_file_are_named_for_it(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text('{"memory_words": 4}')
    out = answered("inspect", {}, "--facts", str(file)).out
    assert str(file) in "".join(out.split())
