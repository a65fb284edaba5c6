"""The documentation builds as a site, strictly, and its pages ask no host for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    return subprocess.run([*words, source, target], capture_output=True, text=True, check=False)


@pytest.mark.long
def test_the_site_builds_and_its_pages_fetch_nothing(tmp_path: Path) -> None:
    built = build(DOCS, tmp_path / "site")
    assert built.returncode == 0, built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert {"tutorial.html", "commands.html", "python.html"} <= {page.name for page in pages}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=.?(?:https?:)?//", text)
    commands = (tmp_path / "site" / "commands.html").read_text(encoding="utf-8")
    assert "slotweave report" in commands
    assert "--picture" in commands


@pytest.mark.long
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_parser"]\n')
    (source / "index.md").write_text("# A page\n\n[nowhere](nowhere.md)\n")
    assert "nowhere.md" in build(source, tmp_path / "site").stderr
