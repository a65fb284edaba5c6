"""`slotweave verify`: a program against a kernel's reference, or against another program.

A saved result is derived again, and `--self-test` turns on the checks themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import FORM, assumed, named_facts
from slotweave.cli.options import (
    MAX_CYCLES,
    NO_FILES,
    Compatible,
    Contract,
    Files,
    Instances,
    Json,
    MachineOfProgram,
    MaxCycles,
    Parameters,
    Seed,
)
from slotweave.cli.output import print_json
from slotweave.cli.program_files import (
    Building,
    building,
    built_for,
    built_like,
    is_built,
    note_unused,
    program_from,
    program_in,
    program_text,
)
from slotweave.cli.proofs import prove_programs, proved_json, proved_lines, refutation
from slotweave.cli.results import is_result, verify_result
from slotweave.cli.self_test import Choice, test_checks
from slotweave.cli.terminal import Terminal
from slotweave.cli.tried import inputs_tried, unreached_lines
from slotweave.cli.under_facts import Trial, naming_compatible, verify_under_facts
from slotweave.extensions import extensions

if TYPE_CHECKING:
    from slotweave.driver.proof import Proved
    from slotweave.frontend.kernel import Kernel, Words
    from slotweave.ir.program import Program
    from slotweave.machine import Machine
    from slotweave.simulate.run import Run


def add_to(app: typer.Typer) -> None:
    command(app, "verify")(verify)


def verify(
    terminal: Terminal,
    program: Annotated[
        str | None,
        typer.Argument(
            metavar="PROGRAM|RESULT|KERNEL",
            help="A program file, or a file that `compile --result` wrote; - is stdin. With "
            "--self-test also a kernel.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="KERNEL|PROGRAM",
            help="What to compare with (default: the kernel that the file names). "
            "A Python file builds for the shape that the first program names, if --shape does not.",
        ),
    ] = None,
    parameters: Parameters = None,
    contract: Contract = None,
    facts: Annotated[
        str | None,
        typer.Option(
            "--facts",
            metavar=FORM,
            help="Compare with the program of --against on random memories that these facts "
            "allow, in the words that they call output.",
        ),
    ] = None,
    machine: MachineOfProgram = None,
    instances: Instances = 100,
    seed: Seed = 0,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Also try to prove the result for all inputs."),
    ] = False,
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Test the checks: break the program in many ways; each must be noticed.",
        ),
    ] = False,
    compatible: Compatible = False,
    max_cycles: MaxCycles = MAX_CYCLES,
    files: Files = NO_FILES,
    mutants: Annotated[
        int,
        typer.Option(metavar="N", min=10, help="Number of broken programs that --self-test tries."),
    ] = 1000,
    json: Json = False,
) -> None:
    """Check what a program computes.

    Runs it on random inputs and compares the memory that it leaves with the kernel's reference, or
    with the other program. Parameters and contract are those that the program file names, unless
    they are given.

    --prove covers all inputs, for programs in which data decides no jump. Without --facts, proves
    each program against the kernel's definition; with --facts, proves the two programs equal. The
    exit code is 1 if the claim is refuted; it is 0 if it is not proved, and the reason is printed.

    A result is derived again: hashes, runs on the recorded seed and on fresh ones, cycles.
    --self-test tests the checks themselves, on a program or a kernel (default: the first of
    `kernels list`).
    """
    how = building(files, terminal)
    if facts is None:
        note_unused(files, terminal, program, against)
    if self_test:
        if against or prove or facts:
            reason = "--self-test breaks one program and holds it against its own kernel"
            options = "--against, --prove and --facts"
            raise InputError(Diagnostic("SW212", f"{reason}; leave out {options}"))
        choice = Choice(program, parameters or [], contract, machine, seed, mutants, how)
        test_checks(choice, terminal, json)
        return
    if program is None:
        raise InputError(Diagnostic("SW212", "which program? Only --self-test can do without one"))
    if facts is not None:
        _expect_two_programs(against, parameters, contract)
        trial = Trial(instances, seed, not compatible, max_cycles, prove)
        _compare(program, str(against), facts, machine, how, trial, json)
        return
    if is_built(program):
        parsed = program_in(program, how)
    else:
        text = program_text(program)
        if is_result(text):
            verify_result(text, program, against, machine, terminal, json)
            return
        parsed = program_from(text, program, terminal)
    if against is not None:
        how = built_like(parsed, program, against, how)
    target = inputs.machine_of(parsed, machine)
    against = against or _kernel_of(parsed).name
    other = program_in(against, how) if _is_program_file(against) else None
    kernel = inputs.kernel_named(against, target) if other is None else _kernel_of(parsed, other)
    if other is not None and not parameters:
        _expect_one_subject(parsed, program, other, against)
    meta = _meta_for(kernel, parsed, other)
    values = inputs.parameters_of(kernel, parameters or (), meta.get("params"))
    promise = inputs.contract_of(kernel, contract or meta.get("contract"))
    report: dict[str, Any] = {
        "kernel": kernel.name,
        "params": values,
        "contract": promise,
        "seed": seed,
    }
    from slotweave.check.runs.breadth import run_broadly
    from slotweave.check.runs.execution import instance_memory
    from slotweave.check.runs.program_inputs import program_inputs
    from slotweave.evidence.rederive import workload_of

    workload = workload_of(kernel, values, promise, target, seed, instances)
    workload = replace(workload, strict=not compatible)
    begin = instance_memory(workload.memory, seed, 0)
    proved = None
    if prove:
        with inputs.with_file(program), naming_compatible():  # a run is cheap, a proof is not
            _end_after(parsed, target, not compatible, max_cycles)(begin)
        programs = [(parsed, target)]
        if other is not None:
            programs.append((other, inputs.machine_of(other, machine)))
        proved = prove_programs(programs, kernel, values, promise)
        report["proved"] = proved_json(proved, promise)
        if other is not None:
            report["proved"]["of"] = [inputs.shown(program), inputs.shown(against)]
        _refuse_refuted(proved, report, program, json)
    if other is not None:
        with inputs.with_file(against):
            its_machine = inputs.machine_of(other, machine)
            after = _end_after(other, its_machine, not compatible, max_cycles)
            after = inputs.blamed(after, against)
        its_inputs = program_inputs(other, its_machine, workload.facts, len(begin), seed, [begin])
        directed = workload.directed.joined(its_inputs, "the other program's ")
        workload = replace(
            workload, reference=lambda memory: after(memory).memory,
            trace=lambda memory: after(memory).trace, directed=directed,
            against=inputs.shown(against),
        )  # fmt: skip
    allows = _naming_what_allows_it(kernel, values)
    with inputs.with_file(program), naming_compatible(), allows:
        verified = run_broadly(parsed, target, workload, instances, seed, max_cycles)
    if json:
        print_json({"verified": verified.to_json(), **report})
        return
    built = built_for(program, parsed)
    print(
        f"{inputs_tried(verified)}, no difference to {inputs.shown(against)}"
        + (f" ({kernel.judge})" if other is None and kernel.judged_by_trace else "")
        + (f" (built for {built})" if built else "")
    )
    for line in unreached_lines(verified):
        print(line)
    if proved and other is not None:
        both = f"{inputs.shown(program)} and {inputs.shown(against)}"
        print(f"proved of {both}, each by itself against {kernel.name} (the least of the two):")
    for line in proved_lines(proved) if proved else ():
        print(line)


@contextmanager
def _naming_what_allows_it(kernel: Kernel, values: Mapping[str, int]) -> Iterator[None]:
    """Where an input was changed, errors name a contract of `kernel` that has no inputs to keep."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code != "SW404":
            raise
        for contract in kernel.contracts:
            if not any(region.read_only for region in kernel.facts(values, contract).regions):
                cure = f"the contract {contract} lets it end as it likes (--contract {contract})"
                message = f"{found.message}; {cure}"
                raise CheckFailed(replace(found, message=message)) from None
        raise


def _refuse_refuted(proved: Proved, report: Mapping[str, Any], program: str, json: bool) -> None:
    """Raise CheckFailed (SW409) if something is refuted; as JSON the whole report comes first."""
    refuted = refutation(proved)
    if refuted is None:
        return
    if json:
        print_json(dict(report))
    with inputs.with_file(program):
        raise refuted


def _expect_two_programs(
    against: str | None, parameters: list[str] | None, contract: str | None
) -> None:
    """Refuse --facts where they are not for two programs."""
    if against is None or not _is_program_file(against):
        what = "--against names none" if against is None else f"{against} is none"
        reason = f"--facts are for a program --against another, and {what}"
        raise InputError(Diagnostic("SW212", f"{reason}; kernels have -p and --contract"))
    if parameters or contract:
        reason = "-p and --contract are for kernels; --facts say what is known of memory"
        raise InputError(Diagnostic("SW212", reason))


def _compare(
    program: str,
    against: str,
    facts: str,
    machine: str | None,
    how: Building,
    trial: Trial,
    json: bool,
) -> None:
    """Hold the one program against the other under `facts`."""
    from slotweave.driver.comparison import Subject

    parsed = program_in(program, how)
    how = built_like(parsed, program, against, how)
    other = program_in(against, how)
    named = named_facts().get(facts)
    if named and how.values(named[0]) is None:
        _expect_one_subject(parsed, program, other, against)
    known = assumed(program, facts, how, parsed)
    subjects = tuple([Subject(one, inputs.machine_of(one, machine)) for one in (parsed, other)])
    verify_under_facts(
        (subjects[0], subjects[1]), (program, against), known, trial, how.terminal, json
    )


def _end_after(
    program: Program, machine: Machine, strict: bool, max_cycles: int
) -> Callable[[Words], Run]:
    """The end of a run of `program`."""
    from slotweave.driver.comparison import Subject, end_after

    return end_after(Subject(program, machine), strict=strict, max_cycles=max_cycles)


def _expect_one_subject(first: Program, file: str, second: Program, against: str) -> None:
    """Refuse two programs that say that they are for different kernels or parameters."""
    said = [(it.meta.get("kernel"), it.meta.get("params")) for it in (first, second)]
    if not all(kernel and params for kernel, params in said) or said[0] == said[1]:
        return
    reason = (
        f"{inputs.shown(file)} is for {_for_what(first)}, and {inputs.shown(against)} for "
        f"{_for_what(second)}; {_flags()}-p NAME=VALUE says for what both are to be tried all the "
        "same"
    )
    raise InputError(Diagnostic("SW212", reason))


def _flags() -> str:
    """What the options of extensions say."""
    return "".join(
        f"{each.subject.flag} says what a {each.reader.noun} is built for, "
        for each in extensions()
        if each.subject and each.reader
    )


def _for_what(program: Program) -> str:
    """The kernel and the parameters that `program` names."""
    params = program.meta["params"]
    pairs = params.items() if isinstance(params, Mapping) else ()
    shown = ", ".join(f"{name} {value}" for name, value in pairs)
    return f"{program.meta['kernel']} with {shown or params}"


def _is_program_file(name: str) -> bool:
    return name == inputs.STDIN or (".py:" not in name and Path(name).is_file())


def _kernel_of(*programs: Program) -> Kernel:
    """The kernel that one of `programs` says it is for; it knows which memories make sense."""
    from slotweave.extensions import kernels

    for program in programs:
        name = program.meta.get("kernel")
        if isinstance(name, str) and name in kernels():
            return kernels()[name]
        if isinstance(name, str) and name and len(programs) == 1:
            raise _not_run(name)
    reason = (
        "neither program file names a kernel that comes with Slotweave, so it is unknown "
        "which memories to try; pass --facts FILE.json (`slotweave facts show` prints one "
        "to start from), or verify each of them --against its kernel, such as FILE.py:FUNCTION"
        if len(programs) > 1
        else "the program file names no kernel that comes with Slotweave; pass --against "
        "KERNEL, FILE.py:FUNCTION, or another program with --facts FILE.json"
    )
    raise InputError(Diagnostic("SW212", reason))


def _meta_for(kernel: Kernel, *programs: Program | None) -> Mapping[str, Any]:
    """What the first of `programs` that is for `kernel` says of itself."""
    for program in programs:
        if program is not None and program.meta.get("kernel") == kernel.name:
            params, contract = program.meta.get("params"), program.meta.get("contract")
            return {
                "params": params if _are_numbers(params) else None,
                "contract": contract if isinstance(contract, str) else None,
            }
    return {}


def _are_numbers(params: object) -> bool:
    return isinstance(params, Mapping) and all(type(value) is int for value in params.values())


def _not_run(name: str) -> InputError:
    """The program is for a kernel in a Python file, which only the user may have run."""
    said = " ".join(name.split())[:200]
    reason = (
        f"the program file names {said!r}, which does not come with Slotweave, and "
        "what a data file names is not run; if you trust it, name it yourself: "
        f"slotweave verify PROGRAM --against {quote(said)}"
    )
    return InputError(Diagnostic("SW212", reason))
