"""A program run on words and on terms at once, as `concolic` does it for flows.

Guarantees: as `concolic`; time and landing are those of `symbolic_program`. What a run reads of
scratch that nothing has written is 0, as in compatible mode.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.check.runs.concolic import MOST_STEPS, Decision, Path, RunFailsError, TooLongError
from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory
from slotweave.check.symbolic.symbolic_program import SymbolicRun
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import OPERATIONS
from slotweave.isa.codegen import word_function
from slotweave.machine import Machine
from slotweave.simulate.slots import SlotKind, slot_kinds

_CONDITIONAL = frozenset({"cond_jump", "cond_jump_rel"})

#: Bundle, engine and slot of a jump.
Place = tuple[int, str, int]


def conditional_jumps(program: Program, machine: Machine) -> tuple[Place, ...]:
    """Where `program` has conditional jumps."""
    kinds = slot_kinds(machine)
    return tuple(
        (number, engine, slot)
        for number, bundle in enumerate(program.bundles)
        for engine, slots in bundle.items()
        for slot, written in enumerate(slots)
        if engine in kinds
        and written[0] in kinds[engine]
        and kinds[engine][written[0]].operation.name in _CONDITIONAL
    )


def follow_program(
    program: Program,
    machine: Machine,
    facts: Facts,
    memory: Sequence[int],
    jumps: Sequence[Place],
    most_steps: int = MOST_STEPS,
) -> Path:
    """The path of `program`, which must have no static faults, on `memory`.

    A side is that of the jump with this number among `jumps`.
    """
    terms = _TermsOfWords(memory)
    path = Path(terms, words=terms.words)
    try:
        _Run(program, machine, path, _PinnedMemory(path, facts, memory), jumps,
             most_steps).until_stop()  # fmt: skip
        path.ended = True
    except TooLongError:
        path.cut = True
    except (RunFailsError, ZeroDivisionError):
        pass
    return path


class _TermsOfWords(Terms):
    """Terms of which each has the word that it is on `memory`."""

    def __init__(self, memory: Sequence[int]) -> None:
        super().__init__()
        self.words: dict[int, int] = {}
        self._memory = memory

    def make(self, kind: str, value: int = 0, args: tuple[int, ...] = ()) -> int:
        term = super().make(kind, value, args)
        if term not in self.words:
            if kind == "const":
                self.words[term] = value
            elif kind == "input":
                self.words[term] = self._memory[value]
            elif kind in OPERATIONS:
                self.words[term] = self._word(kind, args)
        return term

    def _normalised(self, name: str, args: tuple[int, ...]) -> int:
        term = super()._normalised(name, args)
        if term not in self.words:  # it is in normal form itself
            self.words[term] = self._word(name, args)
        return term

    def _word(self, name: str, args: tuple[int, ...]) -> int:
        return word_function(name)(*(self.words[arg] for arg in args))


class _PinnedMemory(SymbolicMemory):
    """Memory in which computed addresses are what they are on this path."""

    def __init__(self, path: Path, facts: Facts, memory: Sequence[int]) -> None:
        super().__init__(path.terms, MemoryMap((), len(memory)), facts.words)
        self._path, self._length = path, len(memory)

    def load(self, address: int, region: int | None) -> int:
        return super().load(self._pinned(address), region)

    def store(self, address: int, region: int | None, word: int) -> None:
        super().store(self._pinned(address), region, word)

    def _pinned(self, address: int) -> int:
        word = self._path.words[address]
        if word >= self._length:
            raise RunFailsError
        if self._terms.known(address) is not None:
            return address
        self._path.decisions.append(Decision(address, word))
        return self._terms.constant(word)


class _Run(SymbolicRun):
    """A run that goes on where a jump depends on data, and notes which way."""

    def __init__(
        self,
        program: Program,
        machine: Machine,
        path: Path,
        memory: SymbolicMemory,
        jumps: Sequence[Place],
        most_steps: int,
    ) -> None:
        super().__init__(program, machine, path.terms, memory, {})
        self._path, self._most_steps = path, most_steps
        self._number = {
            (bundle, program.bundles[bundle][engine][slot]): number
            for number, (bundle, engine, slot) in enumerate(jumps)
        }

    def _step(self, bundle: Bundle) -> None:
        self._path.steps += 1 + sum(map(len, bundle.values()))
        if self._path.steps > self._most_steps:
            raise TooLongError
        super()._step(bundle)

    def _decided(self, _kind: SlotKind, slot: Slot, term: int) -> int:
        word = self._path.words[term]
        number = self._number.get((self._pc, slot))
        if number is not None:
            self._path.decide(number, term, word)
        elif self._terms.known(term) is None:  # an indirect jump
            self._path.decisions.append(Decision(term, word))
        return word
