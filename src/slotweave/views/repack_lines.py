"""What `repack` says of its search below the table: variants, vectors, stores that are gone."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.base.wording import bundles, plural
from slotweave.repacking import Repacked
from slotweave.repacking.summary import RepackedSummary, block_reason


def search_lines(
    found: RepackedSummary, file: str = "PROGRAM", rewrite: bool = True
) -> Iterator[str]:
    """All of it; `file` is what commands to type next name."""
    yield from kept_control_lines(found)
    yield from dropped_store_lines(found.result)
    yield from variant_lines(found.result)
    yield from block_lines(found.result)
    yield from vector_lines(found.result, file, rewrite)


def kept_control_lines(found: RepackedSummary) -> Iterator[str]:
    """What became of pauses and core ids, as far as it is worth saying."""
    pauses, cores = found.control.pauses, found.control.core_ids
    if left := pauses.before - pauses.now:
        reason = "under these facts, only memory at the end of the run matters"
        yield f"{plural(left, 'pause')} left out: {reason}"
    elif pauses.now and not found.unchanged:
        reason = "without regions, all of memory is output, at each pause and at the end"
        yield f"{plural(pauses.now, 'pause')} kept: {reason}"
    if left := cores.before - cores.now:
        yield f"{plural(left, 'core id')} taken as 0: the result is for a machine with one core"


def variant_lines(result: Repacked) -> Iterator[str]:
    """Which variants were tried, and which was the best."""
    rounds = [variants for variants in result.rounds if variants]
    for number, variants in enumerate(rounds, 1):
        tried = {one.name: one.cycles for one in variants if one.cycles is not None}
        said = f"{plural(len(variants), 'variant')} tried"
        if len(rounds) > 1:
            said = f"round {number}: {said}"
        if passed := len(variants) - len(tried):
            said += f", {passed if tried else 'all'} skipped because of their bounds"
        if tried:
            best = min(tried, key=lambda name: tried[name])
            said += f"; the best, {best!r}, takes {plural(tried[best], 'cycle')}"
        yield said


def block_lines(result: Repacked) -> Iterator[str]:
    """What became of each block of a program whose jumps depend on data."""
    if result.blocks:
        yield "slots, and the cycles of blocks, count each bundle once"
    if any(block.bound is not None for block in result.blocks):
        yield (
            "`at least` bounds the operations that were tried, and others may take less (see "
            "`what-if`)"
        )
    for block in result.blocks:
        where = bundles(block.start, block.stop - 1)
        said = f"{where}: {plural(block.before, 'cycle')}"
        if block.cycles < block.before:
            said += f", {block.cycles:,} now"
        if block.bound is not None:
            said += f", at least {block.bound.cycles:,}"
        yield f"{said} ({block_reason(block)})"


def vector_lines(result: Repacked, file: str, rewrite: bool) -> Iterator[str]:
    """If vectorizing was not tried: why not, and what to type for it."""
    command = f"slotweave repack {file}"
    if result.vectorized == "not wanted":
        option = "--no-vectorize" if rewrite else "--no-rewrite"
        yield f"vectorizing was not tried ({option}); to try it: {command} --vectorize"
    elif result.vectorized == "it jumps":
        why = "it takes too long to be followed" if result.too_long else "data decides its jumps"
        yield f"{why}, so each block was repacked by itself, without vectorizing"
    elif result.vectorized == "not reached":
        yield (
            "vectorizing was not tried because the search ended first; to try it, allow more "
            f"time or evaluations: {command} --vectorize"
        )


def dropped_store_lines(result: Repacked) -> Iterator[str]:
    """The stores that are left out, by reason."""
    if count := result.dropped.get("not_output", 0):
        yield f"{plural(count, 'store')} to words that are not output: left out"
    if count := result.dropped.get("overwritten", 0):
        yield f"{plural(count, 'store')} left out: the words are stored again before a load"
