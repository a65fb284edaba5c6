"""Programs made worse, each in one way that people's programs are; all still do what they did.

Each function takes a program that runs straight through and leaves some scratch words unused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Effect
from slotweave.machine import CHALLENGE, DEBUG_ENGINE
from slotweave.simulate.slots import SlotKind, slot_kinds

LANES = CHALLENGE.vector_length
KINDS = slot_kinds(CHALLENGE)
Placed = tuple[str, Slot]


def _bundles(program: Program, bundles: Iterable[Bundle]) -> Program:
    return replace(program, bundles=tuple(bundles))


def _placed(bundle: Bundle) -> list[Placed]:
    return [(engine, slot) for engine, slots in bundle.items() for slot in slots]


def _kind(placed: Placed) -> SlotKind:
    return KINDS[placed[0]][placed[1][0]]


def _together(placed: Iterable[Placed]) -> Bundle:
    bundle: dict[str, tuple[Slot, ...]] = {}
    for engine, slot in placed:
        bundle[engine] = (*bundle.get(engine, ()), slot)
    return bundle


def spare_words(program: Program) -> range:
    """The longest run of scratch words that `program` never names."""
    touched = {-1, CHALLENGE.scratch_words}
    for bundle in program.bundles:
        for placed in _placed(bundle):
            if placed[0] == DEBUG_ENGINE:
                continue
            kind = _kind(placed)
            for words in (*kind.words_read(placed[1]), kind.words_written(placed[1])):
                touched.update(words)
    gaps = (range(a + 1, b) for a, b in pairwise(sorted(touched)))
    return max(gaps, key=len)


def one_operation_a_bundle(program: Program) -> Program:
    """Each operation has a bundle to itself, as far as those of a bundle can be parted."""
    return _bundles(program, (part for b in program.bundles for part in _parted(b)))


def _parted(bundle: Bundle) -> Iterator[Bundle]:
    """Who reads a word comes before who writes it; what reads and writes in a ring stays whole."""
    left = _placed(bundle)
    while left:
        first = [one for one in left if not any(_in_the_way(other, one) for other in left)]
        if not first:
            yield _together(left)
            return
        yield from (_together([one]) for one in first)
        left = [one for one in left if one not in first]


def _in_the_way(reader: Placed, writer: Placed) -> bool:
    """Must `reader` run before `writer`? It reads what the other writes, or is written over by it.

    Loads come before stores, and stores stay in order.
    """
    if reader is writer:
        return False
    effects = _kind(reader).operation.effect, _kind(writer).operation.effect
    if effects == (Effect.LOAD, Effect.STORE):
        return True
    if Effect.CONTROL in effects:
        return effects[1] is Effect.CONTROL
    written = set(_kind(writer).words_written(writer[1]))
    read = {word for words in _kind(reader).words_read(reader[1]) for word in words}
    return not written.isdisjoint(read)


def on_narrow_engines(program: Program) -> Program:
    """What `alu` can do for `valu` is done there, all lanes in a bundle of their own."""
    return _bundles(
        program,
        (lanes for bundle in one_operation_a_bundle(program).bundles for lanes in _narrow(bundle)),
    )


def _narrow(bundle: Bundle) -> Iterator[Bundle]:
    placed = _placed(bundle)
    if len(placed) == 1 and placed[0][0] == "valu" and placed[0][1][0] in KINDS["alu"]:
        op, d, a, b = placed[0][1]
        yield {"alu": tuple((op, d + k, a + k, b + k) for k in range(LANES))}
    else:
        yield bundle


def with_dead_code(program: Program) -> Program:
    """Every third bundle is followed by work that nobody looks at, in words of its own."""
    at = spare_words(program).start

    def bundles() -> Iterator[Bundle]:
        for number, bundle in enumerate(program.bundles):
            yield bundle
            if number % 3 == 0:
                yield {"load": (("const", at, number),), "alu": (("+", at + 1, at, at + 1),)}
                yield {"valu": (("vbroadcast", at + 8, at + 1),), "flow": (("add_imm", at, at, 1),)}

    return _bundles(program, bundles())


def computed_twice(program: Program) -> Program:
    """All but the stores is done before, too, in the same words."""
    first = ({e: s for e, s in b.items() if e not in ("store", "debug")} for b in program.bundles)
    return _bundles(program, (*first, *program.bundles))


def with_empty_cycles(program: Program) -> Program:
    """Every bundle is followed by one that costs a cycle and does nothing."""
    return _bundles(program, (b for bundle in program.bundles for b in (bundle, {"alu": ()})))


def with_pauses(program: Program) -> Program:
    """Pauses at both ends, debug slots everywhere."""
    note = {"debug": (("compare", 0, ("round", 1)), ("comment", "here"))}
    pause: Bundle = {"flow": (("pause",),)}
    return _bundles(program, (pause, *({**b, **note} for b in program.bundles), pause))


def with_a_fallback(program: Program) -> Program:
    """A jump that is always taken leads over a simple loop that is right for no shape at all."""
    at = spare_words(program).start
    start: tuple[Bundle, ...] = (
        {"load": (("const", at, 1),)},
        {"flow": (("cond_jump_rel", at, 3),)},
        {"store": (("store", at, at),)},
        {"flow": (("jump", 2),)},
        {"flow": (("halt",),)},
    )
    return _bundles(program, (*start, *program.bundles))


def written_twice(program: Program) -> Program:
    """The first constant of a bundle is written by `alu`, too, in vain: the later slot stands."""

    def bundles() -> Iterator[Bundle]:
        for bundle in program.bundles:
            constants = [slot for slot in bundle.get("load", ()) if slot[0] == "const"]
            alu = bundle.get("alu", ())
            if constants and len(alu) < CHALLENGE.slots["alu"]:
                word = constants[0][1]
                yield {"alu": (*alu, ("+", word, word, word)), **_without(bundle, "alu")}
            else:
                yield bundle

    return _bundles(program, bundles())


def _without(bundle: Bundle, engine: str) -> Bundle:
    return {name: slots for name, slots in bundle.items() if name != engine}


def at_other_addresses(program: Program) -> Program:
    """What lies below the spare words lies three words further up: vectors begin anywhere."""
    border = spare_words(program)
    assert len(border) >= 3
    return _bundles(
        program,
        (
            _together((e, _moved(e, slot, border.start, 3)) for e, slot in _placed(bundle))
            for bundle in program.bundles
        ),
    )


def _moved(engine: str, slot: Slot, below: int, by: int) -> Slot:
    kind = _kind((engine, slot))
    words = {*kind.sources, kind.destination}
    return tuple(
        operand + by if position in words and operand < below else operand
        for position, operand in enumerate(slot)
    )


WORSE: tuple[Callable[[Program], Program], ...] = (
    one_operation_a_bundle, on_narrow_engines, with_dead_code, computed_twice, with_empty_cycles,
    with_pauses, with_a_fallback, written_twice, at_other_addresses,
)  # fmt: skip
