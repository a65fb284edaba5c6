"""What `slotweave verify` was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError, changed
from slotweave.cli import inputs
from slotweave.cli.options import MAX_CYCLES
from slotweave.cli.output import print_json
from slotweave.cli.program_files import Building
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.program import Program

#: Faults of strict mode alone.
STRICT_ALONE = frozenset({"SW104", "SW109"})


@dataclass(frozen=True)
class Request:
    """The options of the command, and the files as users name them."""

    against: str | None
    parameters: list[str] | None
    contract: str | None
    machine: str | None
    building: Building
    instances: int
    seed: int
    strict: bool
    max_cycles: int
    prove: bool
    require_proof: bool
    json: bool
    terminal: Terminal

    @property
    def for_programs(self) -> list[str]:
        """The options given that a saved result has no use for."""
        given = {
            "-p": self.parameters, "--contract": self.contract is not None, "--prove": self.prove,
            "--require-proof": self.require_proof, "--compatible": not self.strict,
            "--max-cycles": self.max_cycles != MAX_CYCLES,
        }  # fmt: skip
        return [flag for flag, wanted in given.items() if wanted]

    def options(self, program: Program) -> dict[str, Any]:
        """Those of `api.verify` for `program`."""
        return {
            "prove": self.prove or self.require_proof,
            "machine": inputs.machine_of(program, self.machine),
            "instances": self.instances, "seed": self.seed, "strict": self.strict,
            "max_cycles": self.max_cycles,
        }  # fmt: skip


@contextmanager
def reported(json: bool) -> Iterator[None]:
    """As JSON, what was found before a check failed is printed before the error."""
    try:
        yield
    except CheckFailed as error:
        if json and error.report is not None:
            print_json(error.report)
        raise


def expect_self_test_alone(against: str | None, prove: bool, facts: str | None) -> None:
    """Refuse --self-test beside what it has no use for; `prove` is also --require-proof."""
    if prove or against is not None or facts is not None:
        reason = "--self-test breaks one program and holds it against its own kernel"
        options = "--against, --prove, --require-proof and --facts"
        raise InputError(Diagnostic("SW212", f"{reason}; leave out {options}"))


@contextmanager
def naming_compatible() -> Iterator[None]:
    """Where only strict mode refuses a program, the error names the option that allows it."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code not in STRICT_ALONE:
            raise
        message = f"{found.message}; the machine allows it, and so does --compatible"
        raise changed(error, replace(found, message=message)) from None
