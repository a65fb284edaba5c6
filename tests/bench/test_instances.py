"""Series of scheduling problems: what the table says, and the naive model beside ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from instances.samples import RCP, SCH
from slotweave.bench.instances import files_of, known_of, solved, table
from slotweave.bench.naive_model import naive_seconds
from slotweave.driver.solving.solve import Limits, Method
from slotweave.instances import read_instance

ST200 = Path(__file__).parent.parent / "data" / "instances" / "modulo-st200"
FEW = Limits(evaluations=30, workers=1)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.rcp").write_text(RCP)
    (tmp_path / "b.SCH").write_text(SCH.replace("[-5]", "[-2]"))
    return tmp_path


def rows_of(folder: Path, known: str) -> list[str]:
    (folder / "optimum.csv").write_text(f"problem, optimum\n{known}\n")
    return list(table(list(solved(files_of(folder), Method.EXACT, FEW))))


def test_each_problem_has_a_row_and_all_are_summed_up(folder):
    lines = rows_of(folder, "a.rcp, 3..5\nb.SCH,unsat")
    assert lines[0].startswith("| problem | makespan | bound | known | proved by | seconds")
    assert lines[2].startswith("| a.rcp | 5 | 5 | 3..5 | bound |")
    assert lines[3].startswith("| b.SCH | none exists | - | unsat | bound |")
    assert lines[-1] == "2 of 2 decided; 0.00 % above the best known on average, 0.00 % at most"


def test_what_contradicts_the_known_is_named(folder):
    assert rows_of(folder, "a.rcp,4\nb.SCH,7")[-1].endswith("known: a.rcp, b.SCH")
    assert rows_of(folder, "a.rcp,6..8")[-1].endswith("known: a.rcp")
    assert rows_of(folder, "a.rcp,unsat")[-1].endswith("known: a.rcp")


def test_without_a_file_nothing_is_known(folder):
    assert known_of(folder) == {}


def test_the_naive_model_comes_to_the_same_period():
    project = read_instance((ST200 / "easy_2.dzn").read_text(), "easy_2.dzn")
    period, seconds = naive_seconds(project, 20.0, 2, with_makespan=False)
    assert period == 9
    assert seconds is not None
    with pytest.raises(ValueError, match="of modulo projects"):
        naive_seconds(read_instance(RCP, "a.rcp"), 1.0, 1, with_makespan=False)


@pytest.mark.parametrize("titles", ["", "problem,optimum\n", "problem, optimum\n"])
def test_the_first_line_of_what_is_known_may_be_titles(titles, tmp_path):
    (tmp_path / "optimum.csv").write_text(f"{titles}a.sm,42\nb.sm, 3..5\nc.sm,unsat\nd.sm,..7\n")
    known = known_of(tmp_path)
    assert {name: (each.lower, each.upper, each.is_unsat) for name, each in known.items()} == {
        "a.sm": (42, 42, False), "b.sm": (3, 5, False), "c.sm": (None, None, True),
        "d.sm": (None, 7, False),
    }  # fmt: skip
