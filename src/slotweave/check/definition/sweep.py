"""Terms of a run in the words of a definition: which item's value, state or path each one is.

The method is that of SAT sweeping. Runs on a few memories say which terms might be a value, a
mixed word or a state of the definition, up to a constant; each such guess is then proved for all
words, from what was proved before it, and from there on the term counts as that leaf. A guess that
is not proved is dropped. So a proof needs no hints from whoever made the terms, and its parts stay
small, however many steps there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.check.definition.definition_run import DefinitionRun
from slotweave.check.definition.meanings import VERSIONS, Meaning, Meanings
from slotweave.check.definition.prover import Doubt, Prover
from slotweave.check.symbolic.terms import Terms
from slotweave.isa import WORD_MASK

_Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a term might be: `kind` of `item` in `step`, which is `word` on the first memory."""

    kind: str
    item: int
    step: int
    word: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A guess that `meaning` is a value or a mixed word, and why it was not proved."""

    meaning: Meaning
    doubt: Doubt


class Guesses:
    """Words of terms and of the definition on some memories, and which of them go together."""

    def __init__(self, runs: Sequence[DefinitionRun], words: Sequence[Mapping[int, int]]) -> None:
        self._words = words
        self._by_xor: dict[_Key, list[Guess]] = {}
        self._by_sum: dict[_Key, list[Guess]] = {}
        for step in range(len(runs[0].values)):
            self._list(self._by_xor, "value", step, [run.values[step] for run in runs])
            self._list(self._by_sum, "state", step, [run.states[step] for run in runs])
            if step < len(runs[0].mixed):
                self._list(self._by_xor, "mixed", step, [run.mixed[step] for run in runs])

    def _list(
        self, table: dict[_Key, list[Guess]], kind: str, step: int, rows: Sequence[np.ndarray]
    ) -> None:
        key = _sum_key if kind == "state" else _xor_key
        for item, words in enumerate(zip(*(row.tolist() for row in rows), strict=True)):
            table.setdefault(key(words), []).append(Guess(kind, item, step, words[0]))

    def constant(self, term: int) -> bool:
        """Whether `term` is one word on all the memories."""
        row = {words.get(term) for words in self._words}
        return len(row) == 1 and None not in row

    def of(self, term: int, item: int) -> Iterator[tuple[Guess, int]]:
        """What `term`, which is about `item`, might be, and up to which constant."""
        if any(term not in words for words in self._words):
            return
        row = tuple(words[term] for words in self._words)
        for guess in self._by_xor.get(_xor_key(row), ()):
            if guess.item == item:
                yield guess, row[0] ^ guess.word
        for guess in self._by_sum.get(_sum_key(row), ()):
            if guess.item == item:
                yield guess, (row[0] - guess.word) & WORD_MASK


def _xor_key(words: tuple[int, ...]) -> _Key:
    """The same for all words ^ a constant."""
    return tuple(word ^ words[0] for word in words[1:])


def _sum_key(words: tuple[int, ...]) -> _Key:
    """The same for all words + a constant."""
    return tuple((word - words[0]) & WORD_MASK for word in words[1:])


def sweep(
    terms: Terms, cone: Sequence[int], guesses: Guesses, meanings: Meanings, prover: Prover
) -> list[Dropped]:
    """Work out the meaning of every term of `cone`, arguments first; return what stayed open."""
    dropped: list[Dropped] = []
    for term in cone:
        if terms[term].kind in VERSIONS:
            continue
        meaning = meanings.work_out(term)
        if meaning.item is not None:
            dropped += _name(term, meaning, meaning.item, guesses, meanings, prover)
    return dropped


def _name(
    term: int, meaning: Meaning, item: int, guesses: Guesses, meanings: Meanings, prover: Prover
) -> Iterator[Dropped]:
    """Give `term` the first name that is proved; yield what is doubtful about values."""
    if guesses.constant(term):
        word = prover.constant_word(meaning.form)
        if word is not None:
            meanings.replace(term, Meaning(prover.forms.constant(word)))
        return
    for guess, constant in guesses.of(term, item):
        doubt = prover.doubt(guess.kind, meaning.form, guess.step, constant)
        if doubt is None:
            named = prover.leaf(guess.kind, guess.step, constant)
            meanings.replace(term, Meaning(named, item))
            return
        if guess.kind != "state":
            yield Dropped(meaning, doubt)
