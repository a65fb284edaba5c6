"""The result of the verb that checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.base.verdict import Verdict
from slotweave.base.wording import inputs_text, plural
from slotweave.check.runs.execution import Verified
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, repr=False)
class Verification(Shown):
    """What runs and proofs say of a program.

    `verified` are the runs, compared with `against`; none of them went wrong (that raises
    CheckFailed). `proved` says whether the program does for all inputs what `of` does, given its
    `assumptions`; "unknown" if that was not asked, or cannot be decided.
    """

    against: str
    verified: Verified
    proved: Verdict[Any]
    of: str = ""

    def __repr__(self) -> str:
        runs = plural(self.verified.instances + self.verified.directed, "run")
        return f"<verified against {self.against}: {runs}, proved: {self.proved.answer}>"

    def to_json(self) -> dict[str, Any]:
        """The runs and the proof, with the names that the commands use."""
        proved = {"program": self.proved.answer, "why": self.proved.why, "of": self.of,
                  "assumptions": list(self.proved.assumptions)}  # fmt: skip
        return {"verified": dict(self.verified.to_json()), "proved": proved}

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.views.result_table import coverage_line

        runs = inputs_text(self.verified.instances, self.verified.directed)
        lines = [f"agrees with {self.against} on {runs}"]
        missing = coverage_line(self.verified.coverage)
        lines += [missing] if missing else []
        same = f"does what {self.of} does, for all inputs" if self.of else "proved for all inputs"
        lines.append(f"{same}: {self.proved.answer} ({self.proved.why})")
        return Text("\n".join(lines))
