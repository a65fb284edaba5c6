"""Numbers in sentences."""


def plural(number: int, noun: str) -> str:
    """`1 cycle`, `2 cycles`, `1,000 cycles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def inputs_text(instances: int, directed: int) -> str:
    """`20 random inputs`, or `20 random and 8 directed inputs` (made for the program)."""
    if not directed:
        return plural(instances, "random input")
    return f"{instances:,} random and {plural(directed, 'directed input')}"
