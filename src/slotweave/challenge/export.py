"""A program as one Python file for the challenge's own checkout.

The file provides the challenge's interface (`KernelBuilder`) and holds the program for the shape it
was compiled for as a readable list of bundles; for that shape it needs nothing but the standard
library and the checkout's `problem`. For other shapes it calls `compiled_instructions` of an
installed Slotweave, and says so where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slotweave import __version__
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.legality import costs_a_cycle

KERNEL = "tree-hash"

Instructions = list[dict[str, list[tuple[Any, ...]]]]
ScratchMap = dict[int, tuple[str, int]]

_TEMPLATE = '''\
"""Tree hash for height {height}, {counted_rounds} and a batch of {batch}, in {cycles}.

Please do not publish or redistribute this file: the authors of the challenge ask that solutions
are kept private.

Written by Slotweave {version}. It belongs into the challenge's checkout as perf_takehome.py, beside
problem.py. Other shapes are compiled by Slotweave where it is installed.
"""

from problem import DebugInfo

HEIGHT, BATCH, ROUNDS = {height}, {batch}, {rounds}
CONTRACT = {contract!r}


class KernelBuilder:
    """Builds the kernel for one shape; `instrs` is its list of bundles."""

    def __init__(self):
        self.instrs = []
        self._scratch_map = {{}}

    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        if n_nodes != 2 ** (forest_height + 1) - 1:
            raise ValueError(f"a tree of height {{forest_height}} does not have {{n_nodes}} nodes")
        if (forest_height, batch_size, rounds) == (HEIGHT, BATCH, ROUNDS):
            self.instrs = [dict(bundle) for bundle in BUNDLES]
            self._scratch_map = dict(SCRATCH_MAP)
        else:
            self.instrs, self._scratch_map = compile_shape(forest_height, batch_size, rounds)

    def debug_info(self):
        return DebugInfo(scratch_map=self._scratch_map)


def compile_shape(height, batch, rounds):
    try:
        from slotweave.challenge.export import compiled_instructions
    except ImportError as error:
        raise RuntimeError(
            f"this file is for height {{HEIGHT}}, batch {{BATCH}}, {{ROUNDS}} rounds; for height "
            f"{{height}}, batch {{batch}}, {{rounds}} rounds Slotweave must be installed for this "
            "Python (in a checkout of Slotweave: pip install .)"
        ) from error
    return compiled_instructions(height, batch, rounds, CONTRACT)


# scratch address: (name, words)
SCRATCH_MAP = {{
{scratch_map}
}}

# One bundle a cycle: engine -> slots, all of which read the state from before the bundle.
BUNDLES = [
{bundles}
]
'''


def challenge_source(program: Program) -> str:
    """The text of the Python file for `program`, a tree-hash program for the challenge machine.

    Raises InputError (SW216) if it is another program, or does not say what shape it is for.
    """
    parameters = _parameters(program)
    contract = program.meta.get("contract")
    if contract not in TREE_HASH.contracts:
        raise _unfit("the program's meta does not name the contract")
    return _TEMPLATE.format(
        **parameters,
        counted_rounds=plural(int(parameters["rounds"]), "round"),
        contract=contract,
        cycles=_length(program),
        version=__version__,
        scratch_map="\n".join(_scratch_lines(program)),
        bundles="\n".join(_bundle_lines(program)),
    )


def compiled_instructions(
    height: int, batch: int, rounds: int, contract: str
) -> tuple[Instructions, ScratchMap]:
    """Compile and check the kernel for another shape, in the challenge's form."""
    # They load the compiler, which exporting can spare.
    from slotweave.driver.compile import compile_job
    from slotweave.driver.job import Job

    kernel = TREE_HASH
    parameters = {"height": height, "batch": batch, "rounds": rounds}
    plan = kernel.plan(kernel.plan_names[0], parameters, contract)
    result = compile_job(Job(kernel, parameters, contract, plan, CHALLENGE))
    bundles = [
        {engine: list(slots) for engine, slots in bundle.items()}
        for bundle in result.program.bundles
    ]
    return bundles, dict(result.program.names)


def _length(program: Program) -> str:
    """How long it is: in cycles, or in bundles if jumps decide how often they run."""
    bundles = sum(map(costs_a_cycle, program.bundles))
    return f"{bundles} {'cycles' if is_straight(program) else 'bundles'}"


def _parameters(program: Program) -> Mapping[str, int]:
    """Height, rounds and batch, as the meta of a tree-hash program says them."""
    if program.machine != CHALLENGE.name:
        raise _unfit(f"it is a program for the machine {program.machine!r}")
    if program.meta.get("kernel") != KERNEL:
        raise _unfit(f"the program's meta does not name the kernel {KERNEL!r}")
    parameters = program.meta.get("params")
    names = ("height", "rounds", "batch")
    if not isinstance(parameters, Mapping) or not all(
        type(parameters.get(name)) is int for name in names
    ):
        raise _unfit(f"the program's meta does not give the params {', '.join(names)} as integers")
    return {name: parameters[name] for name in names}


def _unfit(reason: str) -> InputError:
    message = f"only tree-hash programs for {CHALLENGE.name!r} have this form: {reason}"
    return InputError(Diagnostic("SW216", message))


def _scratch_lines(program: Program) -> Iterator[str]:
    for address, (name, words) in sorted(program.names.items()):
        yield f"    {address}: ({name!r}, {words}),"


def _bundle_lines(program: Program) -> Iterator[str]:
    """Each bundle under its number, an engine a line."""
    for number, bundle in enumerate(program.bundles):
        yield f"    # {number}"
        engines = [f"{engine!r}: {list(slots)!r}" for engine, slots in bundle.items()]
        yield "    {" + ",\n     ".join(engines) + "},"
