"""The commands of `slotweave hexagon`."""

import json
from pathlib import Path

import pytest

from slotweave.hexagon.judges import assembler
from support.command_line import assert_refused, slotweave
from support.examples import a_share
from support.hexagon.listings import KERNELS, listing_of, text_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")

SMALL = text_of([["r0 = r1"], ["r2 = r3"], ["r4 = add(r0,r2)", "jumpr r31"]])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.s"
    path.write_text(SMALL)
    return path


def test_repack_writes_the_shorter_file(small: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.s"
    answer = slotweave("hexagon", "repack", small, "-o", output, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["totals"]["before"] == 3
    assert answer.json["totals"]["after"] == 2
    assert output.read_text() == text_of([["r0 = r1", "r2 = r3"],
                                          ["r4 = add(r0,r2)", "jumpr r31"]])  # fmt: skip


def test_packets_that_cannot_be_are_faults_of_the_input(tmp_path: Path) -> None:
    file, output = tmp_path / "twice.s", tmp_path / "out.s"
    file.write_text(text_of([["r0 = add(r0,r1)", "r0 = r3"], ["jumpr r31"]]))
    refused = slotweave("hexagon", "repack", file, "-o", output)
    assert_refused(refused, "SW213", str(file), "as it is given: packet 0: r0 is written twice")
    assert not output.exists()


@pytest.mark.parametrize("text", a_share([listing_of("dct8"), KERNELS.read_text()], 2),
                         ids=["a function", "the example"])  # fmt: skip
def test_the_same_work_gives_the_same_text(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.s"
    path.write_text(text)
    ones = [slotweave("hexagon", "repack", path, "--work", 0.02, "-o", "-") for _ in range(2)]
    assert ones[0].out == ones[1].out
    assert ones[0].out != text


def test_repack_reads_stdin_and_writes_stdout() -> None:
    answer = slotweave("hexagon", "repack", "-", "-o", "-", stdin=SMALL)
    assert answer.out.count("{") == 2


def test_inspect_names_bounds_and_idle_slots(small: Path) -> None:
    answer = slotweave("hexagon", "inspect", small, "--json")
    (row,) = answer.json["blocks"]
    assert row["bound"]["packets"] == 2
    assert sum(row["idle"].values()) == 8
    assert row["stalls"]["modelled"] is True
    assert answer.json["understood"]["share"] == 1.0
    assert "understood 100.0 %" in slotweave("hexagon", "inspect", small).out


@pytest.mark.parametrize("verb", ["inspect", "bound", "repack"])
def test_quiet_leaves_out_the_summary_only_where_a_file_is_written(
    verb: str, small: Path, tmp_path: Path
) -> None:
    assert slotweave("hexagon", verb, small, "-q").out == slotweave("hexagon", verb, small).out
    if verb == "repack":
        assert slotweave("hexagon", verb, small, "-o", tmp_path / "out.s", "-q").out == ""


def test_bound_lists_each_reason(small: Path) -> None:
    (row,) = slotweave("hexagon", "bound", small, "--json").json["blocks"]
    assert {one["packets"] for one in row["bounds"]} >= {2, 1}
    assert "the longest chain of lags" in slotweave("hexagon", "bound", small).out


def test_a_bound_of_packets_that_break_a_rule_says_what_it_is_of(tmp_path: Path) -> None:
    path = tmp_path / "later.s"
    rows = [["r0 = asl(r1,#3)", "r2 = asl(r3,#3)", "if (p0) jump .Lend"]]
    path.write_text(text_of(rows) + ".Lend:\n")  # fine from v62 on, and no version is named
    (row,) = slotweave("hexagon", "bound", path, "--least", 1, "--json").json["blocks"]
    assert max(one["packets"] for one in row["bounds"]) == 2 > row["before"]
    assert row["broken"].startswith("its own packets break a rule of v60")
    said = "bounds of packings that keep the rules; its own packets break a rule of v60"
    assert said in slotweave("hexagon", "bound", path, "--least", 1).out


def test_report_shows_packets_before_and_after(small: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert slotweave("hexagon", "report", small, "-o", page).code == 0
    text = page.read_text()
    assert "3 packets to 2" in text
    assert "r4 = add(r0,r2)" in text
    assert "http" not in text


def test_counts_weigh_blocks(small: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text(json.dumps({"f": 7}))
    answer = slotweave("hexagon", "inspect", small, "--counts", counts, "--json")
    assert answer.json["totals"]["before"] == 21


def test_counts_go_by_the_names_that_tables_show(tmp_path: Path) -> None:
    file, counts = tmp_path / "two.s", tmp_path / "counts.json"
    first = "\t.type\tf,@function\n" + text_of([["r0 = r1"], ["r2 = r3"]])
    file.write_text(first + ".LBB0_1:\n\t{\n\t\tr4 = r5\n\t}\n")
    ask = ("hexagon", "inspect", file, "--counts", counts)
    assert "f .LBB0_1" in slotweave("hexagon", "inspect", file, "--least", 1).out
    counts.write_text(json.dumps({"f .LBB0_1": 7}))
    assert slotweave(*ask, "--json").json["totals"]["before"] == 7
    counts.write_text(json.dumps({"f .LBB0_1": 3, ".LBB0_1": 4}))
    assert slotweave(*ask, "--json").json["totals"]["before"] == 7
    counts.write_text(json.dumps({".LBB0_2": 7}))
    refused = slotweave(*ask)
    assert (refused.code, "there is no block '.LBB0_2'" in refused.err) == (2, True)


def test_an_unknown_block_is_answered_by_names_or_by_the_command_that_shows_them(
    tmp_path: Path,
) -> None:
    file, counts = tmp_path / "many.s", tmp_path / "counts.json"
    counts.write_text(json.dumps({"zzz": 7}))
    first = "\t.type\tf,@function\nf:\n\t{\n\t\tr4 = r5\n\t}\n"
    for size, said in (
        (2, "(known: f, f .LBB0_0, f .LBB0_1)"),
        (12, "(`slotweave hexagon inspect FILE.s --least 1` shows the 13 names)"),
    ):
        blocks = [f".LBB0_{k}:\n\t{{\n\t\tr4 = r5\n\t}}\n" for k in range(size)]
        file.write_text(first + "".join(blocks))
        assert said in slotweave("hexagon", "inspect", file, "--counts", counts).err
        lines = slotweave("hexagon", "inspect", file, "--least", 1).out.splitlines()
        assert sum(line.startswith("f") for line in lines) == size + 1


def test_a_version_newer_than_what_is_known_is_named(tmp_path: Path) -> None:
    file = tmp_path / "new.s"
    for version, said in ((68, False), (73, True)):
        file.write_text(f"\t.attribute\t4, {version}\t// Tag_arch\n" + text_of([["r0 = r1"]]))
        told = slotweave("hexagon", "inspect", file).out
        assert (f"the file is for v{version}" in told) == said


def test_lines_that_are_not_understood_are_not_understood(tmp_path: Path) -> None:
    file = tmp_path / "strange.s"
    file.write_text(text_of([["r0 = r1"]]) + "\t{\n\t\tr2 = r3 }\n")
    known = slotweave("hexagon", "inspect", file, "--json").json["understood"]
    assert (known["instructions"], known["known"], known["share"]) == (2, 1, 0.5)
    assert "not understood, which stay as they are: " in slotweave("hexagon", "inspect", file).out


@pytest.mark.parametrize("text", ["[]", "{", '{"f": -1}', '{"f": true}'])
def test_bad_counts_are_refused(small: Path, tmp_path: Path, text: str) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text(text)
    answer = slotweave("hexagon", "inspect", small, "--counts", counts)
    assert (answer.code, "SW212" in answer.err) == (2, True)


def test_an_unknown_fact_is_refused(small: Path) -> None:
    answer = slotweave("hexagon", "repack", small, "--assume", "private-spill")
    assert answer.code == 2
    assert "did you mean 'private-spills'?" in answer.err


def test_a_missing_file_is_refused() -> None:
    answer = slotweave("hexagon", "inspect", "nowhere.s")
    assert (answer.code, "SW203" in answer.err) == (2, True)


def test_the_example_is_understood() -> None:
    answer = slotweave("hexagon", "inspect", KERNELS, "--json")
    assert answer.json["totals"]["before"] == 629
    assert answer.json["understood"] == {
        "instructions": 1586, "known": 1586, "share": 1.0, "unknown": {}, "strange_lines": []
    }  # fmt: skip


def test_an_assembler_that_refuses_a_packet_ends_the_command(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        name = "an assembler"

        def messages(self, text: str, _cpu: str) -> list[assembler.Message]:
            packets = text.count("}")
            return [assembler.Message(1, "error", "unknown directive")] + [
                assembler.Message(4, "error", "out of slots") for _ in range(packets == 2)
            ]

    monkeypatch.setattr(assembler, "find_assembler", Refusing)
    output = tmp_path / "out.s"
    answer = slotweave("hexagon", "repack", small, "-o", output)
    assert answer.code == 1
    assert "an assembler refuses what would be written: out of slots" in answer.err
    assert not output.exists()


def test_without_an_assembler_the_command_says_so(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembler, "find_assembler", lambda: None)
    answer = slotweave("hexagon", "repack", small)
    assert answer.code == 0
    assert "slotweave[hexagon]" in answer.err


def test_a_self_test_says_who_notices(small: Path) -> None:
    tested = slotweave("hexagon", "repack", small, "--self-test", 50, "--json").json["self_test"]
    assert tested["mutants"] == 50
    assert tested["caught"] + tested["equivalent"] == 50
    assert tested["by"]["symbols"] > 20


@pytest.mark.parametrize("verb", ["inspect", "bound", "repack", "report"])
def test_what_is_no_assembly_is_refused(verb: str, tmp_path: Path) -> None:
    file = tmp_path / "triple.py"
    file.write_text("def triple(k, n=8):\n    pass\n", encoding="utf-8")
    answer = slotweave("hexagon", verb, file)
    assert_refused(answer, "SW213", "there is no instruction for Hexagon in it")
