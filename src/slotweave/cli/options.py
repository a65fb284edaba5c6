"""Arguments and options that several commands share: one name, one help text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import typer

from slotweave.base.budget import MOST_OF_A_SEED
from slotweave.cli.output import stdout_by_any_name
from slotweave.extensions import extensions

KernelArgument = Annotated[
    str,
    typer.Argument(metavar="KERNEL", help="A name (`slotweave kernels list`) or file.py:function."),
]
ProgramArgument = Annotated[
    str,
    typer.Argument(
        metavar="PROGRAM",
        help="A program file (JSON or text), or a file that `compile --result` wrote; - is stdin. "
        + "".join(
            f"Or a {reader.noun} with {reader.interface}: it is run, within limits that are not a "
            "security boundary."
            for reader in (extension.reader for extension in extensions())
            if reader
        ),
    ),
]
#: How long an extension may take to read a file.
LOAD_SECONDS = 300.0


@dataclass(frozen=True)
class Files:
    """What the options of extensions say of files that build programs, by the option's name.

    A command with a parameter of this type has these options, and --load-time-limit, in its place.
    """

    given: Mapping[str, str | None] = field(default_factory=dict)
    seconds: float = LOAD_SECONDS


#: A command's parameter that is left as it is: there is nothing to say.
NO_FILES = Files()

Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter of the kernel; repeatable."
    ),
]
Choice = Annotated[
    list[str] | None,
    typer.Option(
        "--choice",
        metavar="NAME=JSON",
        help="Override one choice of the plan, the kernel's or the scheduler's; repeatable.",
    ),
]
EFFORTS = ("fast", "default", "max")
EffortOption = Annotated[
    str, typer.Option("--effort", metavar="|".join(EFFORTS), help="How hard to search.")
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="SECONDS", min=0, help="Stop searching after SECONDS."),
]
Evaluations = Annotated[
    int | None,
    typer.Option(
        "--evaluations",
        metavar="N",
        min=0,
        help="Stop searching after N evaluations. Results record how many were made; pass that "
        "number to repeat a search that --time-limit ended.",
    ),
]
Contract = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Contract to compile for (default: the kernel's first)."),
]
_MACHINE = typer.Option(
    "--machine",
    metavar="NAME|FILE.toml",
    help="Machine to use (see `slotweave machines list`).",
)
TargetMachine = Annotated[str, _MACHINE]
MachineOfProgram = Annotated[str | None, _MACHINE]  # if left out, the one that the program names
Compatible = Annotated[
    bool,
    typer.Option(
        "--compatible",
        help="Accept what strict mode refuses: two writes to one word, reads of scratch "
        "that nothing "
        "has written, and faults in slots that never run.",
    ),
]
Instances = Annotated[int, typer.Option(metavar="N", min=1, help="Try N random inputs.")]
INSTANCES = 100
MaxCycles = Annotated[
    int,
    typer.Option(metavar="N", min=1, max=2**62, help="Stop a program after N cycles."),
]
#: As in `simulate.run`, which commands load only when they run something.
MAX_CYCLES = 10_000_000
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        help="Where to keep studies: an SQLite file or a postgresql:// URL (default: a "
        "file in your "
        "cache folder).",
    ),
]
Seed = Annotated[
    int,
    typer.Option(metavar="N", min=0, max=MOST_OF_A_SEED, help="Seed for all random choices."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the output to FILE; - is stdout.",
        callback=stdout_by_any_name,
    ),
]
Svg = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.svg",
        help="Write the picture to FILE.svg; - is stdout.",
        callback=stdout_by_any_name,
    ),
]
