"""What people write comes back no longer, no different, proved; what was made worse, as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imitations.catalogue import (
    MADE_WORSE,
    RUNGS,
    Imitation,
    compiled,
    imitations,
    loaded,
    made_worse,
    plan_of,
)
from imitations.files import STYLES
from imitations.report import SHAPE, Row, repacked, repacked_again, table
from imitations.worse import WORSE, written_twice
from slotweave.backend.fit import Effort
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.machine import CHALLENGE
from slotweave.repacking import Repacked
from slotweave.simulate.legality import static_faults
from support.examples import a_share

PAGE = Path(__file__).parents[2] / "docs" / "repack.md"
TABLE = re.compile(r"(?<=<!-- table -->\n\n).*?(?=\n\n<!-- end of table -->)", re.DOTALL)

SMALL = Shape(height=3, rounds=3, batch=16)
JUDGED = Shape(height=10, rounds=16, batch=256)


@pytest.mark.parametrize("rung", a_share(RUNGS, every=2))
def test_a_rung_comes_back_no_longer_and_right(rung):
    repacked(Imitation(rung, "as compiled", compiled(plan_of(rung, SMALL), SMALL)), SMALL,
             Effort.FAST, instances=3)  # fmt: skip


@pytest.mark.parametrize("rung", a_share(MADE_WORSE, every=3))
def test_a_rung_made_worse_comes_back_as_short_as_it_is_compiled(rung):
    for imitation in made_worse(rung, SMALL):
        row, _ = repacked(imitation, SMALL, Effort.FAST, instances=3)
        assert row.after <= 1.05 * row.best, imitation.name


@pytest.mark.parametrize("style", a_share(STYLES, every=3))
def test_a_file_in_a_style_of_people_comes_back_shorter_and_right(style, tmp_path):
    imitation = Imitation("a file", style, loaded(style, tmp_path, SMALL))
    row, _ = repacked(imitation, SMALL, Effort.FAST, instances=3)
    assert row.after < row.before


#: Of what comes back, the share by which it may be shortened again.
AGAIN = 0.005


@pytest.mark.parametrize("style", ["vectors, one slot a bundle", "wraps with masks",
                                   "scalar, packed in order"])  # fmt: skip
def test_what_comes_back_is_proved_again_from_its_file_and_no_shorter_again(style, tmp_path):
    imitation = Imitation("a file", style, loaded(style, tmp_path, SMALL))
    _, once = repacked(imitation, SMALL, Effort.FAST, instances=1)
    twice = repacked_again(imitation, once, SMALL, Effort.FAST)
    assert once.cycles < once.before
    assert twice.cycles >= (1 - AGAIN) * once.cycles


@pytest.fixture(scope="module")
def forty() -> list[tuple[Row, Repacked]]:
    """The imitations repacked, and what came of that: both tests ask, and it takes minutes."""
    return [repacked(one, SHAPE, Effort.DEFAULT, instances=5) for one in imitations(SHAPE)]


@pytest.mark.long
def test_forty_programs_come_back_proved_again_and_no_shorter_again(forty):
    for row, once in forty:
        twice = repacked_again(row.imitation, once, SHAPE, Effort.DEFAULT)
        print(f"{row.imitation.name}: {row.before:,} to {once.cycles:,} to {twice.cycles:,}")
        assert twice.cycles >= (1 - AGAIN) * once.cycles, row.imitation.name
    assert len(forty) == 40


def test_what_is_made_worse_is_still_a_legal_program():
    program = compiled(plan_of("default", SMALL), SMALL)
    for worse in WORSE:
        faults = {fault.code for fault in static_faults(worse(program), CHALLENGE)}
        assert faults <= {"SW104"}, worse.__name__


def test_words_are_written_twice_at_once_where_that_is_meant():
    program = written_twice(compiled(plan_of("default", SMALL), SMALL))
    assert "SW104" in {fault.code for fault in static_faults(program, CHALLENGE)}


def test_there_are_thirty_of_them_in_the_page():
    (found,) = TABLE.findall(PAGE.read_text(encoding="utf-8"))
    assert found.count("\n| ") > 30


@pytest.mark.long
def test_the_table_of_the_page_is_what_is_measured(forty, request: pytest.FixtureRequest):
    rows = [row for row, _once in forty]
    for row in rows:
        print(f"{row.imitation.name}: {row.before:,} to {row.after:,}")
        assert not row.best or row.after <= 1.05 * row.best, row.imitation.name
    made = "\n".join(table(rows))
    page = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        PAGE.write_text(TABLE.sub(lambda _: made, page), encoding="utf-8")
        return
    assert TABLE.findall(page) == [made]


@pytest.mark.long
@pytest.mark.parametrize("rung", MADE_WORSE)
def test_the_judged_shape_made_worse_comes_back_as_short_as_it_is_compiled(rung):
    for imitation in made_worse(rung, JUDGED):
        row, _ = repacked(imitation, JUDGED, Effort.DEFAULT, instances=2)
        print(f"{imitation.name}: {row.before:,} to {row.after:,}, compiled {row.best:,}")
        assert row.after <= 1.05 * row.best, imitation.name
