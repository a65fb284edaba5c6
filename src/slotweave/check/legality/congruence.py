"""Congruence closure: classes of values that are equal because what they are made of is equal.

A form says how a value is made from others; forms of one head with equal arguments give one class,
and stay so when classes are merged. The operands of commutative operations are taken in any order.
Merging is near-linear in the number of forms. (Nelson and Oppen, 1980.)
"""

from __future__ import annotations

from collections.abc import Hashable

from slotweave.isa import EXCHANGEABLE

#: An operation and its details, and the classes of its operands.
_Head = tuple[Hashable, ...]
_Form = tuple[_Head, tuple[int, ...]]


class Congruence:
    """Classes are numbers; two that were merged stay valid names of one class."""

    def __init__(self) -> None:
        self._stands_for: list[int] = []  # the number that stands for the class of each
        self._members: list[list[int]] = []
        self._used_in: list[list[tuple[_Form, int]]] = []
        self._class_of: dict[_Form, int] = {}

    def find(self, number: int) -> int:
        """The number that stands for the class of `number` at present."""
        return self._stands_for[number]

    def equal(self, first: int, second: int) -> bool:
        return self._stands_for[first] == self._stands_for[second]

    def add(self, head: _Head, args: tuple[int, ...]) -> int:
        """The class of what `head`, an operation with its details, makes of `args`."""
        stands_for = self._stands_for
        form = self._canonical(head, args) if args else (head, args)
        args = form[1]
        new = len(stands_for)
        number = self._class_of.setdefault(form, new)
        if number != new:
            return stands_for[number]
        stands_for.append(new)
        self._members.append([new])
        self._used_in.append([])
        use = form, new
        for arg in args if len(args) < 2 else {*args}:
            self._used_in[arg].append(use)
        return new

    def merge(self, first: int, second: int) -> None:
        """Let the two be equal, and all that follows from it."""
        waiting = [(first, second)]
        while waiting:
            kept, gone = sorted(map(self.find, waiting.pop()), key=self._size, reverse=True)
            if kept == gone:
                continue
            for number in self._members[gone]:
                self._stands_for[number] = kept
            self._members[kept] += self._members[gone]
            moved, self._used_in[gone] = self._used_in[gone], []
            for form, number in moved:
                form = self._canonical(*form)
                twin = self._class_of.get(form)
                if twin is None:
                    self._enter(form, number)
                elif self.find(twin) != self.find(number):
                    waiting.append((twin, number))

    def _size(self, number: int) -> int:
        """What there is to do if the class is merged into another one."""
        return len(self._used_in[number]) + len(self._members[number])

    def _enter(self, form: _Form, number: int) -> None:
        self._class_of[form] = number
        args = form[1]
        for arg in args if len(args) < 2 else set(args):
            self._used_in[arg].append((form, number))

    def _canonical(self, head: _Head, args: tuple[int, ...]) -> _Form:
        stands_for = self._stands_for
        if len(args) == 1:
            return head, (stands_for[args[0]],)
        if len(args) == 2:
            first, second = stands_for[args[0]], stands_for[args[1]]
            if first > second and head[0] in EXCHANGEABLE:
                return head, (second, first)
            return head, (first, second)
        args = tuple([stands_for[arg] for arg in args])
        if args and args[0] > args[1] and head[0] in EXCHANGEABLE:
            args = (args[1], args[0], *args[2:])
        return head, args
