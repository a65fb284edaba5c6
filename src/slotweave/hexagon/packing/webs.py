"""Webs: the values of a block that have to lie in one register, and where else they may lie.

A web joins what writes a value and what reads it, a value and its update in place (`+=`, a write
under a condition, a base that is stepped), and writes of one register in one packet. The halves of
pairs form groups. A web that holds a value from before the block, one that is live after it or a
register without a name stays where it is; so do all registers but r0 to r28 and the predicates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slotweave.backend.allocate.registers import Group, LiveRange, allocate_registers
from slotweave.backend.schedule.exact import ValueSpan
from slotweave.hexagon.assembly.grammar import PAIR, Instruction, parse_instruction
from slotweave.hexagon.dependence.edges import Dependences, Edge, Operation
from slotweave.hexagon.dependence.effects import in_place
from slotweave.hexagon.machine.samples import TIED

#: Registers that values may be put in; the predicates are numbered after the others.
_NAMES = (*(f"r{number}" for number in range(29)), *(f"p{number}" for number in range(4)))
_NUMBER = {name: number for number, name in enumerate(_NAMES)}
#: Compounds have room for few registers in their words.
_SMALL = frozenset({*range(8), *range(16, 24), 29, 30})

#: A register as an operation uses it: (operation, register, how).
OLD, NEW, WRITTEN = "old", "new", "written"
Use = tuple[int, str, str]


@dataclass(frozen=True)
class Webs:
    """The web of each use of a register, and of each web its register, whether it stays there,
    whether it is there before the block and after it, its group, and its registers."""

    of: Mapping[Use, int]
    registers: Sequence[str]
    stays: Sequence[bool]
    enters: Sequence[bool]
    leaves: Sequence[bool]
    group: Sequence[int]
    groups: Sequence[Group]


@dataclass
class _Building:
    """Nodes joined to webs."""

    parents: list[int] = field(default_factory=list)
    registers: list[str] = field(default_factory=list)
    of: dict[Use, int] = field(default_factory=dict)
    current: dict[str, int] = field(default_factory=dict)
    entries: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)

    def node(self, register: str) -> int:
        self.parents.append(len(self.parents))
        self.registers.append(register)
        return len(self.parents) - 1

    def root(self, node: int) -> int:
        while self.parents[node] != node:
            node = self.parents[node]
        return node

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self.parents[high] = low

    def value(self, register: str) -> int:
        """The node of what a register holds now."""
        if register not in self.current:
            self.current[register] = self.node(register)
            self.entries.append(self.current[register])
        return self.current[register]


def webs_of(found: Dependences, live: frozenset[str]) -> Webs:
    """The webs of a block, after which the registers `live` may be read."""
    building = _Building()
    for name in _NAMES:
        building.value(name)
    rows: dict[int, list[Operation]] = defaultdict(list)
    for one in found.operations:
        rows[one.packet].append(one)
    for packet in sorted(rows):
        _pass(building, rows[packet])
    leaving = [node for name, node in building.current.items() if name in live]
    return _webs(building, leaving, found.operations)


def _pass(building: _Building, row: list[Operation]) -> None:
    """Go past a packet: old values are read, then all is written, then new values are read."""
    for one in row:
        for read in one.effects.reads:
            if not read.is_new:
                building.of[one.number, read.register, OLD] = building.value(read.register)
    fresh: dict[str, int] = {}
    for one in row:
        for register in sorted(one.effects.written):
            node = building.node(register)
            building.of[one.number, register, WRITTEN] = node
            if register in fresh:
                building.join(fresh[register], node)
            fresh[register] = node
    for one in row:
        _join_in_place(building, one)
        for read in one.effects.reads:
            if read.is_new:
                node = fresh.get(read.register, building.value(read.register))
                building.of[one.number, read.register, NEW] = node
    building.current.update(fresh)


def _join_in_place(building: _Building, one: Operation) -> None:
    instruction = one.instruction
    named = {name for operand in instruction.operands for name in operand.registers}
    for place in in_place(instruction, one.opcode):
        for register in instruction.operands[place].registers:
            building.join(
                building.of[one.number, register, WRITTEN], building.of[one.number, register, OLD]
            )
    if TIED.match(instruction.template):
        register = instruction.operands[0].text
        if (one.number, register, OLD) in building.of:
            building.join(
                building.of[one.number, register, WRITTEN], building.of[one.number, register, OLD]
            )
    for use in _uses(building, one):
        if use[1] not in named:
            building.kept.append(building.of[use])


def _uses(building: _Building, one: Operation) -> list[Use]:
    names = {read.register for read in one.effects.reads} | one.effects.written
    uses = [(one.number, name, how) for name in sorted(names) for how in (OLD, NEW, WRITTEN)]
    return [use for use in uses if use in building.of]


def _webs(building: _Building, leaving: Iterable[int], operations: Sequence[Operation]) -> Webs:
    roots = sorted({building.root(node) for node in range(len(building.parents))})
    number = {root: k for k, root in enumerate(roots)}
    of = {use: number[building.root(node)] for use, node in building.of.items()}
    registers = [building.registers[root] for root in roots]
    enters, leaves, stays = ([False] * len(roots) for _ in range(3))
    for node in building.entries:
        enters[number[building.root(node)]] = True
    for node in leaving:
        leaves[number[building.root(node)]] = True
    for node in building.kept:
        stays[number[building.root(node)]] = True
    for web, register in enumerate(registers):
        stays[web] |= enters[web] or leaves[web] or register not in _NUMBER
    group, halves = _groups(of, len(roots), operations)
    allowed = _allowed(of, registers, operations)
    groups = []
    for one in range(max(group, default=-1) + 1):
        members = [web for web in range(len(roots)) if group[web] == one]
        groups.append(_group(members, registers, stays, allowed, halves[one]))
    return Webs(of, registers, stays, enters, leaves, group, groups)


def _groups(
    of: Mapping[Use, int], count: int, operations: Sequence[Operation]
) -> tuple[list[int], list[bool]]:
    """The group of each web, and for each group whether it is one of pairs."""
    parents = list(range(count))

    def root(web: int) -> int:
        while parents[web] != web:
            web = parents[web]
        return web

    paired: set[int] = set()
    for one in operations:
        for operand in one.instruction.operands:
            if operand.kind == PAIR:
                high, low = operand.registers
                for how in (OLD, NEW, WRITTEN):
                    uses = (one.number, high, how), (one.number, low, how)
                    if all(use in of for use in uses):
                        first, second = sorted((root(of[uses[0]]), root(of[uses[1]])))
                        parents[second] = first
                        paired.update(of[use] for use in uses)
    roots = sorted({root(web) for web in range(count)})
    number = {one: k for k, one in enumerate(roots)}
    group = [number[root(web)] for web in range(count)]
    are_pairs = [False] * len(roots)
    for web in paired:
        are_pairs[group[web]] = True
    return group, are_pairs


def _allowed(
    of: Mapping[Use, int], registers: Sequence[str], operations: Sequence[Operation]
) -> list[frozenset[int]]:
    """The registers that each web may have, as far as words of instructions have room."""
    found = [
        frozenset(k for k, name in enumerate(_NAMES) if name[0] == register[0])
        for register in registers
    ]
    small = {one.number for one in operations if ";" in one.instruction.template}
    for (number, _, _), web in of.items():
        if number in small:
            found[web] &= _SMALL
    return found


def _group(
    members: Sequence[int],
    registers: Sequence[str],
    stays: Sequence[bool],
    allowed: Sequence[frozenset[int]],
    are_pairs: bool,
) -> Group:
    if any(registers[web] not in _NUMBER for web in members):
        return Group((0,))
    numbers = [_NUMBER[registers[web]] for web in members]
    step = 2 if are_pairs else 1
    own = numbers[0] // step * step
    if any(stays[web] for web in members):
        return Group((own,))
    bases = [
        base
        for base in range(0, len(_NAMES) - step + 1, step)
        if all(base + number % step in allowed[web]
               for web, number in zip(members, numbers, strict=True))
    ]  # fmt: skip
    return Group((own, *(base for base in bases if base != own)))


def without_renamed(found: Dependences, webs: Webs) -> Dependences:
    """The dependences that are left where webs that do not stay may have any register."""
    edges = tuple(edge for edge in found.edges if _is_kept(edge, webs))
    return replace(found, edges=edges)


def _is_kept(edge: Edge, webs: Webs) -> bool:
    """Whether an edge is of memory, of a value that is read, or of two uses of one place."""
    written = webs.of.get((edge.after, edge.why, WRITTEN))
    made = webs.of.get((edge.before, edge.why, WRITTEN))
    if edge.lag and made is not None and made == webs.of.get((edge.after, edge.why, OLD)):
        return True
    read = [webs.of.get((edge.before, edge.why, how)) for how in (OLD, NEW)]
    before = [made] if edge.lag else read
    known = [web for web in before if web is not None]
    if written is None or not known:
        return True
    return any(web == written or (webs.stays[web] and webs.stays[written]) for web in known)


def live_ranges(
    webs: Webs, forms: Sequence[tuple[int, Operation, Instruction]], packets: int
) -> list[tuple[int, LiveRange]]:
    """When each web is live, with its number; `forms` has the packet and the instruction of each
    operation.

    Packet p reads old values at 2p and writes at 2p + 1, when new values are read, too. What stands
    beside a new value in an instruction is taken to be read as late.
    """
    spans: dict[int, list[int]] = defaultdict(list)
    for web, (enters, leaves) in enumerate(zip(webs.enters, webs.leaves, strict=True)):
        spans[web] += [-1] * enters + [2 * packets] * leaves
    for packet, one, form in forms:
        late = ".new" in form.text
        for how in (OLD, NEW, WRITTEN):
            for register in {*one.effects.written, *(read.register for read in one.effects.reads)}:
                used = webs.of.get((one.number, register, how))
                if used is not None:
                    spans[used].append(2 * packet + int(how != OLD or late))
    return [
        (web, LiveRange(min(span), max(span), webs.group[web], _offset(webs, web)))
        for web, span in sorted(spans.items())
        if span and webs.registers[web] in _NUMBER
    ]


def _offset(webs: Webs, web: int) -> int:
    """1 for the upper half in a group of pairs."""
    number = _NUMBER[webs.registers[web]]
    own = webs.groups[webs.group[web]].bases[0]
    return number - own


def groups_beside(webs: Webs) -> list[Group]:
    """The groups, without places in which a web that may lie elsewhere would share its register
    with one that stays and is read, or live after the block."""
    used = set(webs.of.values())
    taken = {
        _NUMBER[register]
        for web, register in enumerate(webs.registers)
        if register in _NUMBER and webs.stays[web] and (webs.leaves[web] or web in used)
    }
    offsets: dict[int, set[int]] = defaultdict(set)
    for web, register in enumerate(webs.registers):
        if register in _NUMBER and not webs.stays[web]:
            offsets[webs.group[web]].add(_offset(webs, web))
    return [
        Group(tuple(base for base in group.bases
                    if not any(base + one in taken for one in offsets[number])))
        for number, group in enumerate(webs.groups)
    ]  # fmt: skip


def value_spans(webs: Webs, activity_of: Mapping[int, int]) -> list[ValueSpan]:
    """The webs that lie in r0 to r28, for a schedule of these activities of the operations."""
    rows: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for (number, _, how), web in webs.of.items():
        rows[web][int(how != WRITTEN)].add(activity_of[number])
    found = []
    for web, register in enumerate(webs.registers):
        if register in _NUMBER and register[0] == "r":
            writers, readers = (tuple(sorted(row)) for row in rows[web])
            enters, leaves = webs.enters[web], webs.leaves[web]
            if writers or (enters and (readers or leaves)):
                found.append(ValueSpan(writers, readers, enters, leaves))
    return found


def renamed(
    webs: Webs, forms: Sequence[tuple[int, Operation, Instruction]], packets: int
) -> list[Instruction] | None:
    """The instructions with the registers that their webs were given, None if there are too few."""
    ranges = [one for _, one in live_ranges(webs, forms, packets)]
    bases = allocate_registers(ranges, webs.groups)
    if bases is None:
        return None
    names = names_of(webs, bases)
    return [with_names(webs, names, one, form) for _, one, form in forms]


def names_of(webs: Webs, bases: Sequence[int]) -> dict[int, str]:
    """The register of each web, where those of groups begin at these."""
    return {
        web: _NAMES[bases[webs.group[web]] + _offset(webs, web)]
        for web, register in enumerate(webs.registers)
        if register in _NUMBER
    }


def with_names(
    webs: Webs, names: Mapping[int, str], one: Operation, form: Instruction
) -> Instruction:
    """The instruction `form` of an operation with these registers of its webs."""
    text = form.text
    for place in reversed(range(len(form.operands))):
        operand = form.operands[place]
        if not operand.registers:
            continue
        is_new = form.text.startswith(".new", operand.end)
        is_written = place in one.opcode.writes
        order = (WRITTEN, OLD) if is_written else (NEW, OLD, WRITTEN) if is_new else (OLD, NEW)
        found = []
        for register in operand.registers:
            uses = ((one.number, register, how) for how in order)
            web = next(webs.of[use] for use in uses if use in webs.of)
            found.append(names.get(web, register))
        name = f"{found[0]}:{found[1][1:]}" if operand.kind == PAIR else found[0]
        text = text[: operand.begin] + name + text[operand.end :]
    return parse_instruction(text)
