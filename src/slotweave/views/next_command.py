"""What to type after a program was inspected, and after a search for a plan."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from slotweave.anatomy.inspection import Inspection
from slotweave.extensions import kernels
from slotweave.extensions.fitting_facts import facts_of_kernel, facts_of_origin, other_kernel

if TYPE_CHECKING:
    from slotweave.driver.job import Job
    from slotweave.frontend.kernel import Kernel
    from slotweave.machine import Machine

_STDIN = _STDOUT = "-"
#: The machine that `compile` is for if none is given.
_USUAL_MACHINE = "challenge"


def next_commands(
    found: Inspection, file: str, target: Machine, options: Mapping[str, str | None]
) -> tuple[str, ...]:
    """What to type next, the most promising first: what makes the program shorter, or says why
    nothing does. Where no order of the operations is shorter and each is needed, `bound` comes
    before `repack`. Under facts that do not fit the program, it is what finds those that do.

    `target` is the machine of the program; `options` are those given to `inspect`, which the
    commands take too.
    """
    facts = options.get("--facts")
    if found.read_only_store is not None or other_kernel(facts, found.origin):
        return tuple(_other_facts(found, file, options))
    if found.refusal is not None:
        return (f"slotweave explain {found.refusal.code}",)
    shorter = "shorter.json" if file == _STDIN else f"{Path(file).stem}-shorter.json"
    given = [word for name, value in options.items() if value for word in (name, value)]
    told = list(_compiling(found, shorter, target, options.get("--machine")))
    less = found.dataflow is not None and found.dataflow.cycles < found.cycles
    no_gap = found.bound is not None and found.bound.cycles == found.cycles
    spare = found.view is not None and found.view.unused + found.view.repeated > 0
    if not told and not (less and (spare or not no_gap)):
        told.append(shlex.join(["slotweave", "bound", file, *given]))
    if less:
        told.append(shlex.join(["slotweave", "repack", file, *given, "-o", shorter]))
    return tuple(told)


def _other_facts(found: Inspection, file: str, options: Mapping[str, str | None]) -> Iterator[str]:
    """What writes the facts of the kernel that the program names, if it names one, and the same
    command under other facts than those given."""
    if written := facts_of_kernel(found.origin):
        yield f"{written} -o facts.json"
    named = facts_of_origin(found.origin)
    facts = named if named and named != options.get("--facts") else "none"
    kept = options if file.endswith(".py") else {"--machine": options.get("--machine")}
    chosen = {**kept, "--facts": facts}
    given = [word for name, value in chosen.items() if value for word in (name, value)]
    yield shlex.join(["slotweave", "inspect", file, *given])


def _compiling(
    found: Inspection, output: str, target: Machine, machine: str | None
) -> Iterator[str]:
    """The command that compiles the kernel of the program with its usual plan, if the program was
    compiled with another one of the kernel's plans."""
    origin = found.origin
    kernel = kernels().get(origin.get("kernel", ""))
    params, plan, contract = (origin.get(key) for key in ("params", "plan", "contract"))
    if kernel is None or not isinstance(params, Mapping) or plan not in kernel.plan_names:
        return
    if plan == kernel.usual_plan(params, str(contract), target):
        return
    words = _compile(kernel, params, contract, machine or found.machine)
    yield shlex.join([*words, "-o", output])


def _compile(
    kernel: Kernel, params: Mapping[str, object], contract: object, machine: str
) -> list[str]:
    """The command that compiles `kernel`, without what is usual."""
    usual = {name: parameter.default for name, parameter in kernel.parameters.items()}
    words = ["slotweave", "compile", kernel.name]
    for name, value in params.items():
        words += ["-p", f"{name}={value}"] if usual.get(name) != value else []
    words += ["--contract", str(contract)] if contract not in (None, kernel.contracts[0]) else []
    return [*words, "--machine", machine] if machine != _USUAL_MACHINE else words


def other_operations(job: Job, plan: str, machine: str) -> str:
    """The commands that compile the kernel of `job` by the plan in the file `plan`, for what is
    called `machine`, and look for a shorter program with other operations. What was written to
    stdout is in a file that users know."""
    kernel, contract = job.kernel, job.contract
    made, shorter, facts = "tuned.json", "tuned-shorter.json", "facts.json"
    compiling = _compile(kernel, job.parameters, contract, machine)
    kept = "FILE.json" if plan == _STDOUT else plan
    commands = [shlex.join([*compiling, "--plan", kept, "-o", made])]
    named = facts_of_origin({"kernel": kernel.name, "contract": contract})
    if named is None:
        facts_words = ["slotweave", "facts", "show", *compiling[2:], "-o", facts]
        commands.append(shlex.join(facts_words))
    repacking = ["slotweave", "repack", made, "--facts", named or facts, "-o", shorter]
    return " && ".join([*commands, shlex.join(repacking)])
