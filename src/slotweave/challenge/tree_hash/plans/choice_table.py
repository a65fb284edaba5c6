"""Every choice of a plan for tree hash, as data: what plans are checked by, and what users read.

`kernels show tree-hash` prints it, docs/reference/plans.md is made from it, `choices` and
`rolled_choices` take names, values and defaults from it.
"""

from __future__ import annotations

from slotweave.ir.plan import PlanChoice

ROLLED = "rolled"

_STYLE = {
    "scalar": "one item at a time; every value goes through memory",
    "grouped": "vectors in step; any node is gathered",
    "vector": "each level and each group of items in its own way",
    ROLLED: "a program with loops",
}

_WAYS = {
    "select": "choose among all nodes of the level, held in registers",
    "blend": "the same, the newest bit by a product of itself and the difference of two nodes",
    "gather": "read the tree",
    "window": "read the tree by vector loads whose wanted word is not the first: if a gather of "
    "the next level follows a whole value, its address then needs no constant",
    "copy": "read a copy of the node",
    "record": "read a record of the node and its children; the next round takes the child from it",
    "family": "read a record of three levels; the next two rounds take their nodes from it",
}

_CHILDREN = {
    "both": "the value is mixed with both children, item by item, then one is selected",
    "memory": "both children of all items are laid side by side through memory, in the words from "
    "which the values came, then one is selected",
    "stored": "one child is stored where the other one was if its bit says so, in the words of the "
    "first nodes, and what is there is read",
    "strided": "children are selected where the records lie, three words apart, by three selects; "
    "pays where the bit is asked for nothing else (of families as `both`)",
    "scalar": "a select for each item",
}

_OVER = {
    "nodes": "over vectors of the first nodes",
    "start": "from the first word of memory on, over the header too: small numbers, of which many "
    "are constants anyway; what is not wanted, over the first words of further vectors of nodes",
}

_BIASES = {
    "arithmetic": "bits are multiplied and added",
    "select": "the first bit selects one of two constants",
    "select-two": "the first two bits select one of four constants",
}

_CONSTANTS = {
    "carried": "it is left out until the whole value is needed",
    "whole": "it is xored in at once, after the last shift",
    "beside": "it is xored in at once, beside the last shift: the value is there a step earlier",
}

_EXCEPTIONS = 'a list of {"rounds": [...], "groups": [...], "way": VALUE}'
_BUT = (
    "As `{}`, for some rounds, some groups of items (vectors, in order), or both; either list may "
    "be left out. Later entries override earlier ones."
)
_DEPTHS = "a list of depths"
_VECTOR = ("vector",)

#: The choices of plans without loops.
CHOICES: tuple[PlanChoice, ...] = (
    PlanChoice("style", "a word", "vector", "How the program is written.", _STYLE),
    PlanChoice(
        "together", "an integer from 1", 1,
        "How many vectors go through each stage of a round together.", styles=("grouped",),
    ),
    PlanChoice(
        "kept", "true or false", True,
        "Whether values stay in registers from round to round; if not, they are read from memory "
        "and written back in each.", styles=("grouped",),
    ),
    PlanChoice(
        "loop", "an integer from 0", 0,
        "How many vectors each trip of a loop over all of them takes; 0: no loop.",
        styles=_VECTOR,
    ),
    PlanChoice(
        "levels", "a list of words", ["gather"],
        "How each level of the tree is answered, by depth from the root; the last entry covers "
        "all deeper levels. The root is always selected.", _WAYS, _VECTOR,
    ),
    PlanChoice("levels_but", _EXCEPTIONS, [], _BUT.format("levels"), _WAYS, _VECTOR),
    PlanChoice(
        "tables", _DEPTHS, [], "The depths for which records are built.", styles=_VECTOR
    ),
    PlanChoice(
        "families", _DEPTHS, [], "The depths for which records of three levels are built.",
        styles=_VECTOR,
    ),
    PlanChoice(
        "copies", _DEPTHS, [], "The depths of which each node is copied.", styles=_VECTOR
    ),
    PlanChoice(
        "children", "a word", "both",
        "How a child is taken from a record, in the round that needs it. (A grandchild is always "
        "taken as by `both`.)", _CHILDREN, _VECTOR,
    ),
    PlanChoice("children_but", _EXCEPTIONS, [], _BUT.format("children"), _CHILDREN, _VECTOR),
    PlanChoice(
        "buffers", "an integer from 1", 1,
        "With children that are stored: how many places there are for each round, taken by one "
        "group after another.", styles=_VECTOR,
    ),
    PlanChoice(
        "spare", "an integer from 0", 0,
        "With children that are stored: how many words of a place are for what is left. With fewer "
        "than a vector has, what an item leaves lies for a while where a later item stores what it "
        "wants, so there are fewer addresses; 0: as many as a vector has.", styles=_VECTOR,
    ),
    PlanChoice(
        "begins", "a list of integers", [],
        "When each group begins, in tenths of a round: in this order the rounds of all groups are "
        "written, and stored children take `buffers` places in turn, whatever their round. "
        "Without it, one group is written after another, and each round has places of its own.",
        styles=_VECTOR,
    ),
    PlanChoice(
        "over", "a word", "nodes",
        "With children that are stored and `begins`: over which words the places lie.", _OVER,
        _VECTOR,
    ),
    PlanChoice(
        "restore", "true or false", False,
        "With children that are stored: whether the first nodes are written back at the end also "
        "where the contract does not ask for it.", styles=_VECTOR,
    ),
    PlanChoice(
        "indexed", "true or false", False,
        "With indices that are written back: whether the records two levels above the one where "
        "items end lie over nodes of the tree, four words apart, such that an index is the address "
        "of a record less its path bits. With `bias` `arithmetic` in the round after the last one "
        "it then takes no select.", styles=_VECTOR,
    ),
    PlanChoice(
        "bias", "a word", "select",
        "How the constant of an address and the first bits that go into it are chosen. Indices "
        "that are written back count as addresses of the round after the last one.", _BIASES,
        _VECTOR,
    ),
    PlanChoice("bias_but", _EXCEPTIONS, [], _BUT.format("bias"), _BIASES, _VECTOR),
    PlanChoice(
        "constant", "a word", "carried",
        "What becomes of the constant that the hash xors in last.", _CONSTANTS, _VECTOR,
    ),
    PlanChoice("constant_but", _EXCEPTIONS, [], _BUT.format("constant"), _CONSTANTS, _VECTOR),
    PlanChoice(
        "summands", "a list of integers", [],
        "Constants that are made before all others, in this order: a constant can be a sum only of "
        "those that were made before it.", styles=_VECTOR,
    ),
)  # fmt: skip

#: More vectors than this do not fit into any scratch, nor more levels.
MOST_VECTORS = 256
MOST_SHARED_LEVELS = 5

#: The choices of plans with loops, beside the style.
ROLLED_CHOICES: tuple[PlanChoice, ...] = (
    PlanChoice(
        "vectors", f"an integer from 1 to {MOST_VECTORS}", 8,
        "How many vectors of items a trip takes; fewer if the batch has fewer.", styles=(ROLLED,),
    ),
    PlanChoice(
        "shared_levels", f"an integer from 0 to {MOST_SHARED_LEVELS}", 3,
        "How many levels, from the root on, are answered from registers.", styles=(ROLLED,),
    ),
    PlanChoice(
        "detect", "true or false", False,
        "Whether the levels below find out, while they run, that all items of the trip stand on "
        "one node, which is then read once.", styles=(ROLLED,),
    ),
)  # fmt: skip

_BY_NAME = {choice.name: choice for choice in (*CHOICES, *ROLLED_CHOICES)}

#: The choices that a plan without loops, and one with loops, may name.
KNOWN = tuple(choice.name for choice in CHOICES)
KNOWN_ROLLED = ("style", *(choice.name for choice in ROLLED_CHOICES))


def choice(name: str) -> PlanChoice:
    """The choice called `name`."""
    return _BY_NAME[name]


def values_of(name: str) -> tuple[str, ...]:
    """The words that the choice called `name` may hold, in the order of the table."""
    return tuple(_BY_NAME[name].values)
