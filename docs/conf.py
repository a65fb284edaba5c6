"""The documentation as a site: `make docs` builds it into build/site, without a network.

Each page is Markdown that reads as well on its own. A link that leads nowhere is an error. Pages in
`about/` are files of the repository, and those of generated_pages.py are made from the code.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from generated_pages import commands_page, python_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

project = "Slotweave"
author = "the authors of Slotweave"
copyright = author
extensions = ["myst_parser"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = "Slotweave"
html_show_sourcelink = False

#: Files of the repository that are pages here, and pages that are made.
_ABOUT = {"ARCHITECTURE.md": "about/architecture", "CONTRIBUTING.md": "about/contributing",
          "CHANGELOG.md": "about/changelog"}  # fmt: skip
_MADE = {"commands": commands_page, "python": python_page}

_LINK = re.compile(r"\[([^\]\n]+)\]\(([^):#]+)(#[^)]*)?\)")


def _read(_app: Sphinx, name: str, content: list[str]) -> None:
    """The text of a page, its links out of this folder turned into what they can be on a site."""
    folder = (ROOT / "docs" / name).parent
    if name in _MADE:
        content[0] = _MADE[name]()
    for file, page in _ABOUT.items():
        if name == page:
            content[0] = (ROOT / file).read_text(encoding="utf-8")
            folder = ROOT

    def link(found: re.Match[str]) -> str:
        text, path, anchor = found[1], found[2], found[3] or ""
        target = (folder / path).resolve()
        assert target.exists(), f"{name}: {found[0]} leads nowhere"
        inside = target.relative_to(ROOT)
        if str(inside) in _ABOUT:
            return f"[{text}](/{_ABOUT[str(inside)]}.md{anchor})"
        if inside.parts[:1] == ("docs",) and target.is_file():
            return f"[{text}](/{inside.relative_to('docs')}{anchor})"
        return f"{text} (`{inside}`)" if str(inside) not in text else text

    content[0] = _LINK.sub(link, content[0])


def setup(app: Sphinx) -> None:
    app.connect("source-read", _read)
