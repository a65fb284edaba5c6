"""Text within XML and HTML, whatever characters names have."""

from __future__ import annotations

import html
import re

#: Control characters, and halves of characters: XML cannot hold them in any form.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """`text` as it is written in XML; what cannot be there is shown as U+FFFD."""
    return html.escape(_NO_XML.sub("\ufffd", text))
