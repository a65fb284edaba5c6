"""Hostile text: sound files with bytes, numbers, words and lines of them changed."""

from __future__ import annotations

import re
from random import Random

#: What parsers have stumbled over elsewhere.
TOKENS = (
    "1" + "0" * 5000, "-1", "1e999", "-1e999", "NaN", "Infinity", "1.5", "0x10", "1_000", "٣",
    str(2**31), str(2**32), str(2**53), str(2**63), str(10**18), "null", "true", '""', "''", "{}",
    "[]", "{", "}", "[", "]", "(", ")", ",", ":", "=", "#", "%0", "-", "--", ";", "*", "@", "|",
    '"\\ud800"', "\ud800", "\x00", "\ufeff", "\u2028", "\r", "\n", "\t", "\x1b[31m", "é", "𝕏",
    "[" * 3000, "{\"a\":" * 3000, '"' + "x" * 5000 + '"', "a." * 500 + "a",
    "1979-05-27T07:32:00Z", "25:61:61", '"""', "'''", "\\", "%zz", "%ff",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "3", "7", "-1", "-2", "255", "256", "65536", "1000000", "1000000000",
    str(2**31 - 1), str(2**31), str(2**32 - 1), str(2**32), str(10**12), str(2**63 - 1),
    str(-(2**31)), "1e3", "0.5", "1" + "0" * 5000,
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(r"[A-Za-z_]+")


def mutated(text: str, random: Random) -> str:
    """`text` with one to four changes."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        text = random.choice(_CHANGES)(text, random)
    return text


def as_read(text: str, random: Random) -> str:
    """`text` with a byte changed, as far as it can still be decoded."""
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    if content:
        content[random.randrange(len(content))] = random.randrange(256)
    return content.decode("utf-8", "ignore")


def _replace(pattern: re.Pattern[str], text: str, new: str, random: Random) -> str:
    """One match of `pattern`, or all that read alike, replaced by `new`."""
    matches = list(pattern.finditer(text))
    if not matches:
        return text + new
    match = random.choice(matches)
    if random.random() < 0.1:
        return text.replace(match[0], new)
    return text[: match.start()] + new + text[match.end() :]


def _number(text: str, random: Random) -> str:
    return _replace(_NUMBER, text, random.choice(NUMBERS), random)


def _near_number(text: str, random: Random) -> str:
    return _replace(_NUMBER, text, str(random.randint(-3, 70)), random)


def _word(text: str, random: Random) -> str:
    words = _WORD.findall(text) or ["x"]
    return _replace(_WORD, text, random.choice(words), random)


def _token(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(TOKENS) + text[at:]


def _word_by_token(text: str, random: Random) -> str:
    pattern = random.choice((_WORD, _NUMBER))
    return _replace(pattern, text, random.choice(TOKENS), random)


def _cut(text: str, random: Random) -> str:
    return text[: random.randint(0, len(text))]


def _drop(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.choice((1, 2, 10, 100)) :]


def _line(text: str, random: Random) -> str:
    """A line dropped, doubled, or put somewhere else."""
    lines = text.split("\n")
    line = lines.pop(random.randrange(len(lines)))
    for _ in range(random.choice((0, 1, 2))):
        lines.insert(random.randint(0, len(lines)), line)
    return "\n".join(lines)


_CHANGES = (
    _number, _number, _near_number, _near_number, _word, _token, _word_by_token, _cut, _drop,
    _line, _line, as_read,
)  # fmt: skip
