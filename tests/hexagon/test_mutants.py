"""Mutants of packed blocks: what is drawn, who notices, and that those left do the same."""

from pathlib import Path

import pytest

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.read import with_packets
from slotweave.hexagon.inspection import repack_file
from slotweave.hexagon.judges.assembler import MISSING, find_assembler
from slotweave.hexagon.judges.emulator import compare, missing
from slotweave.hexagon.judges.harness import arguments_of
from slotweave.hexagon.judges.mutants import mutants, self_test
from support.hexagon.listings import KERNELS, block_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")
#: Functions whose blocks are packed again, and what they are called with.
CALLED = {
    "hash4": "pointer,pointer",
    "dot16": "0..500,pointer,pointer",
    "chacha2": "pointer",
    "dct8": "pointer,pointer",
    "sha8": "pointer,pointer,pointer",
}


def packed():
    return repack_file(KERNELS.read_text(), "kernels.s", Limits(1, workers=1))


def rows_of(result):
    """The blocks that were replaced, by number, with their input and what is written."""
    found = [
        (number, one)
        for number, one in result.blocks.items()
        if one.written is not None and one.block.function in CALLED
    ]
    return found, [(one.block.packets, one.written) for _, one in found]


def test_mutants_are_the_same_for_the_same_seed():
    packets = block_of(["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"], ["r4 = r5", "r6 = r7"]).packets
    assert list(mutants([packets], 40, 3)) == list(mutants([packets], 40, 3))
    kinds = {one.kind for one in mutants([packets], 40, 3)}
    assert kinds >= {"moved instruction", "joined packets", "exchanged registers"}


def test_the_run_on_symbols_notices_most_mutants():
    block = block_of(
        ["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"], ["r4 = add(r0,r5)"], ["r6 = add(r4,r0)"]
    )
    found = self_test([(block.packets, block.packets)], 200, 1, None)
    assert found.mutants == 200
    assert found.by["symbols"] + len(found.survivors) == 200
    assert found.by["symbols"] > 150


@pytest.mark.long
@pytest.mark.skipif(find_assembler() is None, reason=MISSING)
@pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
def test_of_a_thousand_mutants_qemu_sees_no_difference_in_those_that_are_left(tmp_path: Path):
    result = packed()
    found, rows = rows_of(result)
    tested = self_test(rows, 1000, 5, find_assembler())
    assert tested.mutants == 1000
    assert sum(tested.by.values()) + len(tested.survivors) == 1000
    assert len(tested.survivors) < 100
    for mutant in tested.survivors:
        number, one = found[mutant.block]
        changed = tmp_path / "mutant.s"
        changed.write_text(with_packets(result.listing, {number: mutant.packets}))
        function = one.block.function
        trial = compare((KERNELS, changed), function, arguments_of(CALLED[function]), 20, 1,
                        "hexagonv67")  # fmt: skip
        assert trial.ran
        assert trial.mismatch is None, (mutant, trial)
