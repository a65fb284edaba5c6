"""docs/ladder.md is true: its tables and pictures are what `slotweave ladder` makes.

`pytest --long --update-golden` makes them again.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS
from support.command_line import slotweave

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "ladder.md"
PICTURES = DOCS / "ladder"

#: The tables, between two marks.
TABLES = re.compile(r"(?<=<!-- tables -->\n\n).*?(?=\n\n<!-- end of tables -->)", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


@pytest.mark.long
def test_tables_and_pictures_are_what_the_command_makes(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    again = request.config.getoption("--update-golden")
    there = PICTURES if again else tmp_path
    answer = slotweave("ladder", "--scratch", 1536, "--markdown", "--timelines", there,
                       "--plot", there / "cycles.svg")  # fmt: skip
    assert answer.code == 0, answer.err
    page = PAGE.read_text(encoding="utf-8")
    if again:
        PAGE.write_text(TABLES.sub(lambda _: answer.out.strip(), page), encoding="utf-8")
        return
    assert TABLES.findall(page) == [answer.out.strip()]
    for picture in sorted(PICTURES.iterdir()):
        assert (there / picture.name).read_text() == picture.read_text(), picture.name


def test_every_rung_has_its_picture_and_its_story() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for rung in RUNGS:
        assert f"ladder/{rung.plan}.svg" in page
        assert (PICTURES / f"{rung.plan}.svg").is_file()
        assert f"### `{rung.plan}`" in page


def test_the_figures_in_the_story_are_those_of_the_tables() -> None:
    """Every number of four digits in a rung's story stands in a table, or in one of the claims."""
    page = PAGE.read_text(encoding="utf-8")
    (tables,) = TABLES.findall(page)
    _, _, story = page.partition("## Rung by rung")
    story, _, _ = story.partition("## Where the analysis was wrong")
    for number in re.findall(r"\*\*([\d,]+)\*\*", story):
        assert number in tables


def test_the_number_games_come_out_as_shown(capsys: pytest.CaptureFixture[str]) -> None:
    (code, printed), *others = CODE.findall(PAGE.read_text(encoding="utf-8"))
    assert others == []
    exec(code, {})
    assert capsys.readouterr().out == printed
