"""Meanings of instructions against QEMU, and the judge that rests on them."""

import random
from pathlib import Path

import numpy as np
import pytest

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.inspection import repack_file
from slotweave.hexagon.judges.assembler import find_assembler
from slotweave.hexagon.judges.emulator import missing
from slotweave.hexagon.judges.meanings import same_meaning
from slotweave.hexagon.judges.mutants import mutants
from slotweave.hexagon.judges.symbols import difference
from slotweave.hexagon.machine.opcodes import opcodes
from slotweave.hexagon.machine.samples import TIED
from slotweave.hexagon.semantics.functions import FUNCTIONS
from slotweave.hexagon.semantics.meaning import meaning_of
from slotweave.isa.evaluate import evaluate_wide
from support.hexagon.listings import block_of, kernels, largest
from support.hexagon.meanings import build, differences, trials

needs_emulator = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
KNOWN = sorted(template for template in opcodes() if meaning_of(template) is not None)


def same(one, other, flags=(), other_flags=()):
    rows = block_of(*one, flags=flags).packets, block_of(*other, flags=other_flags).packets
    return same_meaning(*rows)


@pytest.mark.parametrize(
    ("template", "operands", "result"),
    [
        ("R = add(R,I)", {2: 7, 4: 2**32 - 1}, 6),
        ("R -= mpyi(R,R)", {0: 100, 2: 6, 4: 7}, 58),
        ("D = mpyu(R,R)", {2: 2**32 - 1, 4: 2**32 - 1}, (2**32 - 1) ** 2),
        ("R = asl(R,R)", {2: 8, 4: 2**32 - 2}, 2),
        ("P = cmp.gt(R,I)", {2: 0, 4: 2**32 - 1}, 255),
        ("R = add(I,lsr(R,I))", {2: 3, 4: 2**31, 6: 31}, 4),
        ("D = combine(R,I)", {2: 1, 4: 2}, 2**32 + 2),
        ("D = add(D,D):raw:hi", {2: 7, 3: 2**32 - 1, 4: 5}, 4),
        ("D = add(D,D):raw:lo", {2: 7, 3: 2**32 - 1, 4: 5}, 12),
        ("R = memb(R+I)", {14: 0x80}, 2**32 - 128),
    ],
)
def test_a_meaning_computes_what_the_manual_says(template, operands, result):
    ((place, expr),) = meaning_of(template).results
    assert place == 0
    arguments = tuple(operands.get(k, 0) for k in range(18))
    wide = evaluate_wide(expr, arguments)
    assert (wide if template[0] == "D" else wide & 0xFFFFFFFF) == result


@pytest.mark.parametrize(
    "template",
    ["R = sfadd(R,R)", "R = add(R,R):sat", "R = nonsense(R)", "R = add(pc,X)", "R += mpy(R.l,R.l)"],
)
def test_what_is_not_known_has_no_meaning(template):
    assert meaning_of(template) is None


def test_every_function_is_the_meaning_of_a_template():
    assert [template for template in FUNCTIONS if meaning_of(template) is None] == []


def test_all_but_a_few_of_the_compilers_instructions_have_a_meaning():
    rows = [i.template for b in kernels().blocks for p in b.packets for i in p.instructions]
    assert sum(meaning_of(one) is not None for one in rows) > 0.99 * len(rows)
    assert len(KNOWN) > 850


@needs_emulator
def test_qemu_computes_what_some_meanings_say(tmp_path: Path):
    tried = trials(KNOWN[::40], find_assembler(), 1, random.Random(1))
    assert len(tried) >= len(KNOWN) // 40
    program = build(tried, tmp_path)
    assert differences(tried, program, 50, np.random.default_rng(1)) == []


@needs_emulator
def test_qemu_computes_what_is_said_where_an_operand_is_the_register_that_is_written(
    tmp_path: Path,
):
    tied = [template for template in KNOWN if TIED.match(template)]
    assert "R = add(R,mpyi(R,R))" in tied
    tried = trials(tied, find_assembler(), 2, random.Random(3))
    assert {one.template for one in tried} == set(tied)
    assert differences(tried, build(tried, tmp_path), 200, np.random.default_rng(3)) == []


@needs_emulator
@pytest.mark.long
def test_qemu_computes_what_all_meanings_say(tmp_path: Path):
    tried = trials(KNOWN, find_assembler(), 4, random.Random(2))
    assert {one.template for one in tried} == set(KNOWN)
    program = build(tried, tmp_path)
    assert differences(tried, program, 1000, np.random.default_rng(2)) == []


@needs_emulator
def test_a_wrong_meaning_is_found(tmp_path: Path):
    (right,) = trials(["R = sub(R,R)"], find_assembler(), 1, random.Random(1))
    wrong = type(right)(right.template, right.text, right.packet, meaning_of("R = add(R,R)"))
    program = build([right, wrong], tmp_path)
    found = differences([right, wrong], program, 20, np.random.default_rng(1))
    assert [row[1] for row in found] == ["r0"]


PROVED = [
    ([["r0 = add(r1,r2)"], ["memw(r3+#0) = r0"]], [["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"]]),
    ([["p0 = cmp.eq(r1,#0)"], ["if (p0) jump:nt .L"]],
     [["p0 = cmp.eq(r1,#0)", "if (p0.new) jump:nt .L"]]),
    ([["memw(r0+#0) = r1"], ["r2 = memw(r0+#4)"]], [["r2 = memw(r0+#4)", "memw(r0+#0) = r1"]]),
    ([["if (p0) r0 = add(r1,#1)"], ["if (!p0) r0 = add(r2,#1)"]],
     [["if (!p0) r0 = add(r2,#1)", "if (p0) r0 = add(r1,#1)"]]),
    ([["allocframe(#16)"], ["memw(r29+#0) = r1"], ["memw(r30+#0) = r2"]],
     [["allocframe(#16)"], ["memw(r30+#0) = r2"], ["memw(r29+#0) = r1"]]),
    ([["r0 = memw(r1=##table)"], ["r2 = memw(r1+#4)"]],
     [["r1 = ##table"], ["r2 = memw(r1+#4)", "r0 = memw(r1+#0)"]]),
    ([["p0 = cmp.eq(r0,#1)", "p0 = cmp.eq(r1,#1)"]],
     [["p0 = cmp.eq(r1,#1)", "p0 = cmp.eq(r0,#1)"]]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PROVED)
def test_what_means_the_same_is_proved(one, other):
    assert same(one, other).proved


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([["r0 = add(r1,r2)"]], [["r0 = add(r2,r1)"]]),
        ([["r0 = asl(r1,#3)"]], [["r0 = mpyi(r1,#8)"]]),
        ([["r0 = xor(r1,r2)"], ["r0 = xor(r0,r2)"]], [["r0 = r1"], ["nop"]]),
        ([["r0 = sub(#0,r1)"]], [["r0 = neg(r1)"]]),
    ],
)
def test_other_instructions_that_mean_the_same_are_proved_by_z3(one, other):
    pytest.importorskip("z3", reason="equal values of different terms need z3")
    assert same(one, other).proved
    assert difference(block_of(*one).packets, block_of(*other).packets)


UNDECIDED = [
    ("no meaning", [["r0 = nonsense(r1)"]], [["r0 = nonsense(r1)"]]),
    ("r0 may differ", [["r0 = r1"]], [["r0 = r2"]]),
    ("memory may differ", [["memw(r0+#0) = r1"], ["memw(r2+#0) = r3"]],
     [["memw(r2+#0) = r3"], ["memw(r0+#0) = r1"]]),
    ("r2 may differ", [["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]],
     [["memw(r0+#0) = r1", "r2 = memw(r3+#0)"]]),
    ("nothing makes", [["memw(r0+#0) = r1.new"]], [["memw(r0+#0) = r1.new"]]),
    ("written twice", [["r0 = r1"], ["r0 = r2"]], [["r0 = r1", "r0 = r2"]]),
    ("load from elsewhere", [["r0 = memw(r1+#0)"], ["r0 = r2"]], [["r0 = r2"]]),
    ("branch otherwise", [["if (p0) jump:nt .L"]], [["if (!p0) jump:nt .L"]]),
    ("branch otherwise", [["jump .L"]], [["jump .M"]]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "one", "other"), UNDECIDED)
def test_what_is_not_the_same_is_not_proved(said, one, other):
    found = same(one, other)
    assert found.undecided
    assert said in found.why


def test_a_mark_orders_a_packets_accesses_and_loops_end_where_they_did():
    store_load = [["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]]
    packet = [["memw(r0+#0) = r1", "r2 = memw(r3+#0)"]]
    assert same(store_load, packet, other_flags=["mem_noshuf"]).proved
    assert same([["r0 = r1"]], [["r0 = r1"]], flags=["endloop0"]).why == "a loop ends elsewhere"


def test_no_mutant_that_the_run_on_symbols_notices_is_proved_without_a_reason():
    """What one judge refuses the other proves only where instructions mean the same."""
    block = largest("hash4")
    assert same_meaning(block.packets, block.packets).proved
    made = list(mutants([block.packets], 60, 4))
    noticed = [one for one in made if difference(block.packets, one.packets)]
    proved = [one for one in noticed if same_meaning(block.packets, one.packets).proved]
    assert len(noticed) > 40
    assert {one.kind for one in proved} <= {"exchanged registers"}


def test_a_result_says_what_is_proved_of_what_it_writes():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    texts = ["r0 = sfadd(r1,r2)", "r0 = add(r1,r2)"]
    for text, answer in zip(texts, ("unknown", True), strict=True):
        listing = f"f:\n\t{{\n\t\t{text}\n\t}}\n\t{{\n\t\tr3 = r4\n\t}}\n"
        (row,) = repack_file(listing, "x.s", Limits(workers=1, work=1.0)).to_json()["blocks"]
        assert row["same"]["program"] == answer
        assert row["same"]["why"]
