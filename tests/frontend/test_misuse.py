"""What has no meaning on the machine is refused at the user's line."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.frontend import recorder
from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word


@dataclass
class Scene:
    """A tracer, a region of words 8 to 15, a word and a vector."""

    k: Tracer
    r: RegionHandle
    x: Word
    v: Vector


Misuse = Callable[[Scene], object]

MISUSES: dict[str, tuple[Misuse, str]] = {
    "if": (lambda s: 1 if s.x else 2, "has no truth value"),
    "while": (lambda s: next(iter([])) if s.x == 1 else 0, "use k.select"),
    "chained": (lambda s: 0 < s.x < 5, "has no truth value"),
    "and": (lambda s: s.x and s.v, "has no truth value"),
    "in": (lambda s: s.x in [1, 2], "has no truth value"),
    "int": (lambda s: int(s.x), "not a Python number"),
    "float": (lambda s: float(s.x), "not a Python number"),
    "range": (lambda s: range(s.x), "not a Python number"),
    "index": (lambda s: [1, 2][s.x], "not a Python number"),
    "dict": (lambda s: {s.x: 1}, "cannot be a dictionary key"),
    "set": (lambda s: {s.v}, "cannot be a dictionary key"),
    "iterate": (lambda s: list(s.v), "cannot be iterated"),
    "unpack": (lambda s: [*s.x], "cannot be iterated"),
    "subscript": (lambda s: s.v[0], "use .lane(i)"),
    "assign": (lambda s: operator.setitem(s.r, 0, s.x), "write region.store(index, value)"),
    "len": (lambda s: len(s.v), "cannot be iterated"),
    "member": (lambda s: 1 in s.v, "cannot be iterated"),
    "divide": (lambda s: s.x / 2, "use //"),
    "divided": (lambda s: 2 / s.x, "use //"),
    "shapes": (lambda s: s.x + s.v, "a word is needed here, not a vector"),
    "shapes back": (lambda s: s.v + s.x, "k.broadcast makes a vector of a word"),
    "float operand": (lambda s: s.x + 1.5, "not 1.5"),
    "text operand": (lambda s: s.v ^ "a", "not 'a'"),
    "select": (lambda s: s.k.select(s.x, s.v, s.v), "a vector is needed here"),
    "trace": (lambda s: s.x + Tracer().literal(1), "belongs to another trace"),
    "pack": (lambda s: s.k.pack([s.x, s.x]), "pack needs 4 words"),
    "gap": (lambda s: s.k.overlay([(s.x, 0), (s.x, 2)]), "without gaps"),
    "negative": (lambda s: s.k.overlay([(s.v, -1)]), "without gaps"),
    "empty": (lambda s: s.k.overlay([]), "without gaps"),
    "lane": (lambda s: s.v.lane(4), "has no word 4"),
    "slice": (lambda s: s.v.slice(3, 2), "has no words 3 to 4"),
    "shift": (lambda s: s.k.shift(s.v, s.v, 5), "0 to 4 words"),
    "beyond": (lambda s: s.r[8], "has words 0 to 7, but no word 8"),
    "no index": (lambda s: s.r["x"], "an index is an integer or a word, not 'x'"),
    "variable": (lambda s: s.r[s.k.variable(1)], "not <variable: its value is .value>"),
    "before": (lambda s: s.r.vload(-1), "no word -1"),
    "store beyond": (lambda s: s.r.store(9, s.x), "no word 9"),
    "vstore beyond": (lambda s: s.r.vstore(5, s.v), "address 16 lies outside region 'out'"),
    "used beyond": (lambda s: s.r.vload(6, used=3), "address 16 lies outside"),
    "used lanes": (lambda s: s.r.vload(0, used=[4]), "used words of a vector are 0 to 3"),
    "address": (lambda s: s.k.load(3, s.r), "address 3 lies outside region 'out'"),
    "gather": (
        lambda s: s.k.load(s.k.literal_vector(16), s.r), "address 16 lies outside",
    ),
    "read-only": (lambda s: s.k.store(0, s.x, s.k.region("a", 0, 8, read_only=True)),
                  "region 'a' is read-only"),
    "regions": (lambda s: s.k.region("b", 15, 1), "regions 'out' and 'b' overlap"),
    "names": (lambda s: s.k.region("out", 0, 1), "declared twice"),
    "no name": (lambda s: s.k.region("", 16, 1), "a region needs a name"),
    "item": (lambda s: s.k.item(2**31).__enter__(), "items are numbered from 0 to 2147483647"),
    "extent": (lambda s: s.k.region("c", -1, 1), "negative start"),
    "known words": (lambda s: s.k.region("c", 0, 2, words=[1, 2, 3]), "2 words, and 3 known"),
    "known halves": (lambda s: s.k.region("c", 0, 2, words=[0.5]), "of region 'c' must be a list"),
    "known number": (lambda s: s.k.region("c", 0, 2, words=5), "of region 'c' must be a list"),
    "known set": (lambda s: s.k.region("c", 0, 2, words={1, 2}), "of region 'c' must be a list"),
    "known without end": (lambda s: s.k.region("c", 0, 2, words=count()), "must be a list of"),
    "known numbers": (lambda s: s.k.region("c", 0, 2, words=[2**32]), "is no word of 32 bits"),
    "address bits": (lambda s: s.k.region("c", 16, 2**32 - 15), "addresses have 32 bits"),
    "memory bits": (lambda s: s.k.memory(2**32 + 1), "addresses have 32 bits"),
    "vector decides": (lambda s: s.k.branch(s.v, int, int), "decided by one word, not by a vector"),
    "generator": (lambda s: s.k.branch(s.x, int, lambda: (yield)), "nothing in it has run"),
    "memory": (lambda s: s.k.memory(15), "ends at 16, past the end of memory"),
    "memory after": (lambda s: (s.k.memory(16), s.k.region("d", 16, 1)), "memory has 16"),
    "no memory": (lambda s: s.k.memory(-1), "cannot have -1 words"),
    "region iterated": (lambda s: list(s.r), "for i in range(len(region))"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_refused_at_the_users_line(name: str) -> None:
    misuse, reason = MISUSES[name]
    k = Tracer("k", 4)
    region = k.region("out", 8, 8, output=True)
    with pytest.raises(InputError) as caught:
        misuse(Scene(k, region, region[0], region.vload(0)))
    found = caught.value.diagnostic
    assert found.code == "SW211"
    assert reason in found.message
    assert found.file == __file__
    assert found.line in range(misuse.__code__.co_firstlineno, misuse.__code__.co_firstlineno + 2)


def test_words_that_were_said_to_be_unused_must_not_be_used() -> None:
    k = Tracer("k", 4)
    region = k.region("out", 0, 8, output=True)
    region.store(0, region.vload(4, used=2).lane(2))
    line = sys._getframe().f_lineno - 1
    with pytest.raises(InputError, match=r"word 2 .* not among the words said to") as caught:
        k.graph()
    assert caught.value.diagnostic.file == f"test_misuse.py:{line}"


def test_words_behind_the_regions_end_must_not_be_used() -> None:
    k = Tracer("k", 4)
    k.memory(12)
    region = k.region("out", 0, 8, output=True)
    v = region.vload(6)
    region.store(0, v.lane(1))
    k.graph()
    region.store(1, v.lane(2))
    with pytest.raises(InputError, match="it is at address 8, outside region 'out'"):
        k.graph()


def test_a_vload_must_not_read_past_memorys_end() -> None:
    k = Tracer("k", 4)
    region = k.region("out", 0, 8, output=True)
    region.store(0, region.vload(6).lane(1))
    with pytest.raises(InputError, match="reads 4 words from address 6 on, but memory has 8 words"):
        k.graph()


def test_a_kernel_that_traces_to_too_many_operations_is_refused_at_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "MOST_NODES", 100)

    def long(k: Tracer) -> None:
        region = k.region("a", 0, 8, output=True)
        for _ in range(10**8):
            region.store(0, region[0] + 1)

    with pytest.raises(InputError, match=r"without a jump.*k\.loop") as refused:
        long(Tracer("long"))
    assert refused.value.diagnostic.code == "SW211"
    assert refused.value.diagnostic.file == __file__
