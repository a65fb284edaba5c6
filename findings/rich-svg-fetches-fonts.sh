#!/bin/sh
# rich 15.0.0: an SVG that Console.export_svg makes has a viewer fetch fonts from a host
#
# Expected: a picture of text that was printed is a file of its own, as save_html gives one with
#     `inline_styles`; a page that shows it works without a network and asks nobody.
# Seen: the style of the SVG has two @font-face rules, each with two URLs at
#     https://cdnjs.cloudflare.com (Fira Code), whatever is printed. A browser that opens the file
#     itself asks for them; textual's export_screenshot (8.2.8), which is made by the same
#     function, does it too. No argument leaves them out but a `code_format` of one's own.
# Why it matters: pictures of terminal views in documents and reports are expected to work from
#     disk; these ask another host each time they are opened.
# Output: the URLs in the picture of one word.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check rich==15.0.0
"$work/venv/bin/python" - <<'PYTHON'
import io
import re
from importlib.metadata import version

from rich.console import Console

assert version("rich") == "15.0.0"
console = Console(record=True, file=io.StringIO(), width=20)
console.print("hello")
svg = console.export_svg(title="it")
urls = re.findall(r'url\("(https://[^"]+)"\)', svg)
print("\n".join(urls))
assert len(urls) == 4, urls
assert all(url.startswith("https://cdnjs.cloudflare.com/") for url in urls)
assert svg.count("@font-face") == 2
print("as described")
PYTHON
