"""Readers of problems from outside: what they read, and how they name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.samples import DZN, FJS, RCP, SCH, SM
from slotweave.base.diagnostics import InputError
from slotweave.instances import FORMS, read_instance
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.text.project_json import project_to_json
from slotweave.ir.verify.project_verify import project_faults

ST200 = Path(__file__).parent.parent / "data" / "instances" / "modulo-st200"
TEXTS = {"a.dzn": DZN, "a.sm": SM, "a.rcp": RCP, "a.SCH": SCH, "a.fjs": FJS}


def held(duration: int, *units: int) -> ActivityMode:
    rows = (Use(k, u, 0, duration) for k, u in enumerate(units) if u)
    return ActivityMode(duration, tuple(rows))


def activities(*modes: tuple[ActivityMode, ...], first: int = 1) -> tuple[Activity, ...]:
    return tuple(Activity(str(k), row) for k, row in enumerate(modes, first))


def resources(*capacities: int, letter: str = "R") -> tuple[Resource, ...]:
    return tuple(Resource(f"{letter}{k}", c) for k, c in enumerate(capacities, 1))


def after_end(before: int, after: int) -> Lag:
    return Lag(before, after, 0, from_end=True)


EXPECTED = {
    "a.dzn": Project(
        resources(2, 1),
        activities((held(0),), (held(1, 1, 1),), (held(1, 1),), (held(0),)),
        (Lag(0, 1, 0), Lag(1, 2, 2), Lag(2, 1, 1, 1), Lag(2, 3, 1), Lag(3, 0, 0, 4)),
        is_modulo=True,
    ),
    "a.sm": Project(
        resources(1, 2),
        activities((held(0),), (held(4, 1), held(2, 1, 2)), (held(0),)),
        (after_end(0, 1), after_end(1, 2)),
    ),
    "a.rcp": Project(
        resources(2),
        activities((held(0),), (held(3, 1),), (held(2, 2),), (held(0),)),
        (after_end(0, 1), after_end(0, 2), after_end(1, 3), after_end(2, 3)),
    ),
    "a.SCH": Project(
        resources(2),
        activities((held(0),), (held(2, 1),), (held(1, 2),), (held(0),), first=0),
        (
            *(Lag(0, 1, 0), Lag(0, 2, 1), Lag(1, 2, 3), Lag(1, 3, 2), Lag(2, 1, -5), Lag(2, 3, 1)),
            *(Lag(0, 1, 0), Lag(0, 2, 0), Lag(0, 3, 0)),
        ),
    ),
    "a.fjs": Project(
        resources(1, 1, 1, letter="M"),
        (
            Activity("1.1", (held(4, 1),)),
            Activity("1.2", (held(3, 0, 1), held(2, 0, 0, 1))),
            Activity("2.1", (held(5, 1), held(6, 0, 0, 1))),
        ),
        (after_end(0, 1),),
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_form_is_read(name):
    assert read_instance(TEXTS[name], name) == EXPECTED[name]
    assert read_instance(TEXTS[name].replace("\n", "\r\n"), name) == EXPECTED[name]


@pytest.mark.parametrize("file", sorted(ST200.glob("*.dzn")), ids=lambda file: file.stem)
def test_the_loops_of_st200_are_read(file):
    text = file.read_text()
    project = read_instance(text, file.name)
    assert list(project_faults(project)) == []
    assert f"n_tasks = {project.size};" in text
    assert f"n_prec = {len(project.lags)};" in text


def test_a_bar_may_stand_before_the_end_of_a_table():
    text = DZN.replace("4 |];", "4 ||];")
    assert text != DZN
    assert read_instance(text, "a.dzn") == EXPECTED["a.dzn"]


def test_our_own_form_is_json():
    project = EXPECTED["a.sm"]
    assert read_instance(project_to_json(project), "a.json") == project
    assert read_instance(project_to_json(project), "-") == project


WRONG = [
    ("a.dzn", "rcap = [2, 1]", "rcap = [2]", 2, "rcap has 1 entries, and n_res declares 2"),
    ("a.dzn", "n_tasks = 4", "n_tasks = 5", 4, "rreq has 4 rows, and n_tasks declares 5"),
    ("a.dzn", "n_prec = 5", "n_prec = 4", 10, "prec has 5 rows, and n_prec declares 4"),
    ("a.dzn", "| 2, 3, 2, 0", "| 2, 3, 2", 11, "row 2 of prec has 3 entries instead of 4"),
    ("a.dzn", "| 2, 3, 2, 0", "| 2, 9, 2, 0", 11, "prec names task 9, and there are 4"),
    ("a.dzn", "| 2, 3, 2, 0", "| 2, 3, 2, -1", 11, "the distance -1, and 0 iterations are"),
    ("a.dzn", "| 2, 3, 2, 0", "| 2, 3, x, 0", 11, "'x' is no integer; an entry of prec"),
    ("a.dzn", "| 2, 3, 2, 0", "| 2, 3, 1 + 2, 0", 11, "'+' stands where a `,` or `|` in prec"),
    ("a.dzn", "n_tasks = 4", "n_jobs = 4", 3, "'n_jobs' is not one of n_res"),
    ("a.dzn", "n_tasks = 4", "n_res = 4", 3, "n_res is assigned twice"),
    ("a.dzn", "n_tasks = 4;", "n_tasks = 4", 4, "'rreq' stands where the `;` after n_tasks"),
    ("a.dzn", "n_prec = 5;", "", 14, "there is no assignment to n_prec"),
    ("a.dzn", "[| 0, 0", "[| 0, 1", 4, "task 1 is the source or the sink"),
    ("a.sm", "sink ):  3", "sink ):  4", 14, "the number of job 4 of 4 in PRECEDENCE"),
    ("a.sm", "sink ):  3", "sink ):  2", 13, "successor 1 of 1 of job 2 of 2 must be from 1 to 2"),
    ("a.sm", "jobs (incl", "tasks (incl", 1, "no line `jobs : number`"),
    (
        "a.sm",
        "- renewable                 :  2",
        "- renewable : 3",
        20,
        "1 stands where the row of job 2",
    ),
    ("a.sm", "RESOURCEAVAILABILITIES", "AVAILABILITIES", 27, "no section RESOURCEAVAILABILITIES"),
    ("a.sm", "  3      1     0", "  4      1     0", 22, "4 stands where the row of job 3 of 3"),
    ("a.sm", "         2     2 ", "         1     2 ", 21, "the number of mode 2 of 2 of job 2"),
    ("a.sm", "    1    2\n*", "    1    2 7\n*", 26, "'7' stands after"),
    ("a.rcp", "0 0 0\n", "0 0 1\n", 8, "the text ends where successor 1 of 1 of activity 4"),
    ("a.rcp", "3 1 1 4", "3 1 1 5", 6, "successor 1 of 1 of activity 2 of 4 must be from 1 to 4"),
    ("a.rcp", "4 1", "3 1", 6, "successor 1 of 1 of activity 2 of 3 must be from 1 to 3"),
    ("a.rcp", "0 0 0\n", "0 0 0 9\n", 8, "'9' stands after the last of 4 activities"),
    ("a.SCH", "[-5] [1]", "[-5]", 5, "'3' is no lag [n] of activity 2 of 0 to 3"),
    ("a.SCH", "[-5] [1]", "[-5] [x]", 4, "'[x]' is no lag [n]"),
    ("a.SCH", "2 1 2 1 3", "7 1 2 1 3", 4, "7 stands where the row of activity 2 of 0 to 3"),
    ("a.fjs", "1 2 1 5 3 6", "1 2 1 5 4 6", 3, "machine 2 of 2 of operation 1 of 1 of job 2 of 2"),
    ("a.fjs", "1 2 1 5 3 6", "1 2 1 5 3 6 8", 3, "'8' stands after the last operation of job 2"),
    ("a.fjs", "2 3 1.5", "3 3 1.5", 3, "the text ends where the number of operations of job 3"),
    ("a.fjs", "2 3 1.5", "1 3 1.5", 3, "'1' stands after the last of 1 jobs"),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "said"), WRONG)
def test_what_is_wrong_is_named_with_its_line(name, old, new, line, said):
    assert TEXTS[name].count(old) == 1
    with pytest.raises(InputError) as refused:
        read_instance(TEXTS[name].replace(old, new), name)
    found = refused.value.diagnostic
    assert said in found.message
    assert (found.code, found.file, found.line) == ("SW223", name, line)


KINDS = [
    ("a.sm", "nonrenewable              :  0", "nonrenewable : 1", "nonrenewable resources"),
    ("a.sm", "constrained        :  0", "constrained : 2", "doubly constrained resources"),
    ("a.sm", "projects                      :  1", "projects : 2", "2 projects in one file"),
    ("a.SCH", "2 1 0 0\n", "2 1 1 0\n", "non-renewable resources"),
    ("a.SCH", "2 1 0 0\n", "2 1 0 1\n", "doubly constrained resources"),
    ("a.SCH", "1 1 2 2 3", "1 2 2 2 3", "several modes of an activity with time lags"),
]


@pytest.mark.parametrize(("name", "old", "new", "kind"), KINDS)
def test_kinds_that_are_not_supported_are_named(name, old, new, kind):
    text = TEXTS[name].replace(old, new, 1)
    assert text != TEXTS[name]
    with pytest.raises(InputError, match=f"{kind} are not supported") as refused:
        read_instance(text, name)
    assert refused.value.diagnostic.code == "SW224"
    assert refused.value.diagnostic.line is not None


def test_an_unknown_ending_is_refused():
    with pytest.raises(InputError, match=r"ending \.xml are not supported") as refused:
        read_instance("", "a.xml")
    assert refused.value.diagnostic.code == "SW224"


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_a_cut_or_changed_text_is_read_or_refused(name, data):
    text = TEXTS[name]
    at = data.draw(st.integers(0, len(text)))
    inserted = data.draw(st.text("0123456789-[]|;,= \n%*Rax", max_size=3))
    dropped = data.draw(st.sampled_from((0, 1, 5, len(text))))
    changed = text[:at] + inserted + text[at + dropped :]
    found = read_or_refusal(changed, name)
    if isinstance(found, InputError):
        assert found.diagnostic.code in ("SW223", "SW224")
        assert len(str(found)) < 300
    else:
        assert list(project_faults(found)) == []


@pytest.mark.parametrize("name", [*TEXTS, "a.json"])
def test_of_a_text_that_was_cut_off_no_line_after_its_end_is_named(name):
    text = TEXTS.get(name) or project_to_json(read_instance(DZN, "a.dzn"))
    refused = 0
    for size in range(len(text)):
        for cut in (text[:size], f"{text[:size]}\n", f"{text[:size]}\n \n\n"):
            found = read_or_refusal(cut, name)
            if isinstance(found, InputError):
                refused += 1
                assert (found.diagnostic.line or 1) <= max(1, cut.rstrip().count("\n") + 1)
    assert refused > len(text)


def read_or_refusal(text: str, name: str) -> Project | InputError:
    try:
        return read_instance(text, name)
    except InputError as refusal:
        return refusal


def test_every_form_has_a_sample():
    endings = {f".{name.split('.')[1].lower()}" for name in TEXTS}
    assert set(FORMS) == endings | {".json", ".txt"}
