"""Wording that several results share: numbers in sentences, and what figures are of."""


def plural(number: int, noun: str) -> str:
    """`1 cycle`, `2 cycles`, `1,000 cycles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def bundles(first: int, last: int) -> str:
    """`bundle 5`, `bundles 5 to 1,000`."""
    return f"bundle {first:,}" if first >= last else f"bundles {first:,} to {last:,}"


def only_or_first(number: int) -> str:
    """Which of that many words is named: `the only such word`, `the first of 1,000 such words`."""
    return "the only such word" if number == 1 else f"the first of {number:,} such words"


#: Of what cycles are that are the same whatever the input is.
EVERY_RUN = "every run"

#: Of what cycles are where no run was made, and how long one takes depends on the input.
EACH_BUNDLE_ONCE = "each bundle counted once, because data decides the jumps"

#: The same where the run is longer than is followed.
EACH_ONCE_OF_LONG = "each bundle counted once, because its run is too long to be followed"


def longest_of(runs: int) -> str:
    """Of what cycles are that depend on the input: `the longest of 20 runs on random inputs`."""
    return (
        "the run on a random input"
        if runs == 1
        else f"the longest of {runs:,} runs on random inputs"
    )


#: Which orders a bound is about: of the operations of a plan, in which a constant comes after those
#: that it may be a sum of, and of a program.
KEPT_ORDER = "accesses to memory and constants in the order that it keeps"
KEPT_IN_BLOCKS = "accesses to memory and constants in the order that they keep"
ANY_ORDER = "in any order that the facts allow"

#: Which operations the dataflow bound of a program counts, after "the operations" or "those".
OF_DATAFLOW = (
    "that output depends on, repeated ones once, known words for free, each on any engine, "
    f"{ANY_ORDER}"
)

#: The same of a block of a program: what its jump reads, and what another block may read, is used.
OF_BLOCK_DATAFLOW = (
    "that output, a jump or another block depends on, repeated ones once, known words for free, "
    f"each on any engine, {ANY_ORDER}"
)
