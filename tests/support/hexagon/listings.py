"""Assembly for tests: the example's file, and blocks from the instructions of their packets."""

from pathlib import Path

from slotweave.hexagon.assembly.read import read_listing

KERNELS = Path(__file__).parents[3] / "examples" / "hexagon" / "kernels.s"


def kernels():
    return read_listing(KERNELS.read_text(), "kernels.s")


def listing_of(function):
    """The example's lines of one function."""
    text = KERNELS.read_text()
    return text[text.index(f"\n{function}:") : text.index(f"\t.size\t{function},")]


def text_of(packets, flags=()):
    """Assembly of these packets, each a list of instructions; `flags` of the last."""
    return "f:\n" + packets_text(packets, flags)


def packets_text(packets, flags=()):
    """The lines of these packets, without a label."""
    rows = []
    for number, packet in enumerate(packets):
        last = number == len(packets) - 1
        marks = "".join(f" :{flag}" for flag in flags) if last else ""
        rows += ["\t{", *(f"\t\t{one}" for one in packet), f"\t}}{marks}"]
    return "\n".join([*rows, ""])


def block_of(*packets, flags=()):
    """The one block of these packets."""
    (block,) = read_listing(text_of(packets, flags)).blocks
    return block


def largest(function):
    blocks = [one for one in kernels().blocks if one.function == function]
    return max(blocks, key=lambda one: one.size)
