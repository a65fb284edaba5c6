"""Verbs that make something: a program, the end of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slotweave.arguments import (
    function_of,
    functions_by_name,
    limits_of,
    whole_number,
    words_of,
)
from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.driver.job import Job
from slotweave.names import (
    AnyKernel,
    AnyMachine,
    AnyProgram,
    job_of,
    machine_of,
    program_of,
)
from slotweave.results.made import Compiled, Ended
from slotweave.results.shown import shown_as
from slotweave.simulate.run import MAX_CYCLES, Memory

if TYPE_CHECKING:
    from slotweave.driver.compile import AfterPass
    from slotweave.simulate.stepping import Stepper


def compile(
    what: Job | AnyKernel,
    *,
    time_limit: float | None = None,
    evaluations: int | None = None,
    watch: Callable[[str], None] = lambda _name: None,
    print_after: Mapping[str, Callable[[str], None]] = MappingProxyType({}),
    **options: Any,
) -> Compiled:
    """Compile a job, or a kernel with the options of `job`, to a checked program.

    A job may be compiled for another `machine` than its own, if that has vectors as long.

    The search for a shorter schedule ends after `time_limit` seconds or after `evaluations`
    schedules, but not before there is one. The program has been run on random inputs and compared
    with its graph. `watch` is told the name of each pass that begins, and `print_after`, by the
    names of passes, the text of what there is after them.

    Raises InputError, NoSchedule (it does not fit the machine), CheckFailed (a check objects).

    >>> def double(k, n=8):
    ...     x = k.region("x", 0, n, output=True)
    ...     for at in range(0, n, k.vector_length):
    ...         x.vstore(at, 2 * x.vload(at))
    >>> sw.compile(double, n=16)
    <double compiled for challenge: 5 cycles>
    """
    from slotweave.driver.compile import compile_job

    limit, tell = limits_of(evaluations, time_limit), function_of("watch", watch)
    return shown_as(
        Compiled,
        compile_job(
            job_of(what, options),
            limit,
            tell,
            _printers(functions_by_name("print_after", print_after)),
        ),
    )


def _printers(printers: Mapping[str, Callable[[str], None]]) -> AfterPass:
    """What is called after each pass. Raises InputError (SW212) for a name that no pass has."""
    if not printers:
        return lambda _ended, _draft: None
    from slotweave.driver.pass_text import draft_text
    from slotweave.driver.passes import PASSES, Draft

    known = [each.name for each in PASSES]
    for name in printers:
        if name not in known:
            reason = f"there is no pass {name!r}; known: {', '.join(known)}"
            raise InputError(Diagnostic("SW212", reason))

    def show(ended: str, draft: Draft) -> None:
        if ended in printers:
            printers[ended](draft_text(ended, draft))

    return show


def run(
    program: AnyProgram,
    memory: Memory = (),
    *,
    machine: AnyMachine | None = None,
    strict: bool = True,
    max_cycles: int = MAX_CYCLES,
) -> Ended:
    """Simulate `program` from `memory`, a sequence of words from 0 to 2^32 - 1.

    Raises InputError (SW210) for what is no memory, CheckFailed for the first fault, with the
    line of the kernel if the program has it; in strict mode also for what is only suspicious (two
    writes to one word, reads of scratch that nothing has written).

    >>> double = sw.compile("saxpy", n=8).program
    >>> sw.run(double, [3, *[0] * 7, *[1] * 8, *[5] * 8]).memory[-8:].tolist()
    [8, 8, 8, 8, 8, 8, 8, 8]
    """
    from slotweave.anatomy.words.slot_lines import naming_lines
    from slotweave.simulate.compiled import encode, run_compiled

    held = program_of(program)
    most = whole_number("max_cycles", max_cycles, 0)
    with naming_lines(held):
        encoded, given = encode(held, machine_of(held, machine)), words_of(memory)
        end = run_compiled(encoded, given, strict=strict, max_cycles=most)
    return Ended(
        end.cycles, end.memory, end.scratch, end.trace, end.state, end.pc, given,
        end.executed_bundles,
    )  # fmt: skip


def stepper(
    program: AnyProgram,
    memory: Memory,
    machine: AnyMachine | None = None,
    *,
    strict: bool = True,
    max_cycles: int | None = None,
) -> Stepper:
    """A run of `program` that goes forward and back bundle by bundle, for at most `max_cycles`.

    Raises CheckFailed, in strict mode, for what keeps the program from being run at all.
    """
    from slotweave.simulate.legality import static_faults
    from slotweave.simulate.run import MAX_CYCLES
    from slotweave.simulate.stepping import Stepper

    held = program_of(program)
    target = machine_of(held, machine)
    if strict:
        for refusal in static_faults(held, target):
            raise CheckFailed(refusal)
    limit = MAX_CYCLES if max_cycles is None else max_cycles
    return Stepper(held, target, words_of(memory), strict, limit)
