"""What can go wrong while a program runs, in words that both simulators use."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.graph import Region
from slotweave.simulate.slots import Fault


def load_out_of_range(address: int, words: int, memory_words: int) -> Fault:
    return "SW106", f"load {_span(address, words)}, memory has {memory_words} words"


def store_out_of_range(address: int, words: int, memory_words: int) -> Fault:
    return "SW107", f"store {_span(address, words)}, memory has {memory_words} words"


def outside_region(access: str, address: int, region: Region) -> Fault:
    message = (
        f"the index {address - region.start} of this {access} lies outside region {region.name}, "
        f"which has words 0 to {region.length - 1} (address {address}); a kernel promises that its "
        "indices stay inside: mask the index, or declare more words"
    )
    return "SW116", message


def lanes_alias(addresses: Sequence[int]) -> Fault:
    word = next(word for lane, word in enumerate(addresses) if word in addresses[:lane])
    lanes = [lane for lane, address in enumerate(addresses) if address == word]
    message = (
        f"lanes {lanes[0]} and {lanes[1]} of this scatter have one address, {word}; "
        "store lane by lane where lanes may have one address"
    )
    return "SW104", message


def zero_divisor(mnemonic: str) -> Fault:
    return "SW108", f"{mnemonic} by zero"


def never_written(word: int) -> Fault:
    return "SW109", f"scratch {word} is read and was never written"


def cycle_limit(max_cycles: int, bundle: int) -> Diagnostic:
    message = f"still running after {max_cycles:,} cycles"
    return Diagnostic("SW114", message, bundle=bundle)


def _span(address: int, words: int) -> str:
    return f"at {address}" if words == 1 else f"at {address}..{address + words - 1}"
