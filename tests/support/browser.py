"""Chromium for tests of the report's page, and what is said where there is none."""

from __future__ import annotations

import shutil

import pytest

NO_BROWSER = "no Chromium here (apt-get install chromium)"
#: Chromium asks for nothing of its own.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip


def chromium(required: bool) -> str:
    """The path of the browser. The test is skipped if there is none, unless it is `required`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        assert not required, NO_BROWSER
        pytest.skip(NO_BROWSER)
    return found
