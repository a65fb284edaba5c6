"""Facts as JSON; `facts_from_json(facts_to_json(facts)) == facts`.

{"schema_version": 1,
 "memory_words": 40,                       null: unknown
 "words": {"0": 16, "8-15": 0},            known words, equal ones as a range
 "regions": [{"name": "values", "start": 8, "length": 32, "read_only": false, "output": true}],
 "ranges": {"values": [0, 1023]}}          lowest and highest word of a region
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.ir.text.file_kind import FACTS
from slotweave.ir.text.json_value import Key, json_text, parse_json
from slotweave.isa import WORD_MASK

FACTS_SCHEMA_VERSION = 1

#: Known words that a file may name.
MOST_WORDS = 1 << 22

_KEYS = ("schema_version", "memory_words", "words", "regions", "ranges")
_REGION_KEYS = ("name", "start", "length", "read_only", "output")


def facts_to_json(facts: Facts, *, by_range: bool = True) -> str:
    """`facts` as JSON text: neighbours that are equal `by_range`, or each known word by itself."""
    words = {str(address): word for address, word in facts.words.items()}
    return json_text(
        {
            "schema_version": FACTS_SCHEMA_VERSION,
            "memory_words": facts.memory_words,
            "words": _words_by_range(facts.words) if by_range else words,
            "regions": [_region_json(region) for region in facts.regions],
            "ranges": facts.ranges,
        }
    )


def _region_json(region: Region) -> dict[str, Any]:
    return {key: getattr(region, key) for key in _REGION_KEYS}


def facts_from_json(text: str, file: str = "") -> Facts:
    """The facts that `text` says. Raises InputError (SW215) naming the key.

    Guarantees: regions have different names, are disjoint and lie in memory, known words lie in
    memory and in the range of their region, and ranges are those of regions.
    """
    root = Key("", "SW215", file)
    table = root.record(parse_json(text, root, FACTS), _KEYS)
    version = root / "schema_version"
    version.integer(table.get("schema_version", 1), 1, FACTS_SCHEMA_VERSION)
    length = table.get("memory_words")
    if length is not None:
        length = (root / "memory_words").integer(length, 0, WORD_MASK + 1)
    top = WORD_MASK + 1 if length is None else length
    regions = _regions(table.get("regions", ()), root / "regions", top)
    words = _words(table.get("words", {}), root / "words", top)
    ranges = _ranges(table.get("ranges", {}), root / "ranges", regions)
    _expect_in_range(words, regions, ranges, root / "words")
    return Facts(memory_words=length, words=words, regions=regions, ranges=ranges)


def _words_by_range(words: Mapping[int, int]) -> dict[str, int]:
    """Known words by address, neighbours that are equal as one entry."""
    shown: dict[str, int] = {}
    addresses = sorted(words)
    first = 0
    for number, address in enumerate(addresses):
        after = addresses[number + 1] if number + 1 < len(addresses) else None
        if after == address + 1 and words[after] == words[address]:
            continue
        start = addresses[first]
        shown[str(address) if start == address else f"{start}-{address}"] = words[address]
        first = number + 1
    return shown


def _expect_in_range(
    words: Mapping[int, int],
    regions: tuple[Region, ...],
    ranges: Mapping[str, tuple[int, int]],
    at: Key,
) -> None:
    """Refuse a known word that its region says it cannot be."""
    filled = sorted((each for each in regions if each.length), key=lambda each: each.start)
    starts = [each.start for each in filled]
    for address, word in words.items():
        number = bisect_right(starts, address) - 1
        region = filled[number] if number >= 0 else None
        if region is None or address >= region.stop or region.name not in ranges:
            continue
        low, high = ranges[region.name]
        if not low <= word <= high:
            (at / str(address)).fail(
                f"is {word}, but lies in region {region.name[:40]!r}, the words of which are "
                f"{low} to {high}"
            )


def _words(value: Any, at: Key, top: int) -> Mapping[int, int]:
    words: dict[int, int] = {}
    for key, word in at.mapping(value).items():
        place = at / key
        addresses = _addresses(key, place, top)
        if len(words) + len(addresses) > MOST_WORDS:
            place.fail(f"makes more than {MOST_WORDS:,} known words")
        value_there = place.integer(word, 0, WORD_MASK)
        for address in addresses:
            if address in words:
                place.fail(f"says address {address} a second time")
            words[address] = value_there
    return MappingProxyType(words)


def _addresses(key: str, place: Key, top: int) -> range:
    """The addresses that `key` names: one, or the first and the last of several."""
    ends = key.split("-")
    if len(ends) > 2 or not all(map(_is_address, ends)):
        place.fail("is not an address, nor FIRST-LAST")
    first, last = int(ends[0]), int(ends[-1])
    place.integer(first, 0, top - 1)
    place.integer(last, first, top - 1)
    return range(first, last + 1)


def _is_address(text: str) -> bool:
    digits = text.isascii() and text.isdecimal() and len(text) <= 10
    return digits and str(int(text)) == text


def _regions(value: Any, at: Key, top: int) -> tuple[Region, ...]:
    regions = tuple(_region(element, place, top) for place, element in at.elements(value))
    if len({region.name for region in regions}) != len(regions):
        at.fail("gives one name to two regions")
    filled = (region for region in regions if region.length)
    for first, second in pairwise(sorted(filled, key=lambda region: region.start)):
        if second.start < first.stop:
            at.fail(f"overlap: {first.name[:40]!r} and {second.name[:40]!r}")
    return regions


def _region(value: Any, at: Key, top: int) -> Region:
    table = at.record(value, _REGION_KEYS)
    for key in ("name", "start", "length"):
        if key not in table:
            (at / key).fail("is missing")
    start = (at / "start").integer(table["start"], 0, top)
    return Region(
        name=(at / "name").string(table["name"]),
        start=start,
        length=(at / "length").integer(table["length"], 0, top - start),
        read_only=(at / "read_only").boolean(table.get("read_only", False)),
        output=(at / "output").boolean(table.get("output", False)),
    )


def _ranges(value: Any, at: Key, regions: tuple[Region, ...]) -> Mapping[str, tuple[int, int]]:
    names = {region.name for region in regions}
    ranges: dict[str, tuple[int, int]] = {}
    for name, element in at.mapping(value).items():
        place = at / name
        if name not in names:
            place.fail("is not a region")
        bounds = [key.integer(bound, 0, WORD_MASK) for key, bound in place.elements(element)]
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            place.fail("must be [lowest, highest]")
        ranges[name] = (bounds[0], bounds[1])
    return MappingProxyType(ranges)
