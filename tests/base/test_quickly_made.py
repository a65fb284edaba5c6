"""Frozen dataclasses that are quickly made are like others."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from slotweave.base.quickly_made import quickly_made


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    width: int
    args: tuple[int, ...] = ()
    where: str = "here"


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    width: int
    args: tuple[int, ...] = ()
    where: str = "here"


def test_arguments_are_taken_by_place_by_name_and_by_default() -> None:
    made = Quick("a", 8, where="there")
    assert (made.name, made.width, made.args, made.where) == ("a", 8, (), "there")
    assert str(inspect.signature(Quick)) == str(inspect.signature(Plain))
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'width'"):
        Quick("a")  # type: ignore[call-arg]


def test_what_is_made_is_frozen() -> None:
    made = Quick("a", 8)
    assert type(made) is Quick
    with pytest.raises(FrozenInstanceError):
        made.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.name


def test_equality_hash_and_text_are_those_of_the_dataclass() -> None:
    first, second = Quick("a", 8, (1,)), replace(Quick("b", 8, (1,)), name="a")
    assert first == second
    assert hash(first) == hash(second) == hash(Plain("a", 8, (1,)))
    assert first != Quick("a", 8)
    assert repr(first) == "Quick(name='a', width=8, args=(1,), where='here')"


def test_copies_are_of_the_same_class() -> None:
    made = Quick("a", 8, (1, 2))
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert copied == made
        assert type(copied) is Quick


def test_what_does_more_than_store_its_fields_is_refused() -> None:
    @dataclass(frozen=True)
    class Slotless:
        name: str

    @dataclass(frozen=True, slots=True)
    class Factory:
        names: list[str] = field(default_factory=list)

    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            raise ValueError(self.name)

    for refused in (Slotless, Factory, Checked):
        with pytest.raises(TypeError, match=f"{refused.__name__} has no slots, or does more"):
            quickly_made(refused)
