"""Whatever characters names have, what is drawn is well-formed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from slotweave.views.escaping import escape
from support.command_line import slotweave
from support.examples import examples


@examples(100)
@given(st.text(st.characters(exclude_characters="\r")))
def test_any_text_is_an_element_of_xml(text: str) -> None:
    shown = ET.fromstring(f"<text>{escape(text)}</text>").text or ""
    assert len(shown) == len(text)
    assert all(one in (other, "\ufffd") for one, other in zip(shown, text, strict=True))


def test_a_program_with_an_odd_name_is_drawn(tmp_path: Path) -> None:
    meta = {"kernel": "a\u0001b", "params": {"n": 3}, "contract": "x", "plan": "y\u001b[1m"}
    bundles = [{"load": [["const", 0, 1]]}]
    program, drawn = tmp_path / "p.json", tmp_path / "p.svg"
    program.write_text(json.dumps({"schema_version": 1, "machine": "challenge", "meta": meta,
                                   "program": bundles}))  # fmt: skip
    assert slotweave("inspect", program, "--svg", drawn).code == 0
    ET.parse(drawn)
