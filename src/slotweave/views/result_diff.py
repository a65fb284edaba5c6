"""Two results side by side: what their JSON forms say, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Entries that say how something came about, or at length, and not what came out.
_LEFT_OUT = frozenset({
    "schema_version", "kind", "program", "machine_toml", "hashes", "ladder", "phases", "slices",
    "rungs", "matches", "seconds", "headline", "next",
})  # fmt: skip


def result_diff(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """entry -> {"a", "b"}, and "change" for numbers; entries within entries joined by dots."""
    rows_a, rows_b = dict(_rows(a)), dict(_rows(b))
    entries = {}
    for name in [*rows_a, *(name for name in rows_b if name not in rows_a)]:
        before, after = rows_a.get(name), rows_b.get(name)
        entries[name] = {"a": before, "b": after}
        if before is not None and after is not None and _is_number(before) and _is_number(after):
            entries[name]["change"] = after - before
    return {"entries": entries}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rows(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, entry in value.items():
        if name in _LEFT_OUT or name == "why" or isinstance(entry, list):
            continue
        if isinstance(entry, Mapping):
            yield from _rows(entry, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", entry


def result_lines(diff: Mapping[str, Any]) -> Iterator[str]:
    """`diff` as a table; what is the same in both is there once."""
    entries = diff["entries"]
    width = max((len(name) for name in entries), default=0)
    same = [name for name, entry in entries.items() if entry["a"] == entry["b"]]
    yield f"{'':{width}}  {'A':>14}  {'B':>14}  {'change':>10}"
    for name, entry in entries.items():
        if name in same:
            continue
        change = entry.get("change")
        said = "" if change is None else _shown(round(change, 6), "+")
        cells = f"{_shown(entry['a']):>14}  {_shown(entry['b']):>14}  {said:>10}"
        yield f"{name:{width}}  {cells}".rstrip()
    yield f"the same in both: {', '.join(same) or 'nothing'}"


def _shown(value: Any, sign: str = "") -> str:
    if value is None:
        return "-"
    return f"{value:{sign},}" if _is_number(value) else str(value)
