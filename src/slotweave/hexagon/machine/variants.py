"""Templates beside those that a corpus holds: the same instructions in their other forms.

Nothing here says that such an instruction exists; the assembler does. `templates.txt` has the
scalar instructions that LLVM 14.0.6 lists (HexagonDepInstrInfo.td, Apache License 2.0 with LLVM
exceptions), but for those whose effects are not told from their text: circular and bit-reversed
addresses, FIFOs, locked accesses, carries, and the system's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

_LOADS = {"R": ("memb", "memub", "memh", "memuh", "memw"), "D": ("memd",)}
_STORES = {"R": ("memb", "memh", "memw"), "D": ("memd",)}
_PLACES = ("R+I", "R+X", "R++I", "R+R<<I", "X", "R++M", "R=X")
_SENSES = ("", "if (P) ", "if (!P) ", "if (P.new) ", "if (!P.new) ")
_COMPARES = ("cmp.eq", "cmp.gt", "cmp.gtu")
#: A target near by, and one that takes a word of its own.
_TARGETS = ("L", "X")


def variants(corpus: Iterable[str]) -> list[str]:
    """Templates to ask an assembler about, those of `corpus` among them, in order of the text."""
    found = set(corpus)
    found.update(_listed())
    found.update(_memory())
    found.update(_branches())
    found.update(form for each in sorted(found) for form in _conditional(each))
    found.update(form for each in sorted(found) for form in _extended(each))
    return sorted(found)


def _listed() -> list[str]:
    folder = files("slotweave.hexagon.machine")
    return (folder / "templates.txt").read_text().splitlines()


def _memory() -> Iterator[str]:
    places = (*_PLACES, *(f"R<<#{shift}+X" for shift in range(4)))
    for sense in _SENSES:
        for place in places:
            for letter, names in _LOADS.items():
                for name in names:
                    yield f"{sense}{letter} = {name}({place})"
            for letter, names in _STORES.items():
                for name in names:
                    yield f"{sense}{name}({place}) = {letter}"
                    if letter == "R":
                        yield f"{sense}{name}({place}) = R.new"
                        yield f"{sense}{name}({place}) = I"
    for name in _STORES["R"]:
        for change in ("+=", "-=", "&=", "|="):
            yield f"{name}(R+I) {change} R"
            yield f"{name}(R+I) {change} I"


def _branches() -> Iterator[str]:
    for hint in ("t", "nt"):
        for sense in ("", "!"):
            for compare in (*_COMPARES, "tstbit"):
                for second in ("R", "I"):
                    for target in _TARGETS:
                        jump = f"jump:{hint} {target}"
                        yield f"P = {compare}(R,{second}); if ({sense}P.new) {jump}"
                        yield f"if ({sense}{compare}(R.new,{second})) {jump}"
                        yield f"if ({sense}{compare}(R,R.new)) {jump}"
    for sense in _SENSES[1:]:
        for hint in (":t", ":nt", ""):
            yield from (f"{sense}jump{hint} {target}" for target in _TARGETS)
            yield f"{sense}jumpr{hint} R"
        yield from (f"{sense}call {target}" for target in _TARGETS)
    for target in _TARGETS:
        yield from (f"jump {target}", f"call {target}")
        yield from (f"loop{level}({target},{count})" for level in "01" for count in "RI")


def _conditional(template: str) -> Iterator[str]:
    """The other senses of a plain or conditional instruction of one clause."""
    if ";" in template or ("cmp" in template.split(")")[0] and template.startswith("if")):
        return
    plain = re.sub(r"^if \(!?P(\.new)?\) ", "", template)
    if re.match(r"^[RD] = \w+\(|^[RD] = [RIX]$", plain) and "memw" not in plain:
        for sense in _SENSES:
            yield sense + plain


def _extended(template: str) -> Iterator[str]:
    """Each immediate extended."""
    for match in re.finditer(r"(?<![A-Za-z_0-9])I(?![A-Za-z_0-9])", template):
        yield template[: match.start()] + "X" + template[match.end() :]
