"""Certificates of lower bounds: the numbers from which anyone can see that a bound holds.

A price certificate puts a price on each slot of an engine in a window of cycles: on engine e from
cycle `first[e]` to cycle T - 1 - `last[e]` of a schedule of T cycles; slots outside cost nothing.
An operation pays for the slots of its mode, and pays for certain only if all its cycles lie in the
window. A bound of `cycles` holds if in cycles - 1 cycles all operations together would have to pay
more than all slots together cost.

A path certificate names an operation. The longest chain of dependences that ends in it and the
longest one that begins with it together take the cycles of the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PriceCertificate:
    """By engine: the price of a slot, idle cycles before the window, idle cycles after it."""

    prices: tuple[Fraction, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PathCertificate:
    """The operation through which the longest chain goes, -1 where there is none."""

    operation: int


Certificate = PriceCertificate | PathCertificate
