"""By what a text is known as a result, before it is read: this loads nothing."""

from __future__ import annotations

KIND = "result"


def is_record(text: str) -> bool:
    """Does `text` say that it is a result? Whether it is a sound one, reading it will show."""
    return text.lstrip()[:1] == "{" and f'"kind": "{KIND}"' in text and '"hashes"' in text
