"""Whether two rows of packets do the same by what their instructions mean.

Guarantees, if it is proved: from any registers and any memory both leave the same registers and the
same memory, load from the same addresses, and branch alike to the same place, under the meanings of
`hexagon.semantics`, which the tests hold against QEMU. Unlike `judges.symbols` it takes from the
text no more than which operand is read as `.new`; what is read and written is the meaning's.

Both rows are run on terms, each built once (value numbering): a register's value is a term of the
values that registers had at first and of what was loaded. Memory is the set of its stores. A store
is the term of its address, size, value and of all stores before it that may overlap with it; a load
is the term of its address, size and of the stores before it that may. Where these sets are equal,
one order becomes the other by exchanges of what is apart (Mazurkiewicz traces). Accesses are apart
by one base and two offsets. Where values of registers are different terms, z3 is asked whether they
are different values, if it is there. Example: `{ r1 = add(r0,#4) }` leaves r1 = (sum r0 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from slotweave.base.verdict import Verdict
from slotweave.hexagon.assembly.grammar import Instruction
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.judges.equality import same_value
from slotweave.hexagon.judges.terms import SPACE, Term, Terms
from slotweave.hexagon.judges.values import Values
from slotweave.hexagon.semantics.meaning import LOADED, NEXT, Access, Meaning, meaning_of
from slotweave.isa.expression import WORD_MASK


class _UndecidedError(Exception):
    """Why nothing is known: its text."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Bytes that are accessed."""

    address: Term
    size: int
    condition: Term


@dataclass
class _Left:
    """What a row of packets leaves behind."""

    values: Values
    separate: frozenset[Term] = frozenset()
    registers: dict[str, Term] = field(default_factory=dict)
    stores: list[tuple[_Place, Term]] = field(default_factory=list)
    loads: Counter[_Place] = field(default_factory=Counter)
    branches: list[tuple[Term, Term]] = field(default_factory=list)
    last_branch: int = -1

    def value(self, register: str) -> Term:
        return self.registers.get(register, self.values.terms.of("register", register))


@dataclass(frozen=True, slots=True)
class _Step:
    """An instruction of a packet, its meaning, and the values of its operands when it runs."""

    instruction: Instruction
    meaning: Meaning
    arguments: dict[int, Term]
    condition: Term

    @property
    def places(self) -> list[tuple[str, ...]]:
        """The registers of each place, the low half of a pair first."""
        named = [one.registers[::-1] for one in self.instruction.operands]
        return [*named, *((one,) for one in self.meaning.implied)]

    @property
    def written(self) -> set[str]:
        return {one for place, _ in self.meaning.results for one in self.places[place]}


def same_meaning(
    one: Sequence[Packet],
    other: Sequence[Packet],
    live: frozenset[str] | None = None,
    separate: frozenset[str] = frozenset(),
) -> Verdict[None]:
    """Whether both rows of packets do the same: proved, or unknown with the reason.

    Of the registers that are left only those that are `live` matter, all of them without it.
    Accesses by the values that two registers of `separate` had at first are taken to be apart.
    """
    values = Values(Terms())
    apart = frozenset(values.terms.of("register", register) for register in separate)
    try:
        first, second = (_run(packets, values, apart) for packets in (one, other))
        why = _difference(first, second, live)
    except _UndecidedError as undecided:
        return Verdict("unknown", str(undecided))
    flags = [_loop_ends(packets) for packets in (one, other)]
    if flags[0] != flags[1]:
        why = "a loop ends elsewhere"
    if not why and any(left.last_branch >= 0 for left in (first, second)):
        ends = first.last_branch - len(one), second.last_branch - len(other)
        why = "" if ends == (-1, -1) else "a branch is not in the last packet"
    if why:
        return Verdict("unknown", why)
    return Verdict(True, "values of registers and memory are the same terms")


def _loop_ends(packets: Sequence[Packet]) -> list[tuple[int, str]]:
    """The flags that end loops, by the packet counted from the last."""
    return [
        (number - len(packets), flag)
        for number, packet in enumerate(packets)
        for flag in packet.flags
        if flag.startswith("endloop")
    ]


def _difference(one: _Left, other: _Left, live: frozenset[str] | None) -> str:
    values = one.values
    changed = {*one.registers, *other.registers}
    for register in sorted(changed if live is None else changed & live):
        if not same_value(values, one.value(register), other.value(register)):
            return f"{register} may differ"
    if {store for _, store in one.stores} != {store for _, store in other.stores}:
        return "memory may differ"
    if one.loads != other.loads:
        return "it may load from elsewhere"
    return "" if one.branches == other.branches else "it may branch otherwise"


def _run(packets: Sequence[Packet], values: Values, separate: frozenset[Term]) -> _Left:
    left = _Left(values, separate)
    for number, packet in enumerate(packets):
        steps = _steps(left, packet)
        _branch(left, number, steps)
        fresh: dict[str, Term] = {}
        for register, rows in _writes(left, steps).items():
            fresh[register] = _joined(left, register, rows)
        left.registers.update(fresh)
    return left


def _steps(left: _Left, packet: Packet) -> list[_Step]:
    """The instructions in the order of the text, those that read new values after their makers."""
    waiting = {k: one for k, one in enumerate(packet.instructions) if one.text != "nop"}
    meanings = {k: _meaning(one) for k, one in waiting.items()}
    is_ordered = "mem_noshuf" in packet.flags
    done: dict[int, _Step] = {}
    fresh: dict[str, Term] = {}
    while waiting:
        ready = [k for k, one in waiting.items() if _news(one, meanings[k]) <= set(fresh)]
        if not ready:
            first = next(iter(waiting.values()))
            raise _UndecidedError(f"nothing makes the new value of `{first.text}`")
        for k in ready:
            if is_ordered and meanings[k].load and any(meanings[j].store for j in waiting if j < k):
                raise _UndecidedError(f"`{waiting[k].text}` may load before what stands before it")
            done[k] = _step(left, fresh, waiting.pop(k), meanings[k])
            if is_ordered:
                _store(left, done[k])
        made = _writes(left, list(done.values()))
        fresh = {
            register: _joined(left, register, rows)
            for register, rows in made.items()
            if not any(register in _may_write(one, meanings[k]) for k, one in waiting.items())
        }
    steps = [done[k] for k in sorted(done)]
    for step in steps if not is_ordered else ():
        _store(left, step)
    return steps


def _meaning(instruction: Instruction) -> Meaning:
    found = meaning_of(instruction.template)
    if found is None:
        raise _UndecidedError(f"no meaning of `{instruction.template}`")
    return found


def _may_write(instruction: Instruction, meaning: Meaning) -> set[str]:
    return _Step(instruction, meaning, {}, 0).written


def _news(instruction: Instruction, meaning: Meaning) -> set[str]:
    """The registers that it reads as new values of others."""
    own = _may_write(instruction, meaning)
    return {
        name
        for operand in instruction.operands
        if instruction.text.startswith(".new", operand.end)
        for name in operand.registers
        if name not in own
    }


def _step(left: _Left, fresh: dict[str, Term], one: Instruction, meaning: Meaning) -> _Step:
    values, found = left.values, {}
    for place, operand in enumerate(one.operands):
        is_new = one.text.startswith(".new", operand.end)
        names = operand.registers[::-1]
        for half, name in enumerate(names):
            old = left.value(name)
            found[2 * place + half] = fresh.get(name, old) if is_new else old
        if not names and operand.value is not None:
            found[2 * place] = values.constant(operand.value & WORD_MASK)
        elif not names:
            found[2 * place] = values.terms.of("symbol", operand.text)
    for number, name in enumerate(meaning.implied):
        found[2 * (len(one.operands) + number)] = left.value(name)
    found[NEXT] = values.terms.of("symbol", "after the block")
    condition = values.constant(1)
    if meaning.condition is not None:
        condition = values.of(meaning.condition, found)
    step = _Step(one, meaning, found, condition)
    if meaning.load is not None:
        there = _place(values, step, meaning.load)
        left.loads[there] += 1
        load = values.terms.of("load", there.address, there.size, _before(left, there))
        for half in (0, 1):
            found[LOADED + half] = values.terms.of("half", load, half)
    return step


def _place(values: Values, step: _Step, access: Access) -> _Place:
    address = values.word(values.of(access.address, step.arguments))
    return _Place(address, access.size, step.condition)


def _store(left: _Left, step: _Step) -> None:
    access, values = step.meaning.store, left.values
    if access is None:
        return
    assert access.value is not None
    place = _place(values, step, access)
    value = values.of(access.value, step.arguments)
    words = [values.word(value), *([values.high_word(value)] if access.size == 8 else [])]
    before = _before(left, place)
    parts = place.address, place.size, place.condition, before, *words
    left.stores.append((place, values.terms.of("store", *parts)))


def _branch(left: _Left, number: int, steps: Sequence[_Step]) -> None:
    values = left.values
    for step in steps:
        target, test = step.meaning.target, step.meaning.branch_if
        if target is not None:
            where = values.word(values.of(target, step.arguments))
            sense = values.constant(1) if test is None else values.of(test, step.arguments)
            left.branches.append((sense, where))
            left.last_branch = number


def _writes(left: _Left, steps: Sequence[_Step]) -> dict[str, list[tuple[_Step, Term]]]:
    """For each register that is written, who writes it and what, in the order of the text."""
    found: dict[str, list[tuple[_Step, Term]]] = {}
    for step in steps:
        for place, expr in step.meaning.results:
            value = left.values.of(expr, step.arguments)
            for half, register in enumerate(step.places[place]):
                word = left.values.high_word(value) if half else left.values.word(value)
                found.setdefault(register, []).append((step, word))
    return found


def _joined(left: _Left, register: str, rows: list[tuple[_Step, Term]]) -> Term:
    """What a register holds after a packet that writes it.

    Two comparisons into one predicate are ANDed; other two writes have to exclude each other.
    """
    terms, values = left.values.terms, left.values
    certain = [value for step, value in rows if step.meaning.condition is None]
    if len(certain) == len(rows) and register.startswith("p"):
        value = certain[0]
        for other in sorted(certain[1:]):
            value = terms.of("&", *sorted((value, other)))
        return value
    if len(certain) > 1 or (certain and len(rows) > 1) or len(rows) > 2:
        raise _UndecidedError(f"{register} is written twice in a packet")
    if certain:
        return certain[0]
    if len(rows) == 2 and not _exclude(values, rows[0][0].condition, rows[1][0].condition):
        raise _UndecidedError(f"{register} is written under two conditions in a packet")
    value = left.value(register)
    for step, written in sorted(rows, key=lambda row: row[0].condition):
        value = _either(values, step.condition, written, value)
    return value


def _negated(values: Values, condition: Term) -> Term:
    return values.terms.of("-", values.constant(1), condition)


def _exclude(values: Values, one: Term, other: Term) -> bool:
    return one == _negated(values, other) or other == _negated(values, one)


def _either(values: Values, condition: Term, written: Term, old: Term) -> Term:
    """`written` where the condition holds, else `old`; a condition that is negated is turned."""
    parts = values.terms.parts(condition)
    if parts[0] == "-" and isinstance(parts[1], int) and values.known(parts[1]) == 1:
        assert isinstance(parts[2], int)
        condition, written, old = parts[2], old, written
    return values.where(condition, written, old)


def _before(left: _Left, place: _Place) -> frozenset[Term]:
    """The stores so far that may overlap with `place`."""
    terms = left.values.terms
    return frozenset(
        store for other, store in left.stores if _may_meet(terms, place, other, left.separate)
    )


def _may_meet(terms: Terms, one: _Place, other: _Place, separate: frozenset[Term]) -> bool:
    base, offset = terms.sum(one.address)
    beside, there = terms.sum(other.address)
    if base != beside:
        return not separate >= {base, beside}
    ahead = (there - offset) % SPACE
    return ahead < one.size or SPACE - ahead < other.size
