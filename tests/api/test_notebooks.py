"""What a notebook shows: pictures as SVG within the page, values by their text form."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from rich.console import Console

import slotweave as sw
from slotweave.frontend.tracer import Tracer
from slotweave.ir.program import Program


def double(k: Tracer, n: int = 16) -> None:
    x = k.region("x", 0, n, output=True)
    for at in range(0, n, k.vector_length):
        x.vstore(at, 2 * x.vload(at))


@pytest.mark.parametrize(
    "make", [lambda: sw.compile(double), lambda: sw.inspect(sw.compile(double))]
)
def test_results_show_a_picture_above_their_text(make) -> None:
    result = make()
    shown = result._repr_html_()
    picture, text = shown.split("<pre>")
    ElementTree.fromstring(picture)
    assert f"{result.cycles} " in text
    assert not re.search(r"href|src=|url\(|<script", shown)


def test_the_report_draws_its_pictures_to_a_file(tmp_path) -> None:
    program = sw.compile(double).program
    sw.report(program, svg=tmp_path / "p.svg")
    ElementTree.fromstring((tmp_path / "p.svg").read_text())


def test_a_program_without_a_known_run_has_no_picture() -> None:
    loop = Program("challenge", ({"load": (("load", 0, 1),)}, {"flow": (("cond_jump", 0, 0),)}))
    assert sw.inspect(loop)._repr_html_().startswith("<pre>")


def test_values_show_their_text_or_its_beginning() -> None:
    compiled = sw.compile(double)
    for value in (compiled.program, compiled.block.traced, compiled.block.fitted.schedule):
        shown = value._repr_html_()
        assert shown.startswith("<pre>")
        console = Console(width=300, color_system=None)
        with console.capture() as captured:
            console.print(value)
        assert captured.get().splitlines()[0] in shown.replace("&gt;", ">").replace("&quot;", '"')
    long = sw.compile(double, n=2048).program
    assert "lines more" in long._repr_html_()
