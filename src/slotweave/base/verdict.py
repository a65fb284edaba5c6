"""What a check, a proof or a comparison finds: true, false, or unknown with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, NoReturn, TypeVar

#: What a verdict says. "unknown" is an answer of its own: nothing follows from it.
Answer = bool | Literal["unknown"]

Evidence = TypeVar("Evidence", covariant=True)


@dataclass(frozen=True)
class Verdict(Generic[Evidence]):
    """The answer and the reason for it.

    `evidence` shows an answer that is false, where something can be shown; `assumptions` are what
    an answer that is true rests on besides the facts that were given.
    """

    answer: Answer
    why: str
    evidence: Evidence | None = None
    assumptions: tuple[str, ...] = ()

    def __bool__(self) -> NoReturn:
        """Raise TypeError: "unknown" would count as true. Ask for `proved` or `refuted`."""
        raise TypeError("a verdict is true, false or unknown: ask whether it is proved or refuted")

    @property
    def proved(self) -> bool:
        """Is the answer true?"""
        return self.answer is True

    @property
    def refuted(self) -> bool:
        """Is the answer false?"""
        return self.answer is False

    @property
    def undecided(self) -> bool:
        """Is nothing known?"""
        return self.answer == "unknown"
