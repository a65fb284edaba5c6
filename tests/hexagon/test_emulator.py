"""QEMU as a judge: the harness, what is compared, and what is said where nothing runs."""

from pathlib import Path

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.hexagon.judges import emulator
from slotweave.hexagon.judges.emulator import Trial, compare, missing
from slotweave.hexagon.judges.harness import Argument, arguments_of, harness_source
from support.command_line import slotweave
from support.hexagon.listings import KERNELS, packets_text

needs_emulator = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")

ADD = "f:\n\t{\n\t\tr0 = add(r0,r1)\n\t\tjumpr r31\n\t}\n"
HEAD = "\t.text\n\t.globl f\n"


def test_arguments_are_pointers_and_ranges():
    assert arguments_of("pointer,0..9") == (Argument(True), Argument(False, 0, 9))
    assert arguments_of("") == ()


@pytest.mark.parametrize("text", ["pointers", "9..0", "1..", "0..99999999999", "pointer," * 7])
def test_what_is_no_argument_is_refused(text):
    with pytest.raises(InputError) as refused:
        arguments_of(text)
    assert refused.value.diagnostic.code == "SW212"


def test_each_pointer_has_a_buffer_of_its_own():
    source = harness_source("f", arguments_of("pointer,integer,pointer"), 3, 0)
    assert "in[0] = (u32)(buffers + 0);" in source
    assert "in[2] = (u32)(buffers + 4096);" in source


@needs_emulator
def test_a_wrong_instruction_is_found(tmp_path: Path):
    one, other = tmp_path / "a.s", tmp_path / "b.s"
    one.write_text(HEAD + ADD)
    other.write_text(HEAD + ADD.replace("add", "sub"))
    how = ("f", arguments_of("integer,1..9"), 10, 0, "hexagonv67")
    assert compare((one, one), *how).mismatch is None
    found = compare((one, other), *how)
    assert (found.ran, found.mismatch) == (True, 0)
    assert found.what.startswith("r0 is")


#: A store that may not be made, and then a store and a load of one word.
FORGOTTEN = [
    ["p0 = cmp.eq(r1,#1)", "r9 = #6", "r2 = #0"], ["if (p0) memw(r0+#8) = r9", "memw(r0+#12) = r9"],
    ["memw(r0+r2<<#0) = r9", "r9 = memw(r0+r2<<#0)"],
]  # fmt: skip


@needs_emulator
def test_a_difference_that_an_old_emulator_may_have_made_is_doubted(tmp_path: Path):
    """The store and the load stand side by side, or not: with a newer one both do the same."""
    end = packets_text([["r0 = r9"], ["jumpr r31"]])
    store, load = FORGOTTEN[2]
    files = tmp_path / "apart.s", tmp_path / "beside.s"
    files[0].write_text(HEAD + "f:\n" + packets_text([*FORGOTTEN[:2], [store], [load]]) + end)
    files[1].write_text(HEAD + "f:\n" + packets_text(FORGOTTEN, ["mem_noshuf"]) + end)
    how = ("f", arguments_of("pointer,0..0"), 5, 1, "hexagonv67")
    trial = compare(files, *how)
    assert trial.ran
    if trial.mismatch is not None:
        assert "QEMU before version 10 may miss a store" in trial.what
    assert compare((files[0], files[0]), *how).mismatch is None


@needs_emulator
def test_where_both_fail_at_once_nothing_is_the_same(tmp_path: Path):
    file = tmp_path / "a.s"
    file.write_text(HEAD + ADD.replace("r0 = add(r0,r1)", "r0 = memw(r0+#0)"))
    ask = ("hexagon", "verify", file, file, "--function", "f", "--arguments")
    failed = slotweave(*ask, "0..0")
    assert failed.code == 2
    assert "nothing was compared: both fail in the first run of f" in failed.err
    assert "SIGSEGV" in failed.err
    assert slotweave(*ask, "pointer").out.startswith("f: 100 runs, the same; ")


@needs_emulator
def test_executed_packets_are_counted(tmp_path: Path):
    one, other = tmp_path / "a.s", tmp_path / "b.s"
    one.write_text(HEAD + ADD)
    other.write_text(HEAD + ADD.replace("f:\n", "f:\n\t{\n\t\tr2 = r3\n\t}\n"))
    how = ("f", arguments_of("integer,integer"), 10, 0, "hexagonv67")
    first, second = compare((one, other), *how).packets
    assert second - first == 10


@needs_emulator
def test_what_the_linker_lacks_is_named(tmp_path: Path):
    one = tmp_path / "a.s"
    one.write_text(HEAD + "f:\n\t{\n\t\tcall elsewhere\n\t}\n")
    with pytest.raises(InputError, match="elsewhere") as refused:
        compare((one, one), "f", (), 1, 0, "hexagonv67")
    assert refused.value.diagnostic.code == "SW229"


@needs_emulator
@pytest.mark.long
def test_the_example_packed_again_does_the_same(tmp_path: Path):
    shorter = tmp_path / "shorter.s"
    packed = slotweave("hexagon", "repack", KERNELS, "--work", 1, "-o", shorter, "-q")
    assert packed.code == 0, packed.err
    for function, arguments in (
        ("sha8", "pointer,pointer,pointer"),
        ("hash4", "pointer,pointer"),
        ("chacha2", "pointer"),
        ("dot16", "0..500,pointer,pointer"),
    ):
        answer = slotweave("hexagon", "verify", KERNELS, shorter, "--function", function,
                           "--arguments", arguments, "--json")  # fmt: skip
        assert answer.code == 0, answer.err
        first, second = answer.json["packets"]
        assert second < first


def test_a_version_that_qemu_does_not_run_is_not_run(tmp_path: Path):
    trial = compare((tmp_path, tmp_path), "f", (), 1, 0, "hexagonv68")
    assert trial == Trial(False, "QEMU runs versions up to v67, and this is v68")


def test_what_is_missing_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "a.s"
    file.write_text(HEAD + ADD)
    monkeypatch.setattr(emulator, "find_spec", lambda _name: None)
    monkeypatch.setattr(emulator.shutil, "which", lambda _name: None)
    answer = slotweave("hexagon", "verify", file, file, "--function", "f")
    assert answer.code == 2
    assert "SW217" in answer.err
    assert "slotweave[hexagon]" in answer.err
    assert "qemu-user" in answer.err


def test_a_function_that_is_not_there_is_named(tmp_path: Path):
    file = tmp_path / "a.s"
    file.write_text(HEAD + ADD)
    answer = slotweave("hexagon", "verify", file, file, "--function", "g")
    assert (answer.code, "SW229" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("first", "second", "mismatch"),
    [
        (("1 2 3", "1 2 3"), ("1 2 3", "1 2 3"), None),
        (("1 2 3",), ("1 4 3",), 0),
        (("1 2 3", "1 2 3"), ("1 2 3",), 1),
    ],
)
def test_lines_are_compared_one_by_one(first, second, mismatch):
    runs = [emulator._Run(lines, "" if len(lines) == len(first) else "it ended with 139")
            for lines in (first, second)]  # fmt: skip
    assert emulator._judged(runs[0], runs[1], 2).mismatch == mismatch
