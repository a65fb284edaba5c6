"""What `repack` says of its search below the table: variants, vectors, stores that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slotweave.anatomy.kept_control import kept_control_lines
from slotweave.base.wording import plural


def search_lines(
    summary: Mapping[str, Any], file: str = "PROGRAM", rewrite: bool = True
) -> Iterator[str]:
    """All of it, of a result in its JSON form; `file` is what commands to type next name."""
    yield from kept_control_lines(summary)
    yield from dropped_store_lines(summary)
    yield from variant_lines(summary)
    yield from block_lines(summary)
    yield from vector_lines(summary, file, rewrite)


def variant_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Which variants were tried, and which was the best, of a result in its JSON form."""
    rounds = [variants for variants in summary["rounds"] if variants]
    for number, variants in enumerate(rounds, 1):
        tried = [one for one in variants if one["cycles"] is not None]
        said = f"{plural(len(variants), 'variant')} tried"
        if len(rounds) > 1:
            said = f"round {number}: {said}"
        if passed := len(variants) - len(tried):
            said += f", {passed if tried else 'all'} skipped because of their bounds"
        if tried:
            best = min(tried, key=lambda one: int(one["cycles"]))
            said += f"; the best, {best['way']!r}, takes {plural(best['cycles'], 'cycle')}"
        yield said


def block_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """What became of each block of a program whose jumps depend on data."""
    if summary.get("blocks"):
        ran = summary["verified"]["instances"]
        longest = f"of the longest of {plural(ran, 'run')}" if ran else "of the text"
        yield f"cycles are those {longest}; slots and the blocks' cycles count each bundle once"
    for block in summary.get("blocks", ()):
        first, last = block["start"], block["stop"] - 1
        where = f"bundle {first:,}" if first == last else f"bundles {first:,} to {last:,}"
        said = f"{where}: {plural(block['before'], 'cycle')}"
        if block["cycles"] < block["before"]:
            said += f", {block['cycles']:,} now"
        if block["bound"] is not None:
            said += f", at least {block['bound']['cycles']:,}"
        yield f"{said} ({block['why']})"


def vector_lines(summary: Mapping[str, Any], file: str, rewrite: bool) -> Iterator[str]:
    """If vectorizing was not tried: why not, and what to type for it."""
    command = f"slotweave repack {file}"
    if summary["vectorized"] == "not wanted":
        option = "--no-vectorize" if rewrite else "--no-rewrite"
        yield f"vectorizing was not tried ({option}); to try it: {command} --vectorize"
    elif summary["vectorized"] == "it jumps":
        yield "its jumps depend on data, so no operation left its block, and nothing was vectorized"
    elif summary["vectorized"] == "not reached":
        yield (
            "vectorizing was not tried, for the search ended before it; to try it, give it more "
            f"time or evaluations: {command} --vectorize"
        )


def dropped_store_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """The stores that are left out, by reason."""
    dropped = summary["dropped_stores"]
    if count := dropped.get("not_output", 0):
        yield f"{plural(count, 'store')} to words that are not output left out"
    if count := dropped.get("overwritten", 0):
        yield f"{plural(count, 'store')} left out: the words are stored again before a load"
