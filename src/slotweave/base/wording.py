"""Numbers in sentences."""


def plural(number: int, noun: str) -> str:
    """`1 cycle`, `2 cycles`, `1,000 cycles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def inputs_text(instances: int, directed: int) -> str:
    """`20 random inputs`, or `20 random and 8 directed inputs` (made for the program)."""
    if not directed:
        return plural(instances, "random input")
    return f"{instances:,} random and {plural(directed, 'directed input')}"


#: Of what cycles are that are the same whatever the input is.
EVERY_RUN = "every run"

#: Of what cycles are where no run was made, and how long one takes depends on the input.
EACH_BUNDLE_ONCE = "each bundle counted once, because data decides the jumps"


def longest_of(runs: int) -> str:
    """Of what cycles are that depend on the input: `the longest of 20 verified runs`."""
    return "the one verified run" if runs == 1 else f"the longest of {runs:,} verified runs"
