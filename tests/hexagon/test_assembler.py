"""The machine's data against an assembler: it is derived again, and random packets are judged."""

import random
from collections import Counter
from pathlib import Path

import pytest

from slotweave.hexagon.assembly.grammar import parse_instruction
from slotweave.hexagon.dependence.effects import effects
from slotweave.hexagon.judges.assembler import MISSING, Assembler, find_assembler, refused
from slotweave.hexagon.machine import derive as deriving
from slotweave.hexagon.machine import opcodes as table
from slotweave.hexagon.machine.opcodes import MACHINE, opcode, opcodes
from slotweave.hexagon.machine.samples import sample

ASSEMBLER = find_assembler()
needs_assembler = pytest.mark.skipif(ASSEMBLER is None, reason=MISSING)

#: What stands beside the two instructions of a random packet.
OTHERS = (
    "r24 = memw(r25+#0)",
    "r27 = mpyi(r25,r26)",
    "r12 = add(r13,r14)",
    "memw(r14+#0) = r15",
    "r11 = ##305419896",
    "r10 = asl(r12,#3)",
)


def random_packet(rng):
    """Two instructions of any templates, what they need, and some others."""
    one, two = (sample(rng.choice(sorted(opcodes())), bank) for bank in (0, 1))
    packet = [*one.packet, *two.packet, *rng.sample(OTHERS, rng.randint(0, 2))]
    return list(dict.fromkeys(packet))


def is_sound(packet):
    """Whether no register is written twice and no two branches stand side by side."""
    done = [effects(each, opcode(each)) for each in map(parse_instruction, packet)]
    written = Counter(register for one in done for register in one.written)
    return max(written.values(), default=0) < 2 and sum(one.is_branch for one in done) < 2


def fits(packet):
    return MACHINE.fits([opcode(parse_instruction(one)).needs() for one in packet])


@needs_assembler
def test_no_packet_that_fits_is_refused():
    rng = random.Random(7)
    packets = [packet for _ in range(4000) if is_sound(packet := random_packet(rng))]
    fitting = [packet for packet in packets if fits(packet)]
    assert len(fitting) > 1000
    said = refused(ASSEMBLER, fitting)
    assert [(p, error) for p, error in zip(fitting, said, strict=True) if error] == []


@needs_assembler
def test_what_does_not_fit_is_refused_but_where_two_become_one_word():
    rng = random.Random(8)
    packets = [packet for _ in range(4000) if is_sound(packet := random_packet(rng))]
    others = [packet for packet in packets if not fits(packet)]
    assert len(others) > 1000
    taken = [p for p, error in zip(others, refused(ASSEMBLER, others), strict=True) if not error]
    assert len(taken) < len(others) / 200


@needs_assembler
def test_the_table_is_what_the_assembler_shows():
    derived = deriving.derive(ASSEMBLER, opcodes())
    assert set(derived) == set(opcodes())
    for name, row in derived.items():
        known = opcodes()[name]
        assert row["slots"] == sorted(known.slots), name
        assert row["writes"] == list(known.writes), name
        assert row.get("news", []) == list(known.news), name
        assert row.get("also", []) == list(known.also), name
        assert bool(row.get("bars_stores")) == known.bars_stores, name


class At:
    """The assembler, for another version."""

    def __init__(self, cpu):
        self.name, self.cpu = ASSEMBLER.name, cpu

    def messages(self, text, _cpu):
        return ASSEMBLER.messages(text, self.cpu)


@needs_assembler
@pytest.mark.parametrize("version", [60, pytest.param(62, marks=pytest.mark.long), 68])
def test_other_versions_have_the_same_slots_but_for_branches_before_v62(version):
    derived = deriving.derive(At(f"hexagonv{version}"), opcodes())
    assert len(derived) > 970
    for name, row in derived.items():
        assert row["slots"] == sorted(opcodes()[name].needs(version).slots), name


@needs_assembler
@pytest.mark.parametrize(
    ("packet", "error"),
    [
        (["r0 = memw(r1+#0)", "r2 = memw(r1+#4)", "r3 = memw(r1+#8)"], "slot error"),
        (["r0 = mpyi(r1,r2)", "r3 = mpyi(r1,r2)", "r4 = mpyi(r1,r2)"], "slot error"),
        (["memw(r0+#0) = r1.new"], "producer"),
        (["r0 = r1", "r0 = r2"], "more than once"),
        (["r0 = r1"], ""),
    ],
)
def test_an_assembler_says_what_is_wrong(packet, error):
    (said,) = refused(ASSEMBLER, [packet])
    assert error in said if error else said == ""


def test_an_assembler_that_breaks_off_has_not_taken_the_file():
    broken = Assembler("broken", ("sh", "-c", "echo a word >&2; kill -SEGV $$"), False)
    (said,) = broken.messages("f:\n")
    assert (said.kind, said.text) == ("error", "broken was ended by signal 11")


def test_the_data_names_its_origin():
    for name, origin in (("v67.json", "derive"), ("latencies.json", "LLVM 14.0.6")):
        text = (Path(table.__file__).parent / name).read_text()
        assert origin in text.splitlines()[0]


@pytest.mark.parametrize(
    ("template", "slots", "written", "read"),
    [
        ("R = add(R,R)", {0, 1, 2, 3}, 3, 2),
        ("R = memw(R+I)", {0, 1}, 4, 1),
        ("R += mpyi(R,R)", {2, 3}, 4, 1),
        ("R = add(R,mpyi(R,R))", {2, 3}, 4, 2),
        ("memw(R+I) = R.new", {0}, 3, 1),
    ],
)
def test_some_rows_of_the_table(template, slots, written, read):
    known = opcodes()[template]
    assert known.slots == slots
    assert known.written(0) == written
    place = 1 if known.writes else 0
    assert known.read(place) == read


def test_more_opcodes_are_known_than_compilers_use():
    assert len(opcodes()) > 900
