"""Results of verbs that measure Slotweave itself: its speed, and how near bounds it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import plural
from slotweave.results.shown import Shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from slotweave.bench.kernels import Row


@dataclass(frozen=True, repr=False)
class Speeds(Shown):
    """Seconds by kind of work (see `slotweave.bench.measure`), and the `subject` they are of.

    `ratios` are to the recorded baseline, if that is of the same subject: 2 means twice as long.
    """

    subject: Mapping[str, Any]
    seconds: Mapping[str, float]
    ratios: Mapping[str, float]

    def __repr__(self) -> str:
        return f"<speeds of {self.subject['kernel']}: {plural(len(self.seconds), 'kind')} of work>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave bench --json` prints."""
        return {**self.subject, "seconds": dict(self.seconds), "ratios": dict(self.ratios)}

    def record(self) -> tuple[Path, str]:
        """The file of the baseline, and its text if these speeds are the baseline."""
        from slotweave.bench.baseline import BASELINE_FILE, Baseline, baseline_to_json

        return BASELINE_FILE, baseline_to_json(Baseline(self.subject, self.seconds))

    def _view(self) -> RenderableType:
        from rich.text import Text

        lines = []
        for name, took in self.seconds.items():
            compared = name in self.ratios
            ratio = f"  {self.ratios[name]:8.2f} of baseline" if compared else ""
            lines.append(f"{name:<16} {1000 * took:12.3f} ms{ratio}")
        return Text("\n".join(lines))


@dataclass(frozen=True, repr=False)
class KernelsMeasured(Shown):
    """Kernels on machines, unrolled and with loops: cycles, bounds and initiation intervals."""

    rows: Sequence[Row]

    def __repr__(self) -> str:
        kernels = len({row.kernel for row in self.rows})
        machines = len({row.machine for row in self.rows})
        return f"<{plural(kernels, 'kernel')} measured on {plural(machines, 'machine')}>"

    def to_json(self) -> dict[str, Any]:
        """What `slotweave bench kernels --json` prints."""
        from slotweave.bench.kernels import suite_json

        return suite_json(self.rows)

    def _view(self) -> RenderableType:
        from rich.text import Text

        from slotweave.bench.kernels import suite_lines

        return Text("\n".join(suite_lines(self.rows)))
