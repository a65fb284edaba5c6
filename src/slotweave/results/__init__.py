"""What the front door gives back, by the verbs that give it: each result prints and gives JSON."""

from __future__ import annotations

from slotweave.results.bounded import Bounds, CheckedBounds
from slotweave.results.checked import Rederived, SelfTested, Verification
from slotweave.results.made import Compiled, Ended, Repacked
from slotweave.results.searched import Explored, Tuned
from slotweave.results.seen import CodeMeaning, Difference, Explanation, Inspection, WhatIf
from slotweave.results.shown import Shown, shown_as
from slotweave.results.solved import Solved
from slotweave.results.written import Exported, OnPage, Page, PassText

__all__ = [
    "Bounds",
    "CheckedBounds",
    "CodeMeaning",
    "Compiled",
    "Difference",
    "Ended",
    "Explanation",
    "Explored",
    "Exported",
    "Inspection",
    "OnPage",
    "Page",
    "PassText",
    "Rederived",
    "Repacked",
    "SelfTested",
    "Shown",
    "Solved",
    "Tuned",
    "Verification",
    "WhatIf",
    "shown_as",
]
