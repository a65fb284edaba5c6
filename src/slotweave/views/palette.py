"""Colours of pictures and what they stand for: the same on pages, in SVG and in terminals."""

from __future__ import annotations

#: Okabe and Ito's colours (jfly.uni-koeln.de/color, 2002): told apart by colour-blind people.
ENGINE_COLOURS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f",
)  # fmt: skip

#: Colour, what the cause says of an idle slot, and the same in a few words.
_CAUSES = {
    "free": (
        "#d55e00",
        "an operation of a later bundle could move here",
        "a later operation could run here",
    ),
    "jump": (
        "#f0e442",
        "an operation after a jump could move here if there were no jump in between",
        "one could, but there is a jump in between",
    ),
    "scratch": (
        "#cc79a7",
        "the next operation has its operands, and waits for the word that it writes",
        "the word to write still holds a value that is needed",
    ),
    "memory": (
        "#009e73",
        "the next operation waits for an access to memory that it may alias",
        "waits for an access to memory",
    ),
    "elsewhere": (
        "#e69f00",
        "an operand could have been computed by now, but its engine was full",
        "an operand's engine was full",
    ),
    "dependence": (
        "#56b4e9",
        "all later operations wait for operands that are not ready yet",
        "operands are not ready yet",
    ),
    "nothing": (
        "#f5f3ee",
        "no operation for this engine that could move is left",
        "no operation that could move is left for this engine",
    ),
}
_OTHER = ("#7f7f7f", "", "")


def cause_colour(cause: str) -> str:
    """The colour of idle slots of this cause."""
    return _CAUSES.get(cause, _OTHER)[0]


def cause_meaning(cause: str) -> str:
    """What is said of a slot that is idle for this cause."""
    return _CAUSES.get(cause, _OTHER)[1]


def cause_in_brief(cause: str) -> str:
    """The same in a few words, for legends."""
    return _CAUSES.get(cause, _OTHER)[2]


#: What is pointed out.
MARK = "#d55e00"
#: Arrows from what an operation waits for, by why: colour, dashes as SVG writes them, what it is.
HELD = {
    "operand": ("#0072b2", "", "an operand"),
    "memory": ("#009e73", "5 3", "an access to memory that it may alias"),
    "scratch": ("#a04070", "1.5 2.5", "the word that it writes, in use"),
}
#: Operations of one of two programs: what the other computes as well, what it computes in
#: other groups of words, and what it does not compute.
MATCHED = (
    ("#56b4e9", "computed by both"),
    ("#009e73", "computed by both, grouped differently"),
    ("#d55e00", "computed by this one alone"),
)

#: Slots in use where colours tell of the idle ones.
USED = "#bac1cb"
#: Points of viridis (matplotlib), dark to light, which is read without colours too.
_RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


def ramp(part: float) -> str:
    """A colour between dark blue, 0, and yellow, 1."""
    at = min(max(part, 0.0), 1.0) * (len(_RAMP) - 1)
    low = min(int(at), len(_RAMP) - 2)
    pairs = zip(_RAMP[low], _RAMP[low + 1], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in pairs)
