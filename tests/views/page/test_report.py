"""The page: what it holds is what `inspect` says, and it asks for nothing from outside."""

from __future__ import annotations

import base64
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from slotweave.anatomy.inspect import inspect_program
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.views.page import Reported, report
from slotweave.views.svg.matched import ALONE
from support.command_line import assert_refused, slotweave
from support.scalar_programs import scalar_tree_hash

SMALL = Program(
    "challenge",
    (
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("load", 8, 0), ("load", 9, 1))},
        {"alu": (("+", 8, 8, 9),)},
        {"store": (("store", 0, 8),)},
    ),
    names={8: ("sum </script><b>", 1)},
)


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def ints(text: str, kind: str = "<i4") -> list[int]:
    return np.frombuffer(base64.b64decode(text), kind).tolist()


def page_of(program: Program, **options: Any) -> str:
    return report(Reported("it", program, CHALLENGE, NOTHING_KNOWN), **options)


def test_every_operation_stands_where_it_is_issued() -> None:
    (shown,) = data_of(page_of(SMALL))["programs"]
    names = [name for name, _slots in shown["engines"]]
    rows = zip(ints(shown["time"]), ints(shown["engine"], "u1"), ints(shown["slot"], "u1"),
               ints(shown["kind"], "<u2"), strict=True)  # fmt: skip
    places = [(time, names[engine], slot, shown["kinds"][kind][0])
              for time, engine, slot, kind in rows]  # fmt: skip
    wanted = [(at, engine, slot, written[0]) for at, bundle in enumerate(SMALL.bundles)
              for engine, slots in bundle.items()
              for slot, written in enumerate(slots)]  # fmt: skip
    assert places == wanted


def test_what_an_operation_waited_for_is_what_it_reads() -> None:
    (shown,) = data_of(page_of(SMALL))["programs"]
    offset, source = ints(shown["preds"]), ints(shown["pred"])
    waits = [set(source[a:b]) for a, b in pairwise(offset)]
    assert waits == [set(), set(), {0}, {1}, {2, 3}, {0, 2, 4}], "and the load of its own word"


def test_the_numbers_are_those_of_inspect() -> None:
    program, facts = scalar_tree_hash(3, 2, 4)
    seen = inspect_program(program, CHALLENGE, facts).to_json()
    data = data_of(report(Reported("it", program, CHALLENGE, facts)))
    (shown,) = data["programs"]
    assert shown["cycles"] == seen["cycles"]
    assert shown["ladder"] == [[b["name"], b["cycles"], b["why"]] for b in seen["ladder"]]
    tables = {caption: rows for caption, _heads, rows in data["tables"]}
    assert [row[1] for row in tables["Engines"]] == [e["used"] for e in seen["engines"].values()]
    idle = {row[0]: sum(row[1:]) for row in tables["Idle slots by cause"]}
    assert idle == {name: sum(causes.values()) for name, causes in seen["idle"].items()}
    assert tables["Scratch"][0][0] == seen["scratch"]["peak"]


def test_only_a_program_with_a_body_has_head_and_tail() -> None:
    """The scalar program never fills its busiest engine; the small one fills it at first."""
    program, facts = scalar_tree_hash(3, 2, 4)
    scalar = data_of(report(Reported("it", program, CHALLENGE, facts)))
    assert scalar["programs"][0]["spans"] is None
    assert "Spans" not in [caption for caption, _heads, _rows in scalar["tables"]]
    full = data_of(page_of(SMALL))
    assert full["programs"][0]["spans"] == [0, 2]
    assert ["Spans", ["engine", "head", "body", "tail"], [["load", 0, 2, 2]]] in full["tables"]


def test_more_slots_never_cost_and_its_own_give_what_it_takes_or_less() -> None:
    program, _facts = scalar_tree_hash(3, 2, 4)
    (shown,) = data_of(page_of(program))["programs"]
    for engine, found in shown["what_if"].items():
        cycles = [takes for _slots, takes in found]
        assert cycles == sorted(cycles, reverse=True)
        assert dict(map(tuple, found))[CHALLENGE.slots[engine]] <= shown["cycles"]


def test_the_page_asks_for_nothing_and_no_text_breaks_out_of_its_data() -> None:
    page = page_of(SMALL)
    assert not re.findall(r"(?:src|href)=\"?(?!#)[^\">]*:", page)
    assert "fetch(" not in page
    assert "</script><b>" not in page
    assert data_of(page)["programs"][0]["names"] == [[8, "sum </script><b>", 1]]


def test_two_programs_are_matched_by_what_they_compute() -> None:
    other = Program("challenge", ({"flow": (("pause",),)}, *SMALL.bundles))
    data = data_of(page_of(SMALL, other=Reported("b", other, CHALLENGE, NOTHING_KNOWN)))
    assert [ints(of) for of in data["match"]] == [[1, 2, 3, 4, 5, 6], [ALONE, 0, 1, 2, 3, 4, 5]]
    assert data["sentence"].startswith("b is 1 cycle longer than it.")


def test_a_long_program_is_shown_in_part_and_the_page_says_so() -> None:
    long = Program("challenge", SMALL.bundles * 30)
    data = data_of(page_of(long, span=(40, 60)))
    (shown,) = data["programs"]
    assert (shown["cycles"], shown["overview"]["cycles"]) == (20, 120)
    assert "cycles 40 to 59 alone" in data["sampled"]
    assert len(ints(shown["overview"]["shares"]["load"], "u1")) == 120


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    file, page = tmp_path / "p.json", tmp_path / "p.html"
    file.write_text(program_to_json(SMALL))
    assert slotweave("report", file, "-o", page).code == 0
    assert data_of(page.read_text())["programs"][0]["cycles"] == 4
    assert_refused(slotweave("report", file, "-o", page, "--cycles", "9"), "SW212", "A..B")
    assert_refused(slotweave("report", file, "-o", page, "--cycles", "3..9"), "SW212", "cycles 0")


def test_a_program_whose_run_is_not_known_is_refused(tmp_path: Path) -> None:
    loop = Program("challenge", ({"load": (("load", 0, 1),)}, {"flow": (("cond_jump", 0, 0),)}))
    file = tmp_path / "loop.json"
    file.write_text(program_to_json(loop))
    assert_refused(slotweave("report", file, "-o", tmp_path / "x.html"), "SW219")
    known = tmp_path / "known.json"
    known.write_text(program_to_json(scalar_tree_hash(1, 1, 1)[0]))
    of_two = slotweave("report", known, file, "-o", tmp_path / "x.html")
    assert_refused(of_two, "SW219", f"{file}, bundle 1")
    assert not (tmp_path / "x.html").exists()


LOOP = Program(
    "challenge",
    (
        {"load": (("const", 0, 5), ("const", 1, 1))},
        {"alu": (("-", 0, 0, 1),)},
        {"flow": (("cond_jump", 0, 1),)},
        {"flow": (("halt",),)},
        {"alu": (("+", 3, 3, 3),)},  # never runs
    ),
)


def test_a_part_of_a_program_that_jumps_is_one_of_its_run() -> None:
    data = data_of(page_of(LOOP, span=(3, 9)))
    (shown,) = data["programs"]
    assert (shown["cycles"], shown["overview"]["cycles"]) == (6, 12)
    assert data["sentence"].startswith("It takes 12 cycles")
    halts = Program("challenge", ({"flow": (("halt",),)}, *SMALL.bundles))
    assert data_of(page_of(halts, span=(0, 1)))["programs"][0]["overview"]["cycles"] == 1
