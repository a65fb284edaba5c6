"""Two forms of one leaf as the same function of it, where their normal forms differ.

The parts of one form are replaced by parts of the other, innermost first, wherever a few words of
the leaf say that they might be equal and a solver (Z3, the extra `prove`) proves it. What the two
have in common is a free variable for the solver, so that it sees only where they differ.
"""

from __future__ import annotations

import numpy as np

from slotweave.check.definition.cases import UndecidedError
from slotweave.check.definition.forms import Forms
from slotweave.isa import OPERATIONS, WORD_BITS, WORD_MASK
from slotweave.isa.arrays import WordArray, array_function

#: A form with more parts than this is no hash of one word.
MAX_PARTS = 1000

_SAMPLES = np.concatenate(
    (np.array([0, 1, WORD_MASK]), np.random.default_rng(0).integers(0, 1 << WORD_BITS, 13))
).astype(np.uint64)


def expect_same_function(forms: Forms, first: int, second: int, leaf: int) -> None:
    """Raises UndecidedError unless `first` and `second`, made of `leaf`, are proved equal."""
    words = _words(forms, first, leaf) | _words(forms, second, leaf)
    counterparts: dict[bytes, int] = {}
    for part in forms.cone(second):
        counterparts.setdefault(words[part].tobytes(), part)
    instead: dict[int, int] = {}
    for part in forms.cone(first):
        args = [instead[arg] for arg in forms[part].args]
        instead[part] = forms.rebuilt(part, args) if args else part
        counterpart = counterparts.get(words[part].tobytes())
        if counterpart is not None and _proved_equal(forms, instead[part], counterpart):
            instead[part] = counterpart
    if instead[first] != second:
        raise UndecidedError(f"{forms.text(first)} is not proved to be {forms.text(second)}")


def _words(forms: Forms, root: int, leaf: int) -> dict[int, WordArray]:
    """Each part of `root` on the sample words of `leaf`."""
    cone = forms.cone(root)
    if len(cone) > MAX_PARTS:
        raise UndecidedError(f"{forms.text(root)} has {len(cone)} parts")
    words: dict[int, WordArray] = {}
    for part in cone:
        kind, value, args = forms[part]
        operands = [words[arg] for arg in args]
        if part == leaf:
            words[part] = _SAMPLES
        elif kind == "const":
            words[part] = np.full_like(_SAMPLES, value)
        elif kind == "xor":
            words[part] = np.bitwise_xor.reduce([np.full_like(_SAMPLES, value), *operands])
        elif kind == "sum":
            products = [a * b for a, b in zip(operands[::2], operands[1::2], strict=True)]
            total = np.add.reduce([np.full_like(_SAMPLES, value), *products])
            words[part] = total & np.uint64(WORD_MASK)
        elif kind in OPERATIONS:
            words[part] = array_function(kind)(*operands)
        else:
            raise UndecidedError(f"{forms.text(part)} is in it beside {forms.text(leaf)}")
    return words


def _proved_equal(forms: Forms, first: int, second: int) -> bool:
    """Whether the solver proves `first` and `second` equal for all words of what they share."""
    if first == second:
        return True
    try:
        from slotweave.check.definition.solver import proved_equal
    except ModuleNotFoundError:
        reason = "a hash is written in another way than it is defined; to compare the two, install"
        raise UndecidedError(f"{reason} slotweave[prove]") from None
    return proved_equal(forms, first, second)
