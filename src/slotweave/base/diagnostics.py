"""What goes wrong, said to the user: stable codes, messages, exit codes.

An error of the user's (or of the limits they gave) is a `SlotweaveError`; the command line prints
it without a traceback and leaves with its exit code. Codes are stable: scripts may rely on them.
`CODES` holds for each the title and what `slotweave explain CODE` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, TypeVar


class Exit(IntEnum):
    """Exit codes of the command."""

    DONE = 0
    CHECK_FAILED = 1
    BAD_INPUT = 2
    NO_SCHEDULE = 3
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code, what was found, and where (any part of the place may be empty)."""

    code: str
    message: str
    file: str = ""
    line: int | None = None
    bundle: int | None = None
    engine: str = ""
    slot: int | None = None

    def place(self) -> str:
        """`file:line, bundle 88, alu[3]`, as far as it is known."""
        parts = []
        if self.file:
            parts.append(self.file if self.line is None else f"{self.file}:{self.line}")
        if self.bundle is not None:
            parts.append(f"bundle {self.bundle}")
        if self.engine:
            parts.append(self.engine if self.slot is None else f"{self.engine}[{self.slot}]")
        return ", ".join(parts)

    def __str__(self) -> str:
        place = self.place()
        return f"{self.code} {place}: {self.message}" if place else f"{self.code} {self.message}"


class SlotweaveError(Exception):
    """An error to show without a traceback; carries its diagnostic and the exit code."""

    exit_code = Exit.BAD_INPUT

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


class InputError(SlotweaveError):
    """The input or the options are wrong (exit code 2)."""


class CheckFailed(SlotweaveError):
    """A check failed: a wrong result, or a program that the machine refuses (exit code 1).

    `report` is what was found before it failed, as --json prints it; None if that is nothing.
    """

    exit_code = Exit.CHECK_FAILED

    def __init__(self, diagnostic: Diagnostic, report: Mapping[str, Any] | None = None) -> None:
        super().__init__(diagnostic)
        self.report = report


class ReferenceDiffers(CheckFailed):
    """A kernel and the reference that it brings differ: no program and no compiler is at fault."""


class NoSchedule(SlotweaveError):
    """No schedule within the limits given (exit code 3); the message says why."""

    exit_code = Exit.NO_SCHEDULE


Failure = TypeVar("Failure", bound=SlotweaveError)


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Errors raised within that name no file name `file`, if there is one."""
    try:
        yield
    except SlotweaveError as error:
        if error.diagnostic.file or not file:
            raise
        raise changed(error, replace(error.diagnostic, file=file)) from None


def changed(error: Failure, diagnostic: Diagnostic) -> Failure:
    """The same error with another diagnostic."""
    again = type(error)(diagnostic)
    if isinstance(error, CheckFailed) and isinstance(again, CheckFailed):
        again.report = error.report
    return again


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """What a code stands for: a title, and the longer text of `slotweave explain CODE`."""

    title: str
    text: str


CODES: dict[str, CodeEntry] = {
    "SW101": CodeEntry("too many slots", "A bundle lists more slots for an engine than the machine gives it in one cycle. Move slots to another bundle, or to another engine that can do them."),
    "SW102": CodeEntry("unknown engine", "A bundle names an engine that the machine does not have. `slotweave machines show NAME` lists the engines."),
    "SW103": CodeEntry("unknown operation", "A slot names an operation that this engine of the machine cannot run. `slotweave machines show NAME` lists what each engine can do."),
    "SW104": CodeEntry("two writes to one word", "Two slots of one bundle write the same scratch or memory word. The challenge machine keeps the last one in listing order; strict mode refuses the program, because such code is nearly always a mistake. `--compatible` accepts it."),
    "SW105": CodeEntry("scratch address out of range", "A scratch operand lies outside scratch. A vector operand takes up vector_length words, starting at its address."),
    "SW106": CodeEntry("load out of range", "A load reads at or past the end of memory. A vector load reads vector_length words, including those that nothing uses."),
    "SW107": CodeEntry("store out of range", "A store writes at or past the end of memory. A vector store writes vector_length words."),
    "SW108": CodeEntry("zero divisor", "A division or remainder by zero. The message names the line of the kernel, if the program has it. A kernel promises that its divisors are not 0: choose another one where it may be (`k.select(y, y, 1)`), or give memory in which it is not."),
    "SW109": CodeEntry("read of scratch never written", "Strict mode: a slot reads a scratch word that nothing has written before. On the machine the word is 0, but such a read is nearly always a mistake. `--compatible` allows it, and a program that means it names the words `=0`. `inspect` and `repack` take the word to be 0, as the machine does, and print a warning."),
    "SW110": CodeEntry("operand is not an integer", "Operands of slots are integers (scratch addresses, immediates, bundle numbers)."),
    "SW111": CodeEntry("wrong number of operands", "The slot does not have the operands of its operation. `slotweave machines show NAME` shows the form of each."),
    "SW112": CodeEntry("lane out of range", "A lane is a number from 0 to vector_length - 1."),
    "SW113": CodeEntry("jump target out of range", "A jump goes to a bundle before the first one."),
    "SW114": CodeEntry("cycle limit reached", "The program was still running after --max-cycles cycles. It may never stop. If it is just long, raise the limit. Of a kernel, the limit is a million blocks on an input; the message names a line of the block in which the run was."),
    "SW115": CodeEntry("debug comparison failed", "A `compare` slot found a value that differs from the one in the value trace."),
    "SW116": CodeEntry("index outside its region", "By using an index into a region, a kernel promises that the index stays inside the region. The compiler relies on this: it takes different regions not to overlap, and may reorder accesses to them. On this memory the promise is broken, so the kernel does not define a result. The message names the line, the region and the index. Mask the index (`a[i & 3]`), declare more words, or make the two regions one. `vload(used=...)` says which words of a vector matter; the others may lie outside."),
    "SW201": CodeEntry("unknown kernel", "No kernel of that name is known. `slotweave kernels list` shows the names; `file.py:function` names one of your own."),
    "SW202": CodeEntry("bad parameter", "A parameter of the kernel is unknown, not a number, or out of range. `slotweave kernels show NAME` lists the parameters."),
    "SW203": CodeEntry("file cannot be read", "The file does not exist, is a directory, cannot be read with your permissions, or is larger than 256 MiB."),
    "SW204": CodeEntry("malformed program file", "The program file is not a JSON or text program of the form that `slotweave export` writes. The message names the place."),
    "SW205": CodeEntry("bad machine file", "The machine description cannot be used. The message names the line and the key."),
    "SW206": CodeEntry("kernel function failed", "The kernel function raised an exception while it was traced. The message names the line of your file."),
    "SW207": CodeEntry("output cannot be written", "The output file could not be written; nothing was left behind."),
    "SW208": CodeEntry("unknown machine", "No machine of that name is known. `slotweave machines list` shows the names; a path to a .toml file names one of your own."),
    "SW209": CodeEntry("bad plan", "The plan is unknown, malformed, or does not fit the kernel. `slotweave kernels show NAME` lists the plans by name."),
    "SW210": CodeEntry("bad memory file", "The memory file must be a JSON list of words, integers from 0 to 2^32 - 1."),
    "SW211": CodeEntry("kernel misuse", "The kernel function used the tracer in a way that has no meaning on the machine: a Python `if` on a symbolic value, a region that is too short, operands of different shapes. The message names the line of your file."),
    "SW212": CodeEntry("bad option", "An option has a value that cannot be used."),
    "SW213": CodeEntry("malformed text form", "A text form of a graph, problem, schedule, allocation or layout does not parse, or a packet of assembly cannot be one. The message names the line."),
    "SW215": CodeEntry("bad facts", "The facts are unknown or malformed. The message names the key. A facts file is a JSON object with memory_words, words, regions and ranges."),
    "SW216": CodeEntry("program does not fit the form", "The requested form needs something that the program file does not provide. `--format challenge` needs a tree-hash program for the challenge machine with kernel, params and contract in its meta, as `slotweave compile tree-hash -o FILE` writes it."),
    "SW217": CodeEntry("optional package is missing", "The command needs an optional package. The message says how to install it."),
    "SW218": CodeEntry("malformed result file", "The file is not a result of the form that `slotweave compile KERNEL --result FILE` writes. The message names the entry."),
    "SW219": CodeEntry("program cannot be lifted", "The program could not be turned into a dataflow graph: a jump depends on words that are not known before the run, or the program runs for too long. The message names the bundle. Facts that say more about memory (--facts) may decide the jump. `repack`, `explain`, `bound` and `what-if` treat such a program part by part, unless it jumps to a computed bundle; `explain` does so only for parts at whose edges no results are in flight."),
    "SW220": CodeEntry("malformed certificate file", "The file is not a certificate of the form that `slotweave bound KERNEL --certificate FILE` writes. The message names the key."),
    "SW221": CodeEntry("Python file builds no program", "A Python file given as a program runs in a separate interpreter. It must define a class KernelBuilder with build_kernel, instrs and debug_info, as the challenge's tests use them. This file raised an exception, ended its interpreter, imports a module that is missing, does not define the class, or built no bundle. The message says which, and names the line if it is known."),
    "SW222": CodeEntry("Python file exceeds a limit", "A Python file given as a program ran for longer than --load-time-limit, needed more than 4 GiB of memory, or built too much. It was stopped, together with all processes that it had started. The output of such a file is dropped; `-v` shows the last lines."),
    "SW223": CodeEntry("malformed scheduling problem", "The file given to `slotweave solve` does not hold a scheduling problem in the format that its name indicates: .dzn, .sm, .rcp, .SCH, .fjs, or a JSON project. The message names the line and the token or key, or the number of rows declared and the number found."),
    "SW224": CodeEntry("kind of problem not supported", "The file holds a kind of scheduling problem that `slotweave solve` does not support: non-renewable or doubly constrained resources, several modes in a format that gives lags by mode, or an unknown format. The message names the line and the kind."),
    "SW225": CodeEntry("one name for two things", "Two installed packages provide a kernel, a machine or a command of the same name, so the name is ambiguous. The message names both packages; uninstall one of them."),
    "SW226": CodeEntry("store cannot be used", "The store of studies (--store) cannot be opened, read or written: there is no such file, the file is not an SQLite database, you may not write it, or the PostgreSQL server does not answer. The message gives the reason."),
    "SW227": CodeEntry("study cannot be resumed", "The study of that name does not exist, is about another kernel, shape, contract or machine, or is in use by another process. `slotweave study list` shows the studies."),
    "SW228": CodeEntry("cluster cannot be used", "The Dask scheduler given with --cluster does not answer or has no worker, or its workers cannot find the kernel: kernels of installed packages have a name, and others are given as file.py:function, where the file must have the same path on every worker."),
    "SW229": CodeEntry("assembly cannot be run", "The assembly given to `slotweave hexagon verify` has no function of that name, or the compiler or the linker refuses it. The message says which, with the first line of their output. Use `--with FILE` to link files that define missing symbols."),
    "SW301": CodeEntry("scratch too small", "The values that must be live at once do not fit into scratch. The message names the cycle, the number of live words, the values that took up most of them, and what would have to change."),
    "SW302": CodeEntry("no engine for an operation", "The kernel uses an operation that no engine of the machine can run, in the shape that the kernel needs; or `what-if` takes away slots that the program cannot do without: all those of an engine that it uses, or some of those that operations which cannot be parted need."),
    "SW307": CodeEntry("plan contradicts the kernel", "By the schedule options of the plan, some stages or windows of items may begin only after earlier ones have ended, but these earlier ones wait for later ones. Allow more of them to be open at once."),
    "SW308": CodeEntry("time limit", "--time-limit expired before there was a checked program. The message names the stage that was running. Allow more time, or use a smaller shape; `--plan default`, `--effort fast` and simpler plans take less time."),
    "SW309": CodeEntry("no schedule exists", "The scheduling problem has no schedule at all: its lags and resources contradict each other. The message says what shows this: a cycle of lags that is too long, an activity that needs more than is available, or the solver's verdict. More time does not help; relax a maximal lag, or add units of a resource."),
    "SW310": CodeEntry("no schedule found", "The method found no schedule, and no proof that there is none. Allow more time, or use `--method exact`."),
    "SW401": CodeEntry("illegal schedule", "A dependence is violated or an engine is overfull. This is a bug in the compiler, caught before anything was written; please report it."),
    "SW402": CodeEntry("illegal allocation", "Two values share a scratch word while both are live. This is a bug in the compiler, caught before anything was written; please report it."),
    "SW403": CodeEntry("wrong result", "The program and its reference leave different memory for some input. The message names the first difference and the seed that reproduces it."),
    "SW404": CodeEntry("input was changed", "The program changed memory that must stay as it is: a region that the contract or the facts declare read-only. If the program was written for other facts, pass those with `--facts`."),
    "SW405": CodeEntry("rewriting is not justified", "A recorded rewrite step is not an instance of its rule at the node it names, or the steps do not lead from the traced graph to the rewritten one. This is a bug in the compiler, caught before anything was written; please report it."),
    "SW406": CodeEntry("program and graph differ", "Run symbolically, the program leaves an expression in memory that differs from that of the graph it was made from. This is a bug in the compiler, caught before anything was written; please report it."),
    "SW407": CodeEntry("rule without proof", "A rewrite rule has no recorded proof that fits it: it is new, or its equation or the meaning of one of its operations has changed since the proof. Nothing is compiled with such a rule. `slotweave rules prove --record` proves all rules and writes the record."),
    "SW408": CodeEntry("rule not proved", "The prover found words for which a rewrite rule is wrong, which the message names, or could not decide it in time. The rule must be fixed or removed."),
    "SW409": CodeEntry("program differs from what it is compared with", "The attempt at a proof found a memory on which the program differs from the workload's definition, from the graph that it should have been made from, or from the program that it is compared with under `--facts`. The message names the first difference; `--json` lists the words of that memory."),
    "SW410": CodeEntry("result does not hold", "A saved result could not be reproduced. The message names the entries that differ: `record` (an entry was changed), `program`, `machine`, `simulator` or `inputs` (not the one that was hashed), `verified` (the program is wrong), `cycles`, `bundles`."),
    "SW411": CodeEntry("self-test missed a mutant", "The self-test changed the program so that it computes something else, and no check noticed. The checks are at fault; please report this with the message."),
    "SW412": CodeEntry("bound is not proved", "A certificate does not prove the lower bound that it claims, or it was written for a problem that differs from the one that its kernel, parameters, contract, plan and machine give now. The message names the bound and the reason."),
    "SW413": CodeEntry("schedule of a project is illegal", "A schedule of a scheduling problem violates a lag or exceeds a resource, or the certificate of a lower bound does not prove it. This is a bug in the solver, caught before anything was written; please report it."),
    "SW414": CodeEntry("proof required, but not found", "With `--require-proof`, a program that can be neither proved nor refuted is a failure: a difference was not found, but it is not excluded either. The message gives the reason. Without the option, the command says so and exits with 0."),
    "SW501": CodeEntry("malformed intermediate value", "A graph, problem, schedule or allocation breaks a named invariant. The message quotes the surrounding text."),
}  # fmt: skip
