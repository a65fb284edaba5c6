"""What packages add to Slotweave: kernels, machines, facts, files and forms of programs."""

from slotweave.extensions.extension import (
    ExportForm,
    Extension,
    NamedFacts,
    ProgramReader,
    SearchTarget,
    Subject,
)
from slotweave.extensions.registry import (
    broken,
    command_adder,
    commands,
    extensions,
    kernels,
    machines,
)

__all__ = [
    "ExportForm",
    "Extension",
    "NamedFacts",
    "ProgramReader",
    "SearchTarget",
    "Subject",
    "broken",
    "command_adder",
    "commands",
    "extensions",
    "kernels",
    "machines",
]
