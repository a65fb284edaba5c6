"""`slotweave verify`: a program against a kernel's reference, or against another program.

A saved result is derived again, and `--self-test` turns on the checks themselves.
"""

from __future__ import annotations

from shlex import quote
from typing import Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FORM
from slotweave.cli.inputs import expect_one_from_stdin, shown
from slotweave.cli.options import (
    INSTANCES,
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
from slotweave.cli.program_files import (
    building,
    is_built,
    note_unused,
    program_from,
    program_in,
    program_text,
)
from slotweave.cli.terminal import Terminal
from slotweave.cli.verifying.against import verify_against
from slotweave.cli.verifying.request import Request, expect_self_test_alone
from slotweave.cli.verifying.results import verify_result
from slotweave.cli.verifying.self_test import Choice, test_checks
from slotweave.cli.verifying.under_facts import verify_under_facts

_Subject = Annotated[
    str | None,
    typer.Argument(
        metavar="PROGRAM|RESULT|KERNEL",
        help="A program file, or a file that `compile --result` wrote; - is stdin. With "
        "--self-test also a kernel.",
    ),
]
_Against = Annotated[
    str | None,
    typer.Option(
        metavar="KERNEL|PROGRAM",
        help="What to compare with (default: the kernel that the file names). "
        "A Python file builds for the shape that the first program names, if --shape does not.",
    ),
]
_Facts = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar=FORM,
        help="Compare with the program of --against on random memories that these facts "
        "allow, in the words that they call output.",
    ),
]
_Prove = Annotated[
    bool,
    typer.Option("--prove", help="Also try to prove the result for all inputs."),
]
_RequireProof = Annotated[
    bool,
    typer.Option(
        "--require-proof",
        help="As --prove, and exit with code 1 if the result can be neither proved nor refuted.",
    ),
]
_SelfTest = Annotated[
    bool,
    typer.Option(
        "--self-test",
        help="Test the checks: break the program in many ways; each change must be noticed.",
    ),
]
_Mutants = Annotated[
    int,
    typer.Option(metavar="N", min=10, help="Number of broken programs that --self-test tries."),
]


def add_to(app: typer.Typer) -> None:
    command(app, "verify")(verify)


def verify(
    terminal: Terminal,
    program: _Subject = None,
    against: _Against = None,
    parameters: Parameters = None,
    contract: Contract = None,
    facts: _Facts = None,
    machine: MachineOfProgram = None,
    instances: Instances = INSTANCES,
    seed: Seed = 0,
    prove: _Prove = False,
    require_proof: _RequireProof = False,
    self_test: _SelfTest = False,
    compatible: Compatible = False,
    max_cycles: MaxCycles = MAX_CYCLES,
    files: Files = NO_FILES,
    mutants: _Mutants = 1000,
    json: Json = False,
) -> None:
    """Check what a program computes.

    Run the program on random inputs and compare the final memory with that of the kernel's
    reference, or of another program. The kernel, its parameters and the contract are taken from
    the program file unless you give them.

    With --prove, also try to prove the result for all inputs. Without --facts, each program is
    proved against the kernel's definition; with --facts, the two programs are proved equal. The
    exit code is 1 if the claim is refuted. If it can be neither proved nor refuted, the command
    prints the reason and exits with code 0, or with code 1 if --require-proof is given.

    Given a file that `compile --result` wrote, reproduce the result: check the hashes, repeat
    the recorded runs, run fresh inputs, and count the cycles. --self-test tests the checks
    themselves, on a program or a kernel (default: the first one that `kernels list` shows).
    """
    expect_one_from_stdin({"PROGRAM": program, "--against": against, "--machine": machine})
    how = building(files, terminal)
    if facts is None:
        note_unused(files, terminal, program, against)
    if self_test:
        expect_self_test_alone(against, prove or require_proof, facts)
        choice = Choice(program, parameters or [], contract, machine, seed, mutants, how)
        test_checks(choice, terminal, json)
        return
    if program is None:
        raise InputError(Diagnostic("SW212", "which program? Only --self-test can do without one"))
    request = Request(
        against, parameters, contract, machine, how, instances, seed, not compatible,
        max_cycles, prove, require_proof, json, terminal,
    )  # fmt: skip
    if facts is not None:
        verify_under_facts(program, facts, request)
    else:
        _verify_file(program, request)


def _verify_file(file: str, request: Request) -> None:
    """Verify what `file` holds: a result, or a program."""
    from slotweave.names import is_record

    if is_built(file):
        verify_against(program_in(file, request.building), file, request)
        return
    text = program_text(file)
    if is_record(text):
        if request.for_programs:
            flags = ", ".join(request.for_programs)
            reason = (
                f"a result is reproduced, not proved or run otherwise; {flags} is for programs: "
                f"`slotweave export {quote(file)} --format json -o PROGRAM` writes the one in it"
            )
            raise InputError(Diagnostic("SW212", reason, file=shown(file)))
        if request.instances != INSTANCES or request.seed:
            request.terminal.note("--instances and --seed are those of the result")
        verify_result(text, file, request.against, request.machine, request.terminal, request.json)
    else:
        verify_against(program_from(text, file, request.terminal), file, request)
