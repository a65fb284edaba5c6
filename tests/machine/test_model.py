"""Machines answer what runs where; the challenge machine is the one that is described."""

from __future__ import annotations

from dataclasses import replace

from slotweave.isa import BINARY_SYMBOLS, Shape
from slotweave.machine import CHALLENGE, MINIMAL, Mode, machine_faults


def test_the_challenge_machine_has_its_published_sizes() -> None:
    assert CHALLENGE.slots == {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1}
    assert (CHALLENGE.vector_length, CHALLENGE.scratch_words) == (8, 1536)
    assert all(mode.latency == 1 for mode in CHALLENGE.modes)


def test_the_challenge_machine_reads_exactly_its_slots() -> None:
    by_engine: dict[str, set[str]] = {}
    for engine, mnemonic in CHALLENGE.forms:
        by_engine.setdefault(engine, set()).add(mnemonic)
    symbols = set(BINARY_SYMBOLS.values())
    assert by_engine == {
        "alu": symbols,
        "valu": symbols | {"vbroadcast", "multiply_add"},
        "load": {"load", "load_offset", "vload", "const"},
        "store": {"store", "vstore"},
        "flow": {"select", "vselect", "add_imm", "jump", "jump_indirect", "cond_jump",
                 "cond_jump_rel", "halt", "pause", "coreid", "trace_write"},
    }  # fmt: skip


def test_a_vector_xor_runs_on_valu_or_lane_by_lane_on_alu() -> None:
    assert CHALLENGE.modes_of("xor", Shape.VECTOR) == (
        Mode("xor", Shape.VECTOR, "alu", per_lane=True),
        Mode("xor", Shape.VECTOR, "valu"),
    )
    assert CHALLENGE.modes_of("multiply_add", Shape.WORD) == ()


def test_one_mnemonic_has_the_shape_of_its_engine() -> None:
    assert CHALLENGE.forms["alu", "+"][0].shape is Shape.WORD
    assert CHALLENGE.forms["valu", "+"][0].shape is Shape.VECTOR


def test_a_machine_without_engines_is_no_machine() -> None:
    faults = list(machine_faults(replace(MINIMAL, engines=(), modes=())))
    assert faults == [("engines", "a machine needs at least one engine")]


def test_a_lane_is_as_slow_as_the_word_operation_that_does_it() -> None:
    modes = (Mode("add", Shape.WORD, "scalar", latency=3),
             Mode("add", Shape.VECTOR, "scalar", per_lane=True, latency=2))  # fmt: skip
    faults = list(machine_faults(replace(MINIMAL, modes=modes)))
    assert faults == [("scalar.add", "a lane has the latency of the word mode, 3")]


def test_sizes_have_an_upper_end() -> None:
    slow = tuple(replace(mode, latency=129) for mode in MINIMAL.modes[:1])
    vast = replace(
        MINIMAL,
        vector_length=1025,
        scratch_words=2**24 + 1,
        engines=(("scalar", 1025),),
        modes=slow,
    )
    assert [key for key, _ in machine_faults(vast)] == [
        "vector_length",
        "scratch_words",
        "scalar",
        f"scalar.{slow[0].operation}",
    ]


def test_every_fault_of_a_machine_is_listed() -> None:
    broken = replace(
        MINIMAL, vector_length=0, scratch_words=-1, engines=(("scalar", -2),), modes=()
    )
    assert [key for key, _ in machine_faults(broken)] == [
        "vector_length",
        "scratch_words",
        "scalar",
    ]
