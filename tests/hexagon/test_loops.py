"""Bounds of hardware loops whose passes overlap: what one pass takes, with any registers."""

import pytest

from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.inspection import block_bounds
from slotweave.hexagon.packing.loops import is_loop_of_one_block, overlapped_bounds
from support.examples import a_share
from support.hexagon.listings import KERNELS, block_of


def least(*packets):
    return max(one.value for one in overlapped_bounds(block_of(*packets, flags=["endloop0"])))


@pytest.mark.parametrize(
    ("block", "packets", "period"),
    a_share(
        [
            (".LBB0_3", 11, 8),  # saxpy, unrolled by 8
            (".LBB1_3", 9, 8),  # dot product
            (".LBB2_3", 17, 17),  # FIR
            (".LBB3_3", 33, 32),  # CRC-32
            (".LBB4_1", 17, 14),  # SHA-256's schedule
            (".LBB4_3", 13, 12),  # SHA-256's rounds
            (".LBB8_3", 36, 33),  # tree walk
        ],
        3,
    ),
)
def test_the_loops_of_the_example(block, packets, period):
    rows = {row["block"]: row for row in block_bounds(KERNELS.read_text(), "kernels.s", 8)}
    assert rows[block]["before"] == packets
    assert max(one["packets"] for one in rows[block]["overlapped"]) == period


def test_a_value_of_the_pass_before_bounds_a_pass():
    assert least(["r0 = add(r0,r1)"], ["r0 = mpyi(r0,r2)"], ["r0 = xor(r0,r3)"]) == 3
    assert least(["r4 = add(r0,r1)"], ["r4 = mpyi(r4,r2)"], ["r0 = xor(r4,r3)"]) == 3


def test_a_register_that_is_written_again_does_not():
    assert least(["r4 = add(r0,r1)"], ["r4 = mpyi(r4,r2)"], ["r4 = xor(r4,r3)"]) == 1


def test_addresses_that_are_stepped_are_apart_from_pass_to_pass():
    apart = (["r4 = memw(r0+#4)"], ["memw(r0++#4) = r5"])
    assert least(*apart) == 1
    same = (["r4 = memw(r0+#0)"], ["r4 = add(r4,#1)"], ["r4 = xor(r4,r5)"], ["memw(r0+#0) = r4"])
    assert least(*same) == 2


def test_a_block_that_branches_or_is_not_known_has_no_such_bound():
    assert overlapped_bounds(block_of(["r0 = nonsense(r1)"], flags=["endloop0"])) == ()
    assert overlapped_bounds(block_of(["if (p0) jump:nt .L"], flags=["endloop0"])) == ()


def test_a_loop_of_several_blocks_is_none_of_one():
    loop = "f:\n\t{\n\t\tloop0(.L1,r0)\n\t}\n.L1:\n\t{\n\t\tr1 = r2\n\t}\n"
    whole = read_listing(loop.replace("r2\n\t}\n", "r2\n\t} :endloop0\n"))
    assert [is_loop_of_one_block(whole, block) for block in whole.blocks] == [False, True]
    parts = read_listing(loop + ".L2:\n\t{\n\t\tr3 = r4\n\t} :endloop0\n")
    assert not any(is_loop_of_one_block(parts, block) for block in parts.blocks)
