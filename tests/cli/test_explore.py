"""`slotweave explore` and `slotweave cache`."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from slotweave.base.diagnostics import Exit
from support.command_line import assert_refused, slotweave

GRID = ["saxpy", "-p", "n=32", "--set", "load=1..2", "--set", "scratch=8,512"]
COSTS = ["--cost", "load=3", "--cost", "scratch=0.01"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_table_has_a_row_for_each_machine_and_marks_the_front() -> None:
    answer = slotweave("explore", *GRID, *COSTS)
    assert answer.code == Exit.DONE
    rows = [line.split() for line in answer.out.splitlines() if re.match(r" +\d", line)]
    assert [row[:2] for row in rows] == [["1", "8"], ["1", "512"], ["2", "8"], ["2", "512"]]
    told = slotweave("explore", *GRID, *COSTS, "--json").json
    assert sum(row[-1] == "front" for row in rows) == len(told["front"]) > 0
    assert "load=1 scratch=8 does not fit: SW301" in answer.out
    assert "no other machine is both cheaper and faster" in answer.out


def test_pictures_are_whole_and_fetch_nothing(tmp_path: Path) -> None:
    page, plot, maps = tmp_path / "e.html", tmp_path / "e.svg", tmp_path / "m.svg"
    slotweave("explore", *GRID, *COSTS, "--html", page, "--svg", plot)
    slotweave("explore", *GRID, "--svg", maps)
    fit = 2
    drawn = [ElementTree.parse(file).getroot() for file in (plot, maps)]
    svg = "{http://www.w3.org/2000/svg}"
    with_titles = [len([c for c in root.iter() if c.find(f"{svg}title") is not None])
                   for root in drawn]  # fmt: skip
    assert with_titles == [fit, 4]
    assert len(list(drawn[1].iter(f"{svg}path"))) == 2  # crossed out
    text = page.read_text()
    assert text.count("<tr>") == 5
    assert not re.findall(r"(?:src|href)=", text)


def test_stdout_is_given_a_picture_without_the_table(tmp_path: Path) -> None:
    for option in ("--html", "--svg"):
        file, begun = tmp_path / "picture", re.compile(r"<!doctype html>|<svg ", re.IGNORECASE)
        slotweave("explore", *GRID, option, file)
        answer = slotweave("explore", *GRID, option, "-")
        assert answer.out == file.read_text()
        assert begun.match(answer.out)
        assert "wrote -" not in answer.err


def test_the_cache_is_told_of_and_cleared(own_cache: Path) -> None:
    assert slotweave("cache", "info", "--json").json["entries"] == 0
    slotweave("explore", *GRID)
    info = slotweave("cache", "info", "--json").json
    assert (info["entries"], info["folder"]) == (4, str(own_cache / "slotweave" / "results"))
    assert slotweave("cache", "info").out.startswith("4 results, ")
    assert slotweave("cache", "clear").out.startswith("removed 4 results, ")
    assert slotweave("cache", "clear", "--json").json == {
        "schema_version": 1, "entries": 0, "bytes": 0,
    }  # fmt: skip


def test_what_cannot_be_set_is_refused() -> None:
    asked = slotweave("explore", "saxpy", "--set", "laod=2")
    assert_refused(asked, "SW212", "--set NAME=VALUES", "did you mean 'load'")
    asked = slotweave("explore", "saxpy", "--set", "load=2", "--cost", "load=much")
    assert_refused(asked, "SW212", "--cost NAME=NUMBER", "must be a number, not 'much'")
    asked = slotweave("explore", "saxpy", "--set", "load=2", "--cost", "laod=1")
    assert_refused(asked, "SW212", "did you mean 'load'")
