"""A program says at which line of the kernel each slot was written, and both file forms keep it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import slotweave as sw
from slotweave.base.diagnostics import InputError
from slotweave.driver.source_lines import LONGEST
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import parse_program, program_to_json, program_to_text
from slotweave.views.drawn import kernel_lines

STRAIGHT = """
def f(k, n=8):
    x = k.region("x", 0, n, output=True)
    a = x.vload(0)
    x.vstore(0, a * a)
"""
LOOPS = """
def f(k):
    x = k.region("x", 0, 8, output=True)
    at = k.variable(0)
    with k.loop(8):
        x.store(at.value, x[at.value] + 1)
        at.value = at.value + 1
"""


def compiled(folder: Path, text: str) -> Program:
    file = folder / "mine.py"
    file.write_text(text)
    return sw.compile(f"{file}:f").program


def named(program: Program) -> list[tuple[str, str]]:
    """The mnemonic and the line of each slot."""
    slots = [slot[0] for b in program.bundles for row in b.values() for slot in row]
    lines = [program.lines.texts[at] if at >= 0 else "" for at in program.lines.slots]
    return list(zip(slots, lines, strict=True))


def test_each_slot_has_the_line_that_wrote_it(tmp_path: Path) -> None:
    found = dict(named(compiled(tmp_path, STRAIGHT)))
    assert found["vload"] == "mine.py:4"
    assert found["*"] == found["vstore"] == "mine.py:5"


def test_the_text_of_each_line_travels_with_it(tmp_path: Path) -> None:
    lines = compiled(tmp_path, STRAIGHT).lines
    assert dict(zip(lines.texts, lines.sources, strict=True)) == {
        "mine.py:4": "a = x.vload(0)",
        "mine.py:5": "x.vstore(0, a * a)",
    }


def test_a_long_line_is_cut_and_one_of_two_files_of_one_name_has_no_text(tmp_path: Path) -> None:
    long = STRAIGHT.replace("a * a)", f"a * a)  # {'so ' * 100}")
    (found,) = [text for text in compiled(tmp_path, long).lines.sources if "vstore" in text]
    assert len(found) == LONGEST
    assert found.endswith("so ...")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.py").write_text("\n\n\n\ndef square(a): return a * a\n")
    (tmp_path / "other" / "__init__.py").touch()
    both = "from other.mine import square" + STRAIGHT.replace("a * a", "square(a)")
    lines = compiled(tmp_path, both).lines
    assert "mine.py:5" in lines.texts
    assert "vstore" not in str(lines.sources)


def test_files_without_the_texts_of_lines_load_and_stay_so(tmp_path: Path) -> None:
    program = compiled(tmp_path, STRAIGHT)
    old = replace(program, lines=replace(program.lines, sources=()))
    assert "sources" not in program_to_json(old)
    assert parse_program(program_to_json(old)) == old


def test_of_a_kernel_that_jumps_what_linking_added_has_none(tmp_path: Path) -> None:
    found = named(compiled(tmp_path, LOOPS))
    assert ("store", "mine.py:6") in found
    assert [line for name, line in found if name.startswith("cond_jump")] == [""]


@pytest.mark.parametrize("form", [program_to_json, program_to_text])
def test_both_forms_keep_the_lines(tmp_path: Path, form) -> None:
    program = compiled(tmp_path, STRAIGHT)
    assert parse_program(form(program)) == program


@pytest.mark.parametrize(
    "lines",
    ['{"texts": ["a"], "slots": [1]}', '{"texts": [3], "slots": []}', "[]", '{"slots": []}'],
)
def test_lines_that_are_none_are_refused(lines: str) -> None:
    with pytest.raises(InputError, match=r"SW204.*'lines' has"):
        parse_program(f'{{"program": [], "lines": {lines}}}')


@pytest.mark.parametrize("sources", ["[]]", '["a", "b"]', "[1]", '"a"'])
def test_texts_that_are_none_of_lines_are_refused(sources: str) -> None:
    lines = f'{{"texts": ["a"], "slots": [], "sources": {sources}}}'
    with pytest.raises(InputError, match="SW204"):
        parse_program(f'{{"program": [], "lines": {lines}}}')


def test_the_lines_of_a_run_are_those_of_the_bundles_that_run(tmp_path: Path) -> None:
    program = compiled(tmp_path, STRAIGHT)
    whole, texts, sources = kernel_lines(program, range(len(program.bundles)))
    assert (tuple(whole), texts, sources) == (
        program.lines.slots, program.lines.texts, program.lines.sources
    )  # fmt: skip
    sizes = [sum(map(len, bundle.values())) for bundle in program.bundles]
    again = kernel_lines(program, [1, 0])[0]
    assert again == [*whole[sizes[0] : sizes[0] + sizes[1]], *whole[: sizes[0]]]


def test_the_page_has_the_lines_and_no_text_of_one_breaks_out_of_its_data(tmp_path: Path) -> None:
    mean = STRAIGHT.replace("a * a)", "a * a)  # </script><script>alert(1)</script>")
    page = sw.report(compiled(tmp_path, mean)).text
    assert '"lines":["mine.py:' in page
    assert "a * a)  # \\u003c/script>" in page
    assert "</script><script>alert" not in page
