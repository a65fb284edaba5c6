"""Results of verbs that show what is registered, and what is kept: kernels, machines, the cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import plural
from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import SCHEDULE_CHOICES
from slotweave.machine import Machine
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, repr=False)
class KernelShown(Shown):
    """A kernel: its parameters, contracts and plans, and the choices of a plan."""

    kernel: Kernel

    def __repr__(self) -> str:
        plans = plural(len(self.kernel.plan_names), "plan")
        return f"<kernel {self.kernel.name}: {plans}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave kernels show --json` prints."""
        from slotweave.views.plans.choices import choice_json

        kernel = self.kernel
        return {
            "name": kernel.name,
            "text": kernel.text,
            "parameters": {
                key: {
                    "default": each.default, "lowest": each.lowest, "highest": each.highest,
                    "text": each.text,
                }
                for key, each in kernel.parameters.items()
            },
            "contracts": kernel.contracts,
            "plans": kernel.plan_names,
            "choices": {choice.name: choice_json(choice) for choice in kernel.choices},
            "schedule": {choice.name: choice_json(choice) for choice in SCHEDULE_CHOICES},
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.plans.kernels import kernel_lines

        return Text("\n".join(kernel_lines(self.kernel)))


@dataclass(frozen=True, repr=False)
class MachineShown(Shown):
    """A machine: its engines, its vectors and its scratch, and the modes of each operation."""

    machine: Machine

    def __repr__(self) -> str:
        engines = ", ".join(f"{engine} {slots}" for engine, slots in self.machine.engines)
        return f"<machine {self.machine.name}: {engines}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave machines show --json` prints."""
        machine = self.machine
        return {
            "name": machine.name,
            "vector_length": machine.vector_length,
            "scratch_words": machine.scratch_words,
            "engines": machine.slots,
            "modes": [
                {
                    "operation": mode.operation, "shape": mode.shape.value, "engine": mode.engine,
                    "per_lane": mode.per_lane, "latency": mode.latency,
                }
                for mode in machine.modes
            ],
        }  # fmt: skip

    def toml(self) -> str:
        """The text of its file, which `machine=` takes under a name that ends in .toml."""
        from slotweave.machine import machine_to_toml

        return machine_to_toml(self.machine)

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(self.toml())


@dataclass(frozen=True, repr=False)
class CacheShown(Shown):
    """What compiling for many machines has kept in `folder`: results, and their bytes."""

    folder: Path
    entries: int
    bytes: int

    def __repr__(self) -> str:
        return f"<cache: {plural(self.entries, 'result')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave cache info --json` prints."""
        return {"folder": str(self.folder), "entries": self.entries, "bytes": self.bytes}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(f"{plural(self.entries, 'result')}, {self.bytes:,} bytes, in {self.folder}")


@dataclass(frozen=True, repr=False)
class CacheCleared(Shown):
    """What was removed from the cache: how many results, of how many bytes."""

    entries: int
    bytes: int

    def __repr__(self) -> str:
        return f"<cache cleared of {plural(self.entries, 'result')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave cache clear --json` prints."""
        return {"entries": self.entries, "bytes": self.bytes}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(f"removed {plural(self.entries, 'result')}, {self.bytes:,} bytes")
