"""Numbers in sentences."""


def plural(number: int, noun: str) -> str:
    """`1 cycle`, `2 cycles`, `1,000 cycles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
