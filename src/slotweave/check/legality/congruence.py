"""Congruence closure: classes of values that are equal because what they are made of is equal.

A form says how a value is made from others; forms of one head with equal arguments give one class,
and stay so when classes are merged. The operands of commutative operations are taken in any order.
Merging is near-linear in the number of forms. (Nelson and Oppen, 1980.)
"""

from __future__ import annotations

from collections.abc import Hashable

from slotweave.isa import COMMUTATIVE

#: Operations whose first two operands may change places.
_EXCHANGEABLE = COMMUTATIVE | {"multiply_add"}

_Form = tuple[Hashable, tuple[int, ...]]


class Congruence:
    """Classes are numbers; two that were merged stay valid names of one class."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._used_in: list[list[tuple[_Form, int]]] = []
        self._class_of: dict[_Form, int] = {}

    def find(self, number: int) -> int:
        """The number that stands for the class of `number` at present."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def equal(self, first: int, second: int) -> bool:
        return self.find(first) == self.find(second)

    def add(self, op: str, details: tuple[Hashable, ...], args: tuple[int, ...]) -> int:
        """The class of what `op`, in the variant that `details` name, makes of `args`."""
        form = self._canonical(((op, *details), args))
        number = self._class_of.get(form)
        if number is not None:
            return self.find(number)
        number = len(self._parent)
        self._parent.append(number)
        self._used_in.append([])
        self._enter(form, number)
        return number

    def merge(self, first: int, second: int) -> None:
        """Let the two be equal, and all that follows from it."""
        waiting = [(first, second)]
        while waiting:
            kept, gone = sorted(map(self.find, waiting.pop()), key=self._uses, reverse=True)
            if kept == gone:
                continue
            self._parent[gone] = kept
            moved, self._used_in[gone] = self._used_in[gone], []
            for form, number in moved:
                form = self._canonical(form)
                twin = self._class_of.get(form)
                if twin is None:
                    self._enter(form, number)
                elif self.find(twin) != self.find(number):
                    waiting.append((twin, number))

    def _uses(self, number: int) -> int:
        return len(self._used_in[number])

    def _enter(self, form: _Form, number: int) -> None:
        self._class_of[form] = number
        for arg in dict.fromkeys(form[1]):
            self._used_in[arg].append((form, number))

    def _canonical(self, form: _Form) -> _Form:
        head, args = form
        args = tuple(map(self.find, args))
        if len(args) > 1 and args[0] > args[1] and head[0] in _EXCHANGEABLE:  # type: ignore[index]
            args = (args[1], args[0], *args[2:])
        return head, args
