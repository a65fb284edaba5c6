"""What the front door gives back, by the verbs that give it: each result prints and gives JSON."""

from __future__ import annotations

from slotweave.results.checked import Verification
from slotweave.results.made import Compiled, Ended, Repacked
from slotweave.results.searched import Explored, Tuned
from slotweave.results.seen import Bounds, CodeMeaning, Difference, Explanation, Inspection, WhatIf
from slotweave.results.shown import Shown, shown_as

__all__ = [
    "Bounds",
    "CodeMeaning",
    "Compiled",
    "Difference",
    "Ended",
    "Explanation",
    "Explored",
    "Inspection",
    "Repacked",
    "Shown",
    "Tuned",
    "Verification",
    "WhatIf",
    "shown_as",
]
