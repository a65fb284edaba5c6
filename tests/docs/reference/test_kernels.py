"""The page for those who write kernels names all that a kernel can call, and its examples run."""

from __future__ import annotations

from types import FunctionType

import pytest

from slotweave.frontend.blocks import Variable
from slotweave.frontend.regions import RegionHandle
from slotweave.frontend.tracer import Tracer
from slotweave.frontend.values import Block, Operand, Vector, Word
from support.reference.docstrings import documented, failures
from support.reference.kernels import NOT_FOR_KERNELS, OPERATORS, SECTIONS, surroundings

MEMBERS = [
    (owner, name) for parts in SECTIONS.values() for _, owner, names in parts for name in names
]
SHOWN = [*MEMBERS, *((Operand, f"__{name}__") for name in OPERATORS)]
#: These have no value to show: they are named in the sentence of the region's class.
PROPERTIES = {(RegionHandle, name) for name in ("name", "start", "length")}


@pytest.mark.parametrize("owner", [Tracer, RegionHandle, Variable, Block, Word, Vector])
def test_every_public_member_is_on_the_page(owner: type) -> None:
    named = {name for shown, name in MEMBERS if issubclass(owner, shown)}
    public = {
        name
        for name in dir(owner)
        if not name.startswith("_") and isinstance(getattr(owner, name), FunctionType | property)
    }
    assert public - NOT_FOR_KERNELS == named - {"__getitem__"}


def test_every_operator_is_on_the_page() -> None:
    defined = {
        name.strip("_") for name in vars(Operand) if name.startswith("__") and name[2] != "r"
    } | {"rshift"}
    others = {"slots", "module", "doc", "hash", "truediv", "rtruediv", "static_attributes",
              "firstlineno"}  # fmt: skip
    assert defined - others == set(OPERATORS)


@pytest.mark.parametrize(
    ("owner", "name"), SHOWN, ids=lambda shown: getattr(shown, "__name__", shown)
)
def test_an_example_prints_what_it_shows(owner: type, name: str) -> None:
    member = getattr(owner, name)
    assert documented(member).example or (owner, name) in PROPERTIES
    assert failures(name, member, surroundings()) == ""


def test_the_example_of_a_region_prints_what_it_shows() -> None:
    assert documented(RegionHandle).example
    assert failures("region", RegionHandle, surroundings()) == ""


def test_an_example_that_prints_something_else_is_found() -> None:
    def add() -> None:
        """The sum.

        >>> words(a[1] + 1)
        [3]
        """

    assert "Expected:\n    [3]\nGot:\n    [2]" in failures("add", add, surroundings())
