"""What can go wrong while a program runs, in words; both simulators say it alike."""

from __future__ import annotations

from slotweave.diagnostics import Diagnostic
from slotweave.ir.graph import Region
from slotweave.simulate.slots import Fault


def load_out_of_range(address: int, words: int, memory_words: int) -> Fault:
    return "SW106", f"load {_span(address, words)}, memory has {memory_words} words"


def store_out_of_range(address: int, words: int, memory_words: int) -> Fault:
    return "SW107", f"store {_span(address, words)}, memory has {memory_words} words"


def store_outside_region(address: int, words: int, region: Region) -> Fault:
    inside = f"region {region.name} is {region.start}..{region.stop - 1}"
    return "SW107", f"store {_span(address, words)}, {inside}"


def zero_divisor(mnemonic: str) -> Fault:
    return "SW108", f"{mnemonic} by zero"


def never_written(word: int) -> Fault:
    return "SW109", f"scratch {word} is read and was never written"


def cycle_limit(max_cycles: int, bundle: int) -> Diagnostic:
    message = f"still running after {max_cycles} cycles"
    return Diagnostic("SW114", message, bundle=bundle)


def _span(address: int, words: int) -> str:
    return f"at {address}" if words == 1 else f"at {address}..{address + words - 1}"
