"""Results of verbs that show what is registered, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import plural
from slotweave.frontend.kernel import Kernel
from slotweave.ir.facts import Facts
from slotweave.ir.plan import SCHEDULE_CHOICES
from slotweave.machine import Machine
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.rules import Rule
    from slotweave.rules.proof import Proof


@dataclass(frozen=True, repr=False)
class KernelsListed(Shown):
    """Kernels by name."""

    kernels: Mapping[str, Kernel]

    def __repr__(self) -> str:
        return f"<{plural(len(self.kernels), 'kernel')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave kernels list --json` prints."""
        return {"kernels": list(self.kernels)}

    def _view(self) -> RenderableType:
        from rich.text import Text

        lines = [f"{name:<14} {kernel.text}" for name, kernel in self.kernels.items()]
        return Text("\n".join(lines))


@dataclass(frozen=True, repr=False)
class MachinesListed(Shown):
    """Machines by name."""

    machines: Mapping[str, Machine]

    def __repr__(self) -> str:
        return f"<{plural(len(self.machines), 'machine')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave machines list --json` prints."""
        return {"machines": list(self.machines)}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text("\n".join([_machine_line(*each) for each in self.machines.items()]))


def _machine_line(name: str, machine: Machine) -> str:
    engines = ", ".join(f"{engine} {slots}" for engine, slots in machine.engines)
    return (
        f"{name:<12} slots a cycle: {engines}; vectors of {machine.vector_length}; "
        f"{machine.scratch_words} words of scratch"
    )


@dataclass(frozen=True, repr=False)
class FactsListed(Shown):
    """What named facts say of memory, by name."""

    facts: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<{plural(len(self.facts), 'named set')} of facts>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave facts list --json` prints."""
        return {"facts": list(self.facts)}

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text("\n".join([f"{name:<20} {text}" for name, text in self.facts.items()]))


@dataclass(frozen=True, repr=False)
class FactsShown(Shown):
    """Facts about memory, and what users call them; as `facts=` takes them."""

    name: str
    facts: Facts

    def __repr__(self) -> str:
        return f"<facts {self.name}: {plural(len(self.facts.regions), 'region')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave facts show --json` prints."""
        said = loads(self.text())
        return {"name": self.name, **{key: said[key] for key in said if key != "schema_version"}}

    def text(self) -> str:
        """The text of a file of them, which `facts=` takes under a name that ends in .json."""
        from slotweave.ir.text.facts_json import facts_to_json

        return facts_to_json(self.facts)

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text(self.text())


@dataclass(frozen=True, repr=False)
class RulesListed(Shown):
    """Rewrite rules in the order of trial, then laws."""

    rules: Sequence[Rule]

    def __repr__(self) -> str:
        return f"<{plural(len(self.rules), 'rule')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave rules list --json` prints."""
        return {"rules": [{"name": rule.name, "equation": rule.equation} for rule in self.rules]}

    def _view(self) -> RenderableType:
        from rich.text import Text

        width = max((len(rule.name) for rule in self.rules), default=0)
        return Text("\n".join([f"{rule.name:<{width}}  {rule.equation}" for rule in self.rules]))


@dataclass(frozen=True, repr=False)
class RuleShown(Shown):
    """A rule with its recorded proof; without one, `lacks` says why it has none."""

    rule: Rule
    proof: Proof | None
    lacks: str = ""

    def __repr__(self) -> str:
        return f"<rule {self.rule.name}: {self.rule.equation}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave rules show --json` prints."""
        rule = self.rule
        return {
            "name": rule.name,
            "equation": rule.equation,
            "pattern": str(rule.pattern),
            "replacement": str(rule.replacement),
            "condition": None if rule.condition is None else str(rule.condition),
            "proof": None if self.proof is None else proof_json(rule.name, self.proof),
        }

    def _view(self) -> RenderableType:
        from rich.text import Text

        rule = self.rule
        lines = [
            f"{rule.name}: {rule.equation}",
            "",
            f"pattern      {rule.pattern}",
            f"replacement  {rule.replacement}",
        ]
        if rule.condition is not None:
            lines.append(f"condition    {rule.condition}")
        proof = proof_line(self.proof) if self.proof else f"none: the rule {self.lacks}"
        return Text("\n".join([*lines, f"proof        {proof}"]))


def proof_line(proof: Proof) -> str:
    """A proof in a line: by which prover, in how many seconds, and how."""
    return f"{proof.prover}, {proof.seconds:.3f} s: {proof.method}"


def proof_json(name: str, proof: Proof) -> dict[str, str | float]:
    """The proof of the rule `name` as `slotweave rules` prints it with --json."""
    return {
        "name": name,
        "prover": proof.prover,
        "method": proof.method,
        "seconds": proof.seconds,
        "fingerprint": proof.fingerprint,
    }


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
