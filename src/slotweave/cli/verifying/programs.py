"""Which programs and which kernel `slotweave verify` is about, from what files say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.extensions import extensions
from slotweave.extensions.fitting_facts import facts_of_kernel
from slotweave.extensions.lookup import not_run

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.program import Program


def expect_one_subject(
    first: Program, file: str, second: Program, against: str, named: bool = False
) -> None:
    """Refuse two programs that say that they are for different kernels or parameters.

    `named`: by the facts that an extension names, which -p does not go with.
    """
    said = [(it.meta.get("kernel"), it.meta.get("params")) for it in (first, second)]
    if not all(kernel and params for kernel, params in said) or said[0] == said[1]:
        return
    if named:
        cure = "--facts FILE.json says on which memories both are to be compared all the same"
    elif said[0][0] != said[1][0]:
        cure = "--facts NAME|FILE.json says on which memories both are to be compared all the same"
    else:
        cure = f"{_flags()}-p NAME=VALUE says for what both are to be tried all the same"
    reason = (
        f"{inputs.shown(file)} is for {_for_what(first)}, and {inputs.shown(against)} for "
        f"{_for_what(second)}; {cure}"
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


def is_program_file(name: str) -> bool:
    return name == inputs.STDIN or (".py:" not in name and Path(name).is_file())


def kernel_of(*programs: Program) -> Kernel:
    """The kernel that one of `programs` says it is for; it knows which memories make sense."""
    from slotweave.extensions import kernels

    for program in programs:
        name = program.meta.get("kernel")
        if isinstance(name, str) and name in kernels():
            return kernels()[name]
        if isinstance(name, str) and name and len(programs) == 1:
            raise not_run(name, "program file", "slotweave verify PROGRAM --against KERNEL")
    reason = (
        "neither program file names a kernel that comes with Slotweave, so it is unknown "
        "which memories to try; `slotweave diff` compares the two on a few memories; for more "
        f"of them, pass --facts FILE.json ({_facts_of(programs)}), or verify each of them "
        f"--against its kernel, such as {_own_kernel(programs) or 'FILE.py:FUNCTION'}"
        if len(programs) > 1
        else "the program file names no kernel that comes with Slotweave; pass --against "
        "KERNEL, FILE.py:FUNCTION, or another program with --facts FILE.json"
    )
    raise InputError(Diagnostic("SW212", reason))


def _own_kernel(programs: Sequence[Program]) -> str | None:
    """The kernel in a file of the user's that one of `programs` names, for a command line."""
    names = (program.meta.get("kernel") for program in programs)
    own = [name for name in names if isinstance(name, str) and ".py:" in name]
    return quote(" ".join(own[0].split())[:200]) if own else None


def _facts_of(programs: Sequence[Program]) -> str:
    """How to get a file of facts for one of `programs`."""
    own = [command for program in programs if (command := facts_of_kernel(program.meta))]
    if not own:
        return "`slotweave facts show` prints one to start from"
    return f"`{own[0]} -o FILE.json` writes it"
