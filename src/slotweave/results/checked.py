"""Results of the verbs that check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.base.verdict import Verdict
from slotweave.base.wording import plural
from slotweave.check.runs.execution import Verified
from slotweave.driver.job import Job
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.driver.proof import Proved


#: The verdict where no proof was asked for.
NOT_ASKED: Verdict[Any] = Verdict("unknown", "not asked for")


@dataclass(frozen=True, repr=False)
class Verification(Shown):
    """What runs and proofs say of a program.

    `verified` are the runs, compared with `against`; none of them went wrong (that raises
    CheckFailed). `proved` says whether the program does for all inputs what `of` does, given its
    `assumptions`; "unknown" if that was not asked, or cannot be decided. `about` is the rest of
    what --json prints, `proof` what was proved of a kernel's program and of its workload's
    definition.
    """

    against: str
    verified: Verified
    proved: Verdict[Any]
    of: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    proof: Proved | None = None

    def __repr__(self) -> str:
        runs = plural(self.verified.instances + self.verified.directed, "run")
        asked = "" if self.proved is NOT_ASKED else f", proved: {self.proved.answer}"
        return f"<verified against {self.against}: {runs}{asked}>"

    def expect_proved(self, file: str) -> None:
        """Raise CheckFailed (SW414) unless it is proved."""
        if not self.proved.proved:
            raise CheckFailed(Diagnostic("SW414", f"not proved: {self.proved.why}", file=file))

    def to_json(self) -> dict[str, Any]:
        """What `slotweave verify --json` prints."""
        return {"verified": dict(self.verified.to_json()), **self.about}

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.checked.inputs_tried import inputs_tried
        from slotweave.views.result_table import coverage_line

        runs = inputs_tried(self.verified)
        lines = [f"agrees with {self.against} on {runs}"]
        missing = coverage_line(self.verified.coverage)
        lines += [missing] if missing else []
        same = f"does what {self.of} does, for all inputs" if self.of else "proved for all inputs"
        lines.append(f"{same}: {self.proved.answer} ({self.proved.why})")
        return Text("\n".join(lines))


@dataclass(frozen=True, repr=False)
class Rederived(Shown):
    """A saved result that was derived again: `discrepancies` are the entries of it that do not
    hold, each with the reason, and `faults` the same in words."""

    kernel: str
    parameters: Mapping[str, int]
    contract: str
    seed: int
    cycles: int
    instances: int
    hashes: Mapping[str, str]
    discrepancies: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]

    def __repr__(self) -> str:
        holds = plural(len(self.faults), "fault") if self.faults else "all holds"
        return f"<{self.kernel} in {plural(self.cycles, 'cycle')}: {holds}>"

    def expect_none(self, file: str) -> None:
        """Raise CheckFailed (SW410) if something does not hold."""
        if self.faults:
            reason = "; ".join(self.faults)
            raise CheckFailed(Diagnostic("SW410", reason, file=file), self.to_json())

    def to_json(self) -> dict[str, Any]:
        """What `slotweave verify RESULT --json` prints."""
        rows = [{"entry": entry, "reason": reason} for entry, reason in self.discrepancies]
        return {
            "kernel": self.kernel, "params": dict(self.parameters), "contract": self.contract,
            "seed": self.seed, "cycles": self.cycles, "hashes": dict(self.hashes),
            "discrepancies": rows,
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        if self.faults:
            return Text("\n".join(self.faults))
        return Text(
            f"the result holds: {self.cycles} cycles, {self.instances} recorded inputs and "
            "fresh ones; program, machine, simulator and inputs are those that were hashed"
        )


@dataclass(frozen=True, repr=False)
class SelfTested(Shown):
    """Checks that were tested: `counts` says how many mutants were made and who caught them, `job`
    is what they are mutants of, `seed` the seed by which they were made."""

    counts: Mapping[str, Any]
    job: Job
    seed: int

    @property
    def missed(self) -> int:
        """Mutants that differ and that no check noticed."""
        found: int = self.counts["missed"]
        return found

    def __repr__(self) -> str:
        mutants = plural(self.counts["mutants"], "mutant")
        return f"<{mutants} of {self.job.kernel.name}: {self.missed} missed>"

    def expect_none(self) -> None:
        """Raise CheckFailed (SW411) if a mutant was missed."""
        if self.missed:
            first = self.counts["missed_mutants"][0]
            reason = f"{self.missed} missed, the first: {first}"
            raise CheckFailed(Diagnostic("SW411", reason), self.to_json())

    def to_json(self) -> dict[str, Any]:
        """What `slotweave verify --self-test --json` prints."""
        job = self.job
        return {
            "self_test": dict(self.counts), "kernel": job.kernel.name,
            "params": dict(job.parameters), "contract": job.contract,
            "machine": job.machine.name, "plan": job.plan.name, "seed": self.seed,
        }  # fmt: skip

    def _view(self) -> RenderableType:
        from rich.text import Text

        return Text("\n".join(_self_test_lines(self.counts)))


def _self_test_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The counts for a reader."""
    differ = found["mutants"] - found["equivalent"]
    yield f"{found['mutants']:,} mutants, {differ:,} of which differ"
    yield f"caught   {found['caught']:5}"
    for checker, count in found["by"].items():
        yield f"  {count:5}  by {checker}"
    yield f"missed   {found['missed']:5}"
    yield f"no difference {found['equivalent']:5}"
    for reason, count in found["equivalent_by"].items():
        yield f"  {count:5}  {reason}"
    for subject, counts in found["subjects"].items():
        yield (
            f"of the {subject}: {counts['mutants']} mutants, {counts['equivalent']} without a "
            f"difference, {counts['caught']} caught, {counts['missed']} missed"
        )
