"""The judge that runs packets on symbols: what it takes for the same, and what not."""

import pytest

from slotweave.hexagon.judges.symbols import difference
from support.hexagon.listings import block_of


def differs(one, other, flags=(), other_flags=()):
    return difference(block_of(*one, flags=flags).packets,
                      block_of(*other, flags=other_flags).packets)  # fmt: skip


SAME = [
    ([["r0 = r1"], ["r2 = r3"]], [["r0 = r1", "r2 = r3"]]),
    ([["r0 = add(r1,r2)"], ["memw(r3+#0) = r0"]], [["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"]]),
    ([["p0 = cmp.eq(r1,#0)"], ["if (p0) jump:nt .L"]],
     [["p0 = cmp.eq(r1,#0)", "if (p0.new) jump:nt .L"]]),
    ([["r3 = add(r0,r2)"], ["r0 = r1"]], [["r0 = r1", "r3 = add(r0,r2)"]]),
    ([["r2 = memw(r0++#4)"], ["memw(r0+#0) = r3"]], [["r2 = memw(r0++#4)"], ["memw(r0+#0) = r3"]]),
    ([["memw(r0+#0) = r1"], ["r2 = memw(r0+#4)"]], [["r2 = memw(r0+#4)", "memw(r0+#0) = r1"]]),
    ([["if (p0) r0 = add(r1,#1)"], ["if (!p0) r0 = add(r2,#1)"]],
     [["if (!p0) r0 = add(r2,#1)", "if (p0) r0 = add(r1,#1)"]]),
    ([["nop"], ["r0 = r1", "nop"]], [["r0 = r1"]]),
    ([["r0 = ##zcalloc"], ["r1 = ##call"]], [["r0 = ##zcalloc", "r1 = ##call"]]),
    ([["r1 = r2"], ["r0 = memw(r1=##table)"]], [["r0 = memw(r1=##table)"]]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_does_the_same_is_taken_for_the_same(one, other):
    assert differs(one, other) == ""


DIFFERENT = [
    ("another value", [["r0 = r1"], ["r2 = r0"]], [["r0 = r1", "r2 = r0"]]),
    ("another value", [["r0 = r1"]], [["r0 = r2"]]),
    ("another value", [["r3 = add(r0,r2)"], ["r0 = r1"]], [["r0 = r1"], ["r3 = add(r0,r2)"]]),
    ("exchanged", [["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]],
     [["r2 = memw(r3+#0)", "memw(r0+#0) = r1"]]),
    ("exchanged", [["memw(r0+#0) = r1"], ["memh(r0+#2) = r3"]],
     [["memh(r0+#2) = r3"], ["memw(r0+#0) = r1"]]),
    ("otherwise", [["memw(r0+#0) = r1"]], [["memw(r0+#4) = r1"]]),
    ("otherwise", [["memw(r0+#0) = r1"]], [["nop"]]),
    ("otherwise", [["if (p0) memw(r0+#0) = r1"]], [["if (!p0) memw(r0+#0) = r1"]]),
    ("branches otherwise", [["jumpr r31"]], [["jumpr r30"]]),
    ("last packet", [["r0 = r1", "jumpr r31"]], [["r0 = r1", "jumpr r31"], ["nop"]]),
    ("nothing makes", [["r0 = r1"], ["memw(r3+#0) = r0"]], [["r0 = r1"], ["memw(r3+#0) = r0.new"]]),
    ("written twice", [["r0 = r1"], ["r0 = r2"]], [["r0 = r1", "r0 = r2"]]),
    ("another value", [["r0 += mpyi(r1,r2)"]], [["r0 = mpyi(r1,r2)"]]),
    ("another value", [["r0 = memw(r1=##table)"]], [["r0 = memw(r3=##table)"]]),
    ("another value", [["r2 = r1", "r0 = memw(r1=##table)"]],
     [["r0 = memw(r1=##table)"], ["r2 = r1"]]),
    ("another value", [["r1:0 = combine(r2,r3)"]], [["r1:0 = combine(r3,r2)"]]),
    ("another value", [["p0 = cmp.eq(r1,#0)"], ["if (p0) r2 = r3"]],
     [["p0 = cmp.eq(r1,#0)", "if (p0) r2 = r3"]]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "one", "other"), DIFFERENT)
def test_what_does_otherwise_is_told(said, one, other):
    found = [one, other]
    texts = [[line for packet in each for line in packet] for each in found]
    if "jumpr r31" in texts[1] and texts[1][-1] == "nop":
        packets = block_of(["r0 = r1", "jumpr r31"]).packets
        assert said in difference(packets, (*packets, *block_of(["nop"]).packets))
    else:
        assert said in differs(one, other)


def test_a_mark_keeps_a_store_before_a_load():
    store_load = [["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]]
    packet = [["memw(r0+#0) = r1", "r2 = memw(r3+#0)"]]
    assert differs(store_load, packet, other_flags=["mem_noshuf"]) == ""
    assert "exchanged" in differs(store_load, packet)
