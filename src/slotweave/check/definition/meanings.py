"""Terms as forms about one item of a definition, built up from what their arguments are.

Guarantees: a term equals its form on every memory that the facts allow, with the leaves of its
item. What cannot be said in leaves is an `unknown`, a leaf of its own with a reason: a load whose
address is not known in all cases or not in the memory that the load is said to read, words of two
items that interact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slotweave.check.definition.cases import UndecidedError
from slotweave.check.definition.prover import Prover
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms

#: Versions of memory are no words, and have no meaning of their own.
VERSIONS = frozenset({"region", "cells", "store", "everything"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """A form about one item (None: about no item)."""

    form: int
    item: int | None = None


class Meanings:
    """What terms mean, where that is known. `given` are the words before the run by address."""

    def __init__(
        self,
        terms: Terms,
        layout: MemoryMap,
        prover: Prover,
        given: Mapping[int, Meaning],
    ) -> None:
        self._terms, self._map, self._prover, self._given = terms, layout, prover, given
        self._meanings: dict[int, Meaning] = {}
        self._reasons: dict[int, str] = {}
        self._cells: dict[int, dict[int, int]] = {}
        self._loads: dict[tuple[int, int], Meaning] = {}

    def of(self, term: int) -> Meaning:
        """The meaning of `term`, which was worked out or replaced before."""
        return self._meanings[term]

    def work_out(self, term: int) -> Meaning:
        """The meaning of `term`, all of whose arguments were worked out before."""
        try:
            meaning = self._meaning(term)
        except UndecidedError as obstacle:
            self._reasons[term] = str(obstacle)
            meaning = Meaning(self._prover.forms.leaf("unknown", term))
        self._meanings[term] = meaning
        return meaning

    def reason(self, meaning: Meaning) -> str | None:
        """Why something in `meaning` is unknown, if anything is."""
        forms = self._prover.forms
        for form in forms.cone(meaning.form):
            kind, term, _none = forms[form]
            if kind == "unknown":
                return self._reasons[term]
        return None

    def replace(self, term: int, meaning: Meaning) -> None:
        """`term` is now known by another form, equal to its own."""
        self._meanings[term] = meaning

    def _meaning(self, term: int) -> Meaning:
        kind, value, args = self._terms[term]
        forms = self._prover.forms
        if kind == "const":
            return Meaning(forms.constant(value))
        if kind == "input":
            return self.before(value)
        if kind == "undefined":
            raise UndecidedError("a word that nothing determines is used")
        if kind == "load":
            return self._load(self.of(args[0]), args[1])
        parts = [self.of(arg) for arg in args]
        form = forms.operation(kind, tuple(part.form for part in parts))
        return Meaning(form, _one_item(parts))

    def before(self, address: int) -> Meaning:
        """The word at `address` before the run."""
        known = self._given.get(address)
        return Meaning(self._prover.forms.leaf("input", address)) if known is None else known

    def _load(self, address: Meaning, version: int) -> Meaning:
        places = self._prover.addresses(address.form)
        version = self._narrowed(version, places)
        key = (address.form, version)
        if key not in self._loads:
            self._loads[key] = self._looked_up(address.form, places, version)
        word = self._loads[key]
        return Meaning(word.form, _one_item((address, word)))

    def _narrowed(self, version: int, places: list[int]) -> int:
        """The part of memory that holds `places`, where they lie in one region."""
        kind, _value, args = self._terms[version]
        numbers = {self._map.region_at(place) for place in places}
        return args[numbers.pop()] if kind == "everything" and len(numbers) == 1 else version

    def _looked_up(self, address: int, places: list[int], version: int) -> Meaning:
        words = {place: self._word(place, version) for place in places}
        form = self._prover.forms.lookup(
            address, {place: word.form for place, word in words.items()}
        )
        return Meaning(form, _one_item(words.values()))

    def _word(self, address: int, version: int) -> Meaning:
        """The word at `address` in a version of memory."""
        while True:
            kind, value, args = self._terms[version]
            if kind == "everything":
                version = args[self._map.region_at(address)]
            elif kind == "region":
                self._expect_in_region(address, value)
                return self.before(address)
            elif kind == "store":
                raise UndecidedError("a word was stored at a computed address before")
            else:
                cells = self._cells_of(version, args)
                if address in cells:
                    return self.of(cells[address])
                version = args[0]

    def _expect_in_region(self, address: int, region: int) -> None:
        if address >= self._map.memory_words:
            raise UndecidedError(f"address {address} is past the end of memory")
        if self._map.region_at(address) != region:
            name = self._map.regions[region].name if region != self._map.rest else "the rest"
            raise UndecidedError(f"address {address} is not in {name}, which is said to be read")

    def _cells_of(self, version: int, args: tuple[int, ...]) -> dict[int, int]:
        if version not in self._cells:
            addresses = (self._terms[address].value for address in args[1::2])
            self._cells[version] = dict(zip(addresses, args[2::2], strict=True))
        return self._cells[version]


def _one_item(parts: Iterable[Meaning]) -> int | None:
    """The one item that `parts` are about."""
    items = {part.item for part in parts} - {None}
    if len(items) > 1:
        mixed = ", ".join(str(item) for item in sorted(i for i in items if i is not None))
        raise UndecidedError(f"words of different items interact: {mixed}")
    return items.pop() if items else None
