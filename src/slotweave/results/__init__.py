"""What the front door gives back, by the verbs that give it: each result prints and gives JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.base.first_use import loaded_at_first_use

if TYPE_CHECKING:
    from slotweave.results.bounded import Bounds, CheckedBounds
    from slotweave.results.checked import Rederived, SelfTested, Verification
    from slotweave.results.made import Compiled, Ended
    from slotweave.results.measured import KernelsMeasured, Speeds
    from slotweave.results.proved import FormSearch, FormsSearched, RulesProved
    from slotweave.results.searched import Explored, Tuned
    from slotweave.results.seen import CodeMeaning, Difference, Explanation, Inspection, WhatIf
    from slotweave.results.shortened import Repacked
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
    "FormSearch",
    "FormsSearched",
    "Inspection",
    "KernelsMeasured",
    "OnPage",
    "Page",
    "PassText",
    "Rederived",
    "Repacked",
    "RulesProved",
    "SelfTested",
    "Shown",
    "Solved",
    "Speeds",
    "Tuned",
    "Verification",
    "WhatIf",
    "shown_as",
]

__getattr__ = loaded_at_first_use(
    __name__,
    {
        "Bounds": "slotweave.results.bounded",
        "CheckedBounds": "slotweave.results.bounded",
        "CodeMeaning": "slotweave.results.seen",
        "Compiled": "slotweave.results.made",
        "Difference": "slotweave.results.seen",
        "Ended": "slotweave.results.made",
        "Explanation": "slotweave.results.seen",
        "Explored": "slotweave.results.searched",
        "Exported": "slotweave.results.written",
        "Inspection": "slotweave.results.seen",
        "OnPage": "slotweave.results.written",
        "Page": "slotweave.results.written",
        "PassText": "slotweave.results.written",
        "Rederived": "slotweave.results.checked",
        "Repacked": "slotweave.results.shortened",
        "SelfTested": "slotweave.results.checked",
        "Shown": "slotweave.results.shown",
        "Solved": "slotweave.results.solved",
        "Tuned": "slotweave.results.searched",
        "Verification": "slotweave.results.checked",
        "WhatIf": "slotweave.results.seen",
        "FormSearch": "slotweave.results.proved",
        "FormsSearched": "slotweave.results.proved",
        "KernelsMeasured": "slotweave.results.measured",
        "RulesProved": "slotweave.results.proved",
        "Speeds": "slotweave.results.measured",
        "shown_as": "slotweave.results.shown",
    },
)
