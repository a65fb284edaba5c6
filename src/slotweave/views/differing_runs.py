"""What is said of a memory on which two programs end differently."""

from __future__ import annotations

from collections.abc import Callable

from slotweave.anatomy.compare.output_difference import difference_of_runs
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.runs.execution import Told, Words
from slotweave.driver.comparison import Subject
from slotweave.ir.facts import Facts
from slotweave.views.diff_text import output_difference_text

#: Runs are followed for as many cycles to see which operation writes what.
FOLLOWED_CYCLES = 1_000_000


def telling_writers(a: Subject, b: Subject, facts: Facts) -> Callable[[Words], Told]:
    """Says of a memory which word of output differs first, and which operation of each wrote it."""

    def told(memory: Words) -> Told:
        sides = (a.program, a.machine), (b.program, b.machine)
        try:
            found = difference_of_runs(*sides, facts, memory, FOLLOWED_CYCLES)
        except CheckFailed as error:
            if error.diagnostic.code != "SW114":
                raise
            too_long = f"a run takes more than {FOLLOWED_CYCLES:,} cycles"
            return Told(f"what wrote it is not known: {too_long}", whole=False)
        if found is None:
            fault = "the reference simulator sees no difference"
            return Told(f"{fault}: a fault of ours, please report it", whole=False)
        return Told(output_difference_text(found, (a.name, b.name)), whole=True)

    return told
