"""What a debugger shows of a run that is stepped through, as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from slotweave.anatomy.words.scratch_names import ScratchNames, scratch_names
from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.run import Space
from slotweave.simulate.stepping import Stepper
from slotweave.views.drawn import kernel_lines

_MARK = "bold reverse"
_CHANGED = "bold yellow"
_DIM = "dim"
#: Words in a line of memory.
_MOST_WORDS = 8
_NUMBER, _WORD, _INDENT = 9, 11, 9  # columns


def names_in_scratch(program: Program, machine: Machine) -> ScratchNames:
    """By which names `scratch_text` shows words of scratch."""
    return scratch_names(program, machine)


def listing_text(program: Program, stepper: Stepper, lines: int) -> Text:
    """Bundles around the one that is next, which is marked and has a line for each slot."""
    text = Text()
    first = max(0, stepper.bundle - 2)
    for number in range(first, min(len(program.bundles), first + lines)):
        here = number == stepper.bundle and not stepper.ended
        text.append(f"{'>' if here else ' '}{number:>6}  ", _MARK if here else _DIM)
        slots = [
            f"{engine} {' '.join(map(str, slot))}"
            for engine, row in program.bundles[number].items()
            for slot in row
        ]
        if here:
            _append_slots(text, slots, _lines_of(program, number))
        else:
            text.append(" | ".join(slots) + "\n")
    return text


def _append_slots(text: Text, slots: Sequence[str], lines: Sequence[str]) -> None:
    """A line for each slot, with the kernel's line beside it."""
    indent, wide = "", max(map(len, slots), default=0)
    for slot, line in zip(slots, lines, strict=True):
        text.append(indent)
        text.append(f"{slot:<{wide}}", _MARK)
        text.append(f"  {line}\n", _DIM)
        indent = " " * _INDENT
    if not slots:
        text.append("\n")


def _lines_of(program: Program, bundle: int) -> Sequence[str]:
    """The kernel's line of each slot of a bundle, and what stands there, as far as it is known."""
    of_slots, names, sources = kernel_lines(program, [bundle])
    rows = program.bundles[bundle].items()
    numbers = iter(of_slots)
    found = []
    for engine, row in rows:
        for _slot in row:
            at = -1 if engine == DEBUG_ENGINE else next(numbers, -1)
            source = sources[at] if sources and at >= 0 else ""
            found.append(f"{names[at]}  {source}".rstrip() if at >= 0 else "")
    return found


def events_text(stepper: Stepper, names: ScratchNames) -> Text:
    """What the slots of the last bundle read and wrote, in words."""
    text, last = Text(), stepper.last
    if last is None:
        return Text("nothing has run yet", _DIM)
    for event in last.events:
        reads = ", ".join(_access(each.space, each.address, each.words, names)
                          for each in event.reads)  # fmt: skip
        wrote = ", ".join(_access(each.space, each.address, each.words, names)
                          for each in event.writes)  # fmt: skip
        text.append(f"{event.engine}[{event.slot}] ", _DIM)
        text.append(f"{reads or '-'} -> {wrote or '-'}")
        text.append(f" in {event.latency} bundles\n" if event.latency > 1 else "\n", _DIM)
    if last.fault:
        text.append(str(last.fault), "bold red")
    return text


def _access(space: Space, address: int, words: Sequence[int], names: ScratchNames) -> str:
    shown = " ".join(map(str, words))
    return f"{_place(space, address, names)} = {shown}"


def _place(space: Space, address: int, names: ScratchNames) -> str:
    if space is Space.MEMORY:
        return f"memory {address}"
    return names.of(address) or f"scratch {address}"


def scratch_text(stepper: Stepper, names: ScratchNames, watched: Sequence[int]) -> Text:
    """The watched words, then those that the last bundle changed, then all that are not 0."""
    text = Text()
    changed = _changed(stepper, Space.SCRATCH)
    held = [at for at, word in enumerate(stepper.scratch) if word and at not in changed]
    for address in dict.fromkeys([*watched, *sorted(changed), *held]):
        word = stepper.scratch[address]
        style = _CHANGED if address in changed else ""
        name = names.of(address) or ""
        text.append(f"{address:>5} {name:<14} {word:>11} {word:#010x}\n", style)
    return text


def memory_text(stepper: Stepper, first: int, lines: int, width: int) -> Text:
    """Lines of memory from the one that holds `first`; what the last bundle changed is marked.

    A line has as many words as fit into `width` columns, of 1, 2, 4 and 8.
    """
    fits = min(max((width - _NUMBER) // _WORD, 1), _MOST_WORDS)
    words = 1 << fits.bit_length() - 1
    text = Text()
    changed = _changed(stepper, Space.MEMORY)
    begin = first - first % words
    for line in range(begin, min(len(stepper.memory), begin + lines * words), words):
        text.append(f"{line:>8} ", _DIM)
        for address in range(line, min(line + words, len(stepper.memory))):
            style = _CHANGED if address in changed else ""
            text.append(f" {stepper.memory[address]:>10}", style)
        text.append("\n")
    return text


def _changed(stepper: Stepper, space: Space) -> frozenset[int]:
    last = stepper.last
    return frozenset(c.address for c in last.changes if c.space is space) if last else frozenset()


def status_text(stepper: Stepper, said: str) -> Text:
    """Where the run is, and what was said last."""
    state = "ended" if stepper.ended else f"bundle {stepper.bundle:,} is next"
    text = Text(f"cycle {stepper.cycle:,}, {state}, {stepper.at:,} bundles have run")
    return text.append(f"   {said}", _CHANGED) if said else text
