"""A stand-in for the challenge's module of this name, for files that stand alone.

It is implemented from a description of the interface: constants, instances of tree hash and their
plain definition, and a `Machine` that runs programs on the reference simulator in compatible mode.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from slotweave.simulate.run import Run

Engine = Literal["alu", "valu", "load", "store", "flow", "debug"]
Instruction = dict[Engine, list[tuple[Any, ...]]]

SLOT_LIMITS = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1, "debug": 64}
VLEN = 8
N_CORES = 1
SCRATCH_SIZE = 1536
BASE_ADDR_TID = 100_000

#: Stage (op1, c, op2, op3, s) of the hash is a = (a op1 c) op2 (a op3 s).
HASH_STAGES = [
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
]

_WORD = 2**32
_GENERATED = 2**30


def cdiv(a: int, b: int) -> int:
    """a / b, rounded up."""
    return -(-a // b)


@dataclass
class DebugInfo:
    """What tools are told about scratch: address -> (name, words)."""

    scratch_map: dict[int, tuple[str, int]]


class CoreState(Enum):
    """Whether a core goes on."""

    RUNNING = 1
    PAUSED = 2
    STOPPED = 3


@dataclass
class Core:
    """What can be seen of a core between two runs."""

    id: int = 0
    scratch: list[int] = field(default_factory=list)
    trace_buf: list[int] = field(default_factory=list)
    pc: int = 0
    state: CoreState = CoreState.RUNNING


class Machine:
    """Runs a program in compatible mode; `run` goes on after a pause."""

    def __init__(
        self,
        mem_dump: Sequence[int],
        program: Sequence[Instruction],
        debug_info: DebugInfo | None = None,
        n_cores: int = 1,
        scratch_size: int = SCRATCH_SIZE,
        trace: bool = False,
        value_trace: dict[Any, int] | None = None,
    ) -> None:
        if n_cores != N_CORES:
            raise ValueError(f"the machine has {N_CORES} core, not {n_cores}")
        del trace  # a picture for a browser, which nothing reads
        self.mem = list(mem_dump)
        self.program = program
        self.debug_info = debug_info
        self.value_trace = value_trace or {}
        self.cores = [Core(scratch=[0] * scratch_size)]
        self.cycle = 0
        self.enable_pause = True
        self.enable_debug = True
        self.prints = False
        self._end: Run | None = None

    def run(self) -> None:
        """Run until the program stops or pauses."""
        from dataclasses import replace

        from slotweave.ir.program import Program
        from slotweave.machine import CHALLENGE
        from slotweave.simulate.reference import run

        bundles = tuple(
            {str(engine): tuple(map(tuple, slots)) for engine, slots in bundle.items()}
            for bundle in self.program
        )
        machine = replace(CHALLENGE, scratch_words=len(self.cores[0].scratch))
        self._end = run(
            Program(CHALLENGE.name, bundles), machine, self._end or self.mem, strict=False,
            enable_pause=self.enable_pause, enable_debug=self.enable_debug,
            value_trace=self.value_trace,
        )  # fmt: skip
        self.mem = self._end.memory.tolist()
        self.cycle = self._end.cycles
        state = CoreState[self._end.state.value]
        scratch, trace = self._end.scratch.tolist(), list(self._end.trace)
        self.cores = [Core(0, scratch, trace, self._end.pc, state)]


@dataclass
class Tree:
    """A perfect binary tree in breadth-first order."""

    height: int
    values: list[int]

    @staticmethod
    def generate(height: int) -> Tree:
        return Tree(height, [random.randrange(_GENERATED) for _ in range(2 ** (height + 1) - 1)])


@dataclass
class Input:
    """The items: where each stands and what it holds; and how many rounds there are."""

    indices: list[int]
    values: list[int]
    rounds: int

    @staticmethod
    def generate(forest: Tree, batch_size: int, rounds: int) -> Input:
        del forest
        values = [random.randrange(_GENERATED) for _ in range(batch_size)]
        return Input([0] * batch_size, values, rounds)


def build_mem_image(t: Tree, inp: Input) -> list[int]:
    """Memory before a run: header, tree, indices, values."""
    nodes, batch = len(t.values), len(inp.values)
    header = [inp.rounds, nodes, batch, t.height, 7, 7 + nodes, 7 + nodes + batch]
    return [*header, *t.values, *inp.indices, *inp.values]


def myhash(a: int) -> int:
    """The hash of a word."""
    return myhash_traced(a, {}, 0, 0)


def myhash_traced(a: int, trace: dict[Any, int], round: int, item: int) -> int:
    """The hash of a word; `trace` receives what each stage gives."""
    for stage, (op1, constant, op2, op3, shift) in enumerate(HASH_STAGES):
        left, right = _apply(op1, a, constant), _apply(op3, a, shift)
        a = _apply(op2, left, right)
        trace[round, item, "hash_stage", stage] = a
    return a


def _apply(operation: str, a: int, b: int) -> int:
    match operation:
        case "+":
            return (a + b) % _WORD
        case "^":
            return a ^ b
        case "<<":
            return (a << b) % _WORD
        case _:
            return a >> b


def reference_kernel(t: Tree, inp: Input) -> None:
    """Do to `inp` what the kernel must do."""
    mem = build_mem_image(t, inp)
    for mem in reference_kernel2(mem):  # noqa: B007, B020
        pass
    batch = len(inp.values)
    inp.indices[:], inp.values[:] = mem[-2 * batch : len(mem) - batch], mem[len(mem) - batch :]


def reference_kernel2(mem: list[int], trace: dict[Any, int] | None = None) -> Iterator[list[int]]:
    """Memory before and after; `trace` receives the values on the way."""
    trace = {} if trace is None else trace
    rounds, nodes, batch, _, tree, indices, values = mem[:7]
    yield mem
    for number in range(rounds):
        for item in range(batch):
            index, value = mem[indices + item], mem[values + item]
            node = mem[tree + index]
            hashed = myhash_traced(value ^ node, trace, number, item)
            following = 2 * index + (1 if hashed % 2 == 0 else 2)
            wrapped = 0 if following >= nodes else following
            steps = {
                "idx": index, "val": value, "node_val": node, "hashed_val": hashed,
                "next_idx": following, "wrapped_idx": wrapped,
            }  # fmt: skip
            trace.update({(number, item, name): word for name, word in steps.items()})
            mem[indices + item], mem[values + item] = wrapped, hashed
    yield mem
