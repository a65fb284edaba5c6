"""The front door to Hexagon: `from slotweave import hexagon`, one function for each command.

Assembly goes in as a text, as clang and llvm-mc print it, and `file` is what errors call it; what
is run on the emulator goes in as names of files. Bounds and sizes are counted in packets. Every
function raises InputError for what is wrong with what it was given: SW213 for a text that is no
assembly for Hexagon, SW215 for an unknown fact about memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError, naming
from slotweave.driver.solving.solve import Limits
from slotweave.extensions.lookup import unknown
from slotweave.hexagon.assembly.listing import Block
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.defaults import ARGUMENTS, WORK
from slotweave.hexagon.dependence.edges import FACTS
from slotweave.hexagon.inspection import (
    FileResult,
    block_bounds,
    inspect_file,
    repack_file,
)
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.results import BlockBounds, Compared, Inspected, Repacked

#: The machine for which a file is assembled that names none.
_CPU = "hexagonv67"


def inspect(text: str, *, file: str = "", counts: Mapping[str, int] | None = None) -> Inspected:
    """Packets, bounds and empty slots of each block; nothing is searched.

    `counts` says how often each block runs, by its name, and weighs the totals. Stalls, in cycles,
    are modelled after LLVM's itineraries, not measured.
    """
    return Inspected(inspect_file(text, file, counts))


def bound(text: str, *, file: str = "", least: int = 2) -> BlockBounds:
    """Lower bounds, each with its reason, on the packets of each block of `least` or more.

    Of a hardware loop of one block also those of a pass if passes overlapped.
    """
    return BlockBounds(file, block_bounds(text, file, least))


def repack(
    text: str,
    *,
    file: str = "",
    counts: Mapping[str, int] | None = None,
    assume: Iterable[str] = (),
    no_worse: NoWorse | str = NoWorse.STALLS,
    rename: bool = False,
    pipeline: bool = False,
    work: float = WORK,
    time_limit: float | None = None,
    workers: int = 1,
    seed: int = 0,
    self_test: int = 0,
    assemble: bool = True,
    watch: Callable[[int, str], None] = lambda _packed, _name: None,
) -> Repacked:
    """Pack each block again; `text` of the result has the packets of those that got shorter.

    A block is replaced only if it has fewer packets and what `no_worse` names gets no worse, as
    modelled: its stalls, its cycles (packets and stalls), or nothing but its packets. `rename` also
    uses other registers within blocks, `pipeline` overlaps the passes of hardware loops of one
    block, `assume` names facts about memory. All searches of a block, and all of a loop, end after
    `work` units of the solver's deterministic time or `time_limit` seconds. `watch` is told how
    many blocks are packed, and the last one's name. What is written was run on symbols against the
    input. If `assemble`, an assembler judges it, where one is installed: see `assembler` of the
    result. Of `self_test` faulty variants the result says which judge notices how many.

    Raises CheckFailed (SW406) for what the assembler refuses, InputError (SW213) for packets of the
    input that cannot be.
    """
    facts = _facts(assume)
    if no_worse not in list(NoWorse):
        raise unknown("SW212", "rule of what may not get worse", str(no_worse), map(str, NoWorse))
    with naming(file):
        found = repack_file(
            text, file, Limits(time_limit, None, workers, seed, work),
            counts=counts, facts=facts, no_worse=NoWorse(no_worse), rename=rename,
            pipeline=pipeline, tell=lambda number, one: watch(number + 1, _name(one.block)),
        )  # fmt: skip
    judge = _assembled(found) if assemble else ""
    tested = _self_test(found, self_test, seed, facts) if self_test else None
    return Repacked(found, judge, tested)


def verify(
    a: str,
    b: str,
    function: str,
    *,
    arguments: str = ARGUMENTS,
    others: Sequence[str] = (),
    instances: int = 100,
    seed: int = 0,
    time_limit: float = 60.0,
) -> Compared:
    """Run `function` of the files `a` and `b` on the same random inputs in QEMU, and compare.

    Compared are the memory behind the pointers, r0, r1 and the callee-saved registers. `arguments`
    says what is in r0, r1, ...: pointer (to 4096 random bytes), integer, or LOW..HIGH. The files
    `others` are linked with both. Each run may take `time_limit` seconds.

    Raises InputError: SW203 for a file that cannot be read, SW212 for a wrong option, SW217 without
    QEMU or a compiler, SW229 for a function that is not there, cannot be built, or fails in its
    first run in both files.
    """
    from slotweave.hexagon.judges.emulator import compare
    from slotweave.hexagon.judges.harness import arguments_of

    given = arguments_of(arguments)
    first, _second = [_text_with(function, name) for name in (a, b)]
    _expect_emulator()
    cpu = read_listing(first).cpu or _CPU
    linked = [Path(name) for name in others]
    files = Path(a), Path(b)
    trial = compare(files, function, given, instances, seed, cpu, linked, time_limit)
    if trial.ran and not trial.instances and trial.mismatch is None and instances:
        reason = f"nothing was compared: both fail in the first run of {function} ({trial.why})"
        raise InputError(Diagnostic("SW229", f"{reason}; do the arguments fit it?", file=a))
    return Compared((a, b), function, seed, trial)


def count(
    file: str,
    function: str,
    *,
    arguments: str = ARGUMENTS,
    others: Sequence[str] = (),
    instances: int = 10,
    seed: int = 0,
    time_limit: float = 60.0,
) -> Mapping[str, int]:
    """How often each block of `file` runs, by its name, in `instances` calls of `function`.

    It runs in QEMU on random inputs; options and errors are those of `verify`. SW229 also for a
    version of Hexagon that QEMU does not run.
    """
    from slotweave.hexagon.judges.counting import count_blocks
    from slotweave.hexagon.judges.emulator import NEWEST
    from slotweave.hexagon.judges.harness import arguments_of

    given = arguments_of(arguments)
    listing = read_listing(_text_with(function, file), file)
    _expect_emulator()
    if listing.version > NEWEST:
        reason = f"QEMU runs versions up to v{NEWEST}, and this is v{listing.version}"
        raise InputError(Diagnostic("SW229", reason, file=file))
    linked = [Path(name) for name in others]
    cpu = listing.cpu or _CPU
    return count_blocks(listing, function, given, instances, seed, cpu, linked, time_limit)


def _name(block: Block) -> str:
    return f"{block.function} {block.name}".strip()


def _facts(named: Iterable[str]) -> tuple[str, ...]:
    facts = tuple(dict.fromkeys(named))
    for name in facts:
        if name not in FACTS:
            raise unknown("SW215", "fact about Hexagon's memory", name, FACTS)
    return facts


def _assembled(result: FileResult) -> str:
    """The assembler that takes what is written; "" if none is there. Raises CheckFailed (SW406)."""
    from slotweave.hexagon.judges.assembler import CPU, find_assembler, new_errors

    assembler = find_assembler()
    if assembler is None:
        return ""
    listing = result.listing
    for error in new_errors(assembler, listing.text, result.text, listing.cpu or CPU):
        reason = f"{assembler.name} refuses what would be written: {error.text}"
        raise CheckFailed(Diagnostic("SW406", reason, file=listing.file, line=error.line))
    return assembler.name


def _self_test(
    result: FileResult, count: int, seed: int, facts: Sequence[str]
) -> dict[str, object]:
    """How many faulty variants of the blocks that are written each judge notices; of a loop whose
    passes overlap, variants of a whole run of few passes."""
    from slotweave.hexagon.judges.assembler import find_assembler
    from slotweave.hexagon.judges.loops import separate_bases, whole_run
    from slotweave.hexagon.judges.mutants import self_test

    found = [one for one in result.blocks.values() if one.written is not None]
    rows = [(one.block.packets, one.written or ()) for one in found]
    live = [one.live for one in found]
    apart: list[frozenset[str]] = [frozenset() for _ in found]
    for loop in (result.loops or {}).values():
        if loop.parts is not None:
            rows.append(whole_run(loop.block.packets, loop.parts, loop.stages, 2))
            live.append(loop.live)
            apart.append(separate_bases(loop.block.packets, facts))
    return self_test(rows, count, seed, find_assembler(), facts, live, apart).to_json()


def _expect_emulator() -> None:
    from slotweave.hexagon.judges.emulator import missing

    lacking = missing()
    if lacking:
        raise InputError(Diagnostic("SW217", lacking))


def _text_with(function: str, file: str) -> str:
    """The text of a file with that function. Raises InputError (SW203, SW212, SW229)."""
    if not re.fullmatch(r"[A-Za-z_]\w*", function):
        raise InputError(Diagnostic("SW212", f"{function!r} is no name of a C function"))
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError(Diagnostic("SW203", reason, file=file)) from None
    if not re.search(rf"^{function}:", text, re.MULTILINE):
        raise InputError(Diagnostic("SW229", f"there is no function {function!r}", file=file))
    return text
