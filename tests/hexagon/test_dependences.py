"""What the order of a block keeps: registers, new values, memory, ties."""

import pytest

from slotweave.hexagon.dependence.edges import PRIVATE_SPILLS, dependences
from support.hexagon.listings import block_of


def edges(*packets, **how):
    found = dependences(block_of(*packets), **how)
    return {(edge.before, edge.after): edge.lag for edge in found.edges}


def test_a_value_is_read_in_a_later_packet():
    assert edges(["r0 = add(r1,r2)"], ["r3 = add(r0,r2)"]) == {(0, 1): 1}


def test_a_register_is_overwritten_no_earlier_than_it_is_read():
    assert edges(["r3 = add(r0,r2)"], ["r0 = r1"]) == {(0, 1): 0}
    assert edges(["r3 = add(r0,r2)", "r0 = r1"]) == {(0, 1): 0}


def test_two_writes_of_a_register_stand_in_different_packets():
    assert edges(["r0 = r1"], ["r0 = r2"]) == {(0, 1): 1}


def test_an_exchange_in_one_packet_stays_in_one():
    assert edges(["r0 = r1", "r1 = r0"]) == {(0, 1): 0, (1, 0): 0}


def test_a_pair_is_its_two_halves():
    assert edges(["r1:0 = combine(r2,r3)"], ["r4 = r1"]) == {(0, 1): 1}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("r0 += mpyi(r1,r2)", "r0 += mpyi(r1,r2)"),
        ("r0 = r1", "if (p0) r0 = add(r2,#1)"),
        ("r0 = r1", "r0 = insert(r2,#3,#4)"),
        ("r0 = r1", "r0.h = #7"),
        ("r2 = memw(r0++#4)", "r3 = memw(r0+#0)"),
        ("loop0(.L,r0)", "loop0(.L,r1)"),
        ("allocframe(#8)", "memd(r29+#0) = r17:16"),
    ],
)
def test_what_is_read_without_being_named_as_such_is_waited_for(first, second):
    assert edges([first], [second])[0, 1] == 1


@pytest.mark.parametrize("reader", ["r6 = mux(p0,r4,r5)", "r6 = add(r1,r5)", "p0 = r5", "r1 = r5"])
def test_both_results_of_an_instruction_are_written(reader):
    """The first step of a division gives an approximation, and a predicate that comes too late to
    be read as `.new`."""
    assert edges(["r1,p0 = sfrecipa(r2,r3)"], [reader]) == {(0, 1): 1}


def test_a_branch_stands_after_everything():
    found = edges(["r0 = r1"], ["r2 = r3"], ["jumpr r31"])
    assert found == {(0, 2): 0, (1, 2): 0}


def test_a_store_of_a_new_value_may_wait_and_then_stores_the_old_one():
    found = dependences(block_of(["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"]))
    (value,) = found.new_values
    assert (value.producer, value.reader, value.is_new) == (0, 1, True)
    assert not found.ties


def test_a_store_may_come_to_its_producer():
    found = dependences(block_of(["r0 = add(r1,r2)"], ["memw(r3+#0) = r0"]))
    (value,) = found.new_values
    assert (value.producer, value.reader, value.is_new) == (0, 1, False)


@pytest.mark.parametrize(
    "packets",
    [
        [["r3 = add(r1,r2)"], ["memw(r3+#0) = r3"]],  # its address would have to be new, too
        [["if (p0) r0 = add(r1,r2)"], ["memw(r3+#0) = r0"]],  # it may not be made
        [["r1:0 = combine(r2,r3)"], ["memw(r3+#0) = r0"]],  # a half of a pair
        [["r2 = memw(r0++#4)"], ["memw(r3+#0) = r0"]],  # an address that was stepped
    ],
)
def test_what_cannot_be_a_new_value_is_read_later(packets):
    found = dependences(block_of(*packets))
    assert not found.new_values
    assert any(edge.lag == 1 for edge in found.edges)


@pytest.mark.parametrize(
    "packet",
    [
        ["r0 = add(r1,r2)", "if (cmp.eq(r0.new,#0)) jump:t .L"],
        ["if (p0) r0 = add(r1,r2)", "if (!p0) r0 = sub(r1,r2)"],
        ["p0 = cmp.eq(r0,#1)", "p0 = cmp.gt(r1,#1)"],
        ["if (p0) jump:nt .L", "jump .M"],
        ["memw(r0+#0) = r1", "memw(r2+#0) = r3"],
    ],
)
def test_what_means_something_together_is_tied(packet):
    assert (0, 1) in dependences(block_of(packet)).ties


def test_one_base_and_two_offsets_are_apart():
    assert edges(["memw(r0+#0) = r1"], ["r2 = memw(r0+#4)"]) == {}
    assert edges(["memd(r0+#0) = r5:4"], ["r2 = memw(r0+#4)"], version=62) == {(0, 1): 1}


def test_a_base_that_was_changed_is_followed_by_constants_alone():
    by_constant = [["r2 = memw(r0++#4)"], ["memw(r0+#0) = r3"]]
    assert (0, 1) not in dict_without_registers(by_constant)
    by_register = [["r2 = memw(r0+#0)"], ["r0 = add(r0,r9)"], ["memw(r0+#0) = r3"]]
    assert dict_without_registers(by_register)[0, 2] == 0


def dict_without_registers(packets):
    found = dependences(block_of(*packets), version=62)
    return {(one.before, one.after): one.lag for one in found.edges if one.why == "memory"}


@pytest.mark.parametrize(
    ("first", "second", "lag"),
    [
        ("memw(r0+#0) = r1", "r2 = memw(r3+#0)", 1),
        ("r2 = memw(r3+#0)", "memw(r0+#0) = r1", 0),
        ("memw(r0+#0) = r1", "memw(r3+#0) = r2", 1),
        ("memw(r0+#0) += r1", "r2 = memw(r3+#0)", 1),
        ("r1 = memw(r0+#0)", "r2 = memw(r3+#0)", None),
        ("memw(##a) = r1", "r2 = memw(##b)", 1),
    ],
)
def test_accesses_that_may_meet_keep_their_order(first, second, lag):
    assert dict_without_registers([[first], [second]]).get((0, 1)) == lag


def test_a_packet_may_be_marked_to_keep_a_store_before_a_load():
    found = dependences(block_of(["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]))
    assert found.unshuffled == ((0, 1),)
    assert not found.edges


def test_loads_of_a_packet_come_before_its_stores_unless_it_is_marked():
    packet = ["memw(r0+#0) = r1", "r2 = memw(r3+#0)"]
    assert edges(packet) == {(1, 0): 0}
    marked = dependences(block_of(packet, flags=["mem_noshuf"]))
    assert marked.unshuffled == ((0, 1),)


def test_an_unknown_instruction_makes_a_block_unknown():
    assert dependences(block_of(["r0 = nonsense(r1)"])) is None


def test_spills_are_private_only_where_that_is_stated():
    text = [["memd(r29+#0) = r17:16"], ["r2 = memw(r3+#0)"]]
    block = block_of(*text)
    named = [p.__class__(p.first, p.last, p.instructions, p.flags, ("", "// 8-byte Folded Spill"))
             if number == 0 else p for number, p in enumerate(block.packets)]  # fmt: skip
    spilled = block.__class__(block.function, block.label, 0, tuple(named))
    assert dependences(spilled, version=62).edges
    assert not dependences(spilled, version=62, facts=(PRIVATE_SPILLS,)).edges
    assert dependences(block, version=62, facts=(PRIVATE_SPILLS,)).edges


def test_an_address_that_is_assigned_is_written_and_not_read():
    found = edges(["r1 = r2"], ["r0 = memw(r1=##table)"], ["r3 = memw(r1+#4)"])
    assert found == {(0, 1): 1, (1, 2): 1}
    found = dependences(block_of(["memw(r3+#64) = r2"], ["r0 = memw(r3=##4)"]), version=60)
    assert [(one.before, one.after, one.why) for one in found.edges if one.lag] == [
        (0, 1, "memory")
    ]
