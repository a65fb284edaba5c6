"""Programs whose jumps depend on data, repacked block by block."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from slotweave.anatomy.timing.what_if import what_if
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.linked_blocks import linked_faults
from slotweave.check.symbolic.block_equality import Passing, graph_is_block
from slotweave.driver.block_proof import same_block_by_block
from slotweave.driver.comparison import Subject, prove_same
from slotweave.driver.lasting_facts import lasting_facts
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program, Slot
from slotweave.ir.text.program_files import parse_program, program_from_json, program_to_json
from slotweave.lift.block_graph import BlockGraph, block_graph
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.repacking import Repacked, RepackOptions, repack
from slotweave.repacking.blocks.whole import RepackedBlocks, repack_blocks
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run
from strategies.jumping_programs import jumping_tangle
from strategies.odd_latencies import slow
from strategies.tangled_programs import Tangle, small_memories
from support.examples import a_share

#: What the given program does wrong on a random memory is its own.
_ITS_OWN = ("SW104", "SW106", "SW107", "SW108", "SW404")


MACHINES = {
    "challenge": CHALLENGE,
    "minimal": MINIMAL,
    "slow stores": slow("store"),
    "slow loads": slow("load"),
    "slow alu": slow("alu", "valu"),
    "all slow": slow("alu", "valu", "load", "store", latency=2),
}


def by_blocks(
    tangle: Tangle, machine: Machine, rewriting: bool, evaluations: int = 30
) -> RepackedBlocks | None:
    """None where the given program itself fails on a random memory."""
    options = RepackOptions(rewrite=rewriting, effort=Effort.FAST, instances=2)
    try:
        return repack_blocks(
            tangle.program, machine, tangle.facts, options,
            lambda _what, _cycles, _evaluations: None, Budget(evaluations=evaluations),
        )  # fmt: skip
    except CheckFailed as fault:
        if fault.diagnostic.code not in _ITS_OWN:
            raise
        return None


def end(program: Program, machine: Machine, memory: list[int]) -> Run | None:
    try:
        return run(program, machine, memory, strict=False, max_cycles=20_000)
    except CheckFailed:
        return None


@cache
def campaign(name: str, programs: int) -> tuple[int, int]:
    """How many blocks are shorter, and on how many memories that was seen to change nothing."""
    machine, changed, seen = MACHINES[name], 0, 0
    for seed in range(programs):
        tangle = jumping_tangle(machine, seed)
        made = by_blocks(tangle, machine, rewriting=seed % 2 == 0)
        if made is None:
            continue
        changed += made.changed
        for memory in small_memories(tangle.facts, random.Random(seed), 6):
            before = end(tangle.program, machine, memory)
            if before is None:
                continue
            after = end(made.program, machine, memory)
            assert after is not None, (seed, memory)
            assert after.memory.tolist() == before.memory.tolist(), (seed, memory)
            assert after.trace == before.trace, (seed, memory)
            assert after.cycles <= before.cycles, (seed, memory)
            seen += 1
        for block in made.blocks:
            least = 0 if block.bound is None else block.bound.cycles
            assert least <= block.cycles <= block.before, (seed, block)
    return changed, seen


@pytest.mark.parametrize("name", a_share(MACHINES, 2))
def test_random_programs_that_jump_do_the_same_in_no_more_cycles(name: str):
    changed, seen = campaign(name, 16)
    assert changed >= 4
    assert seen >= 20


LOOP = """slotweave program 1
machine challenge
0: load(const 0 1)
1: load(const 1 8)
2: load(load 2 0)
3: alu(+ 3 2 2)
4: alu(^ 4 3 1)
5: alu(& 5 2 0)
6: flow(cond_jump 5 9)
7: alu(+ 4 4 1)
8: alu(+ 4 4 1)
9: store(store 0 4)
10: alu(>> 1 1 0)
11: flow(cond_jump 1 2)
"""


@cache
def shorter(rewriting: bool = True) -> Repacked:
    options = RepackOptions(rewrite=rewriting, effort=Effort.FAST)
    return repack(parse_program(LOOP), CHALLENGE, Facts(8), options)


def test_each_block_is_made_shorter_by_itself_and_the_result_says_so():
    made = shorter()
    assert [(b.start, b.stop, b.before, b.cycles) for b in made.blocks] == [
        (0, 2, 2, 1), (2, 7, 5, 3), (7, 9, 2, 2), (9, 12, 3, 2)
    ]  # fmt: skip
    assert made.way == "block by block"
    assert made.cycles < made.before
    assert "3 of 4 blocks made shorter" in made.why
    assert made.verified.instances == 20


def test_without_rules_no_operation_is_rewritten():
    mnemonics = {slot[0] for bundle in shorter(rewriting=False).program.bundles
                 for slots in bundle.values() for slot in slots}  # fmt: skip
    assert mnemonics == {"const", "load", "+", "^", "&", "cond_jump", "store", ">>"}


def test_a_claim_of_the_given_program_is_kept_only_under_facts_that_support_it():
    named = replace(parse_program(LOOP), meta={"kernel": "k", "params": {}, "contract": "c"})
    made = repack(named, CHALLENGE, Facts(8), RepackOptions(effort=Effort.FAST))
    assert made.program.bundles != named.bundles
    assert "kernel" not in made.program.meta


def test_a_jump_to_a_computed_bundle_is_refused():
    text = LOOP.replace("cond_jump 1 2", "jump_indirect 1")
    with pytest.raises(Exception, match=r"SW219 .*jump_indirect"):
        repack(parse_program(text), CHALLENGE, Facts(8))


@pytest.mark.parametrize("evaluations", [0, 1, 2])
def test_what_the_budget_does_not_reach_stays_as_it_was(evaluations: int):
    made = repack(parse_program(LOOP), CHALLENGE, Facts(8), RepackOptions(effort=Effort.FAST),
                  budget=Budget(evaluations=evaluations))  # fmt: skip
    assert sum(block.changed for block in made.blocks) <= evaluations
    assert made.evaluations <= evaluations
    assert made.cycles <= made.before


def replaced(program: Program, bundle: int, engine: str, *slots: Slot) -> Program:
    bundles = list(program.bundles)
    bundles[bundle] = {**bundles[bundle], engine: slots}
    return replace(program, bundles=tuple(bundles))


@pytest.mark.parametrize(
    ("bundle", "engine", "slot"),
    [
        (3, "alu", ("+", 3, 2, 0)),  # another operand
        (4, "alu", ("^", 6, 3, 1)),  # a live word is not written
        (2, "load", ("load", 2, 1)),  # another address
        (5, "alu", ("&", 5, 1, 0)),  # what the jump reads
    ],
)
def test_a_block_that_does_something_else_is_not_proved(bundle: int, engine: str, slot: Slot):
    program, facts = parse_program(LOOP), lasting_facts(Facts(8))
    block = basic_blocks(program, CHALLENGE)[1]
    found = block_graph(program, CHALLENGE, facts, block)
    assert isinstance(found, BlockGraph)
    passing = Passing(found.variables, block.live_out, found.decided)
    assert graph_is_block(found.graph, found.bundles, CHALLENGE, facts, passing).proved
    other = list(found.bundles)
    other[bundle - block.start] = {engine: (slot,)}
    verdict = graph_is_block(found.graph, other, CHALLENGE, facts, passing)
    assert verdict.undecided


def faults(made: Program, **changed: object) -> list[str]:
    given = parse_program(LOOP)
    blocks = list(basic_blocks(given, CHALLENGE))
    for number, field in enumerate(changed.items()):
        blocks[number + 1] = replace(blocks[number + 1], **dict([field]))  # type: ignore[arg-type]
    found = linked_faults(given, made, blocks, [0, 2, 7, 9, 12], CHALLENGE)
    return [fault.message for fault in found]


def test_blocks_put_together_wrongly_are_faults():
    given = parse_program(LOOP)
    assert faults(given) == []
    assert any("jumps elsewhere" in one
               for one in faults(replaced(given, 6, "flow", ("cond_jump", 5, 7))))  # fmt: skip
    assert any("jumps elsewhere" in one
               for one in faults(replaced(given, 6, "flow", ("cond_jump", 4, 9))))  # fmt: skip
    assert any("not live after" in one for one in faults(given, live_out=frozenset()))
    assert any("not live before" in one for one in faults(given, live_in=frozenset()))
    assert any("may run after" in one for one in faults(given, after=(2,)))


def test_results_in_flight_at_an_edge_keep_the_block_and_a_change_there_is_a_fault():
    machine, given = slow("alu"), parse_program(LOOP)
    blocks = basic_blocks(given, machine)
    assert [block.settled for block in blocks] == [True, False, False, False]
    changed = replaced(given, 8, "alu", ("+", 4, 4, 0))
    found = linked_faults(given, changed, blocks, [0, 2, 7, 9, 12], machine)
    assert any("in flight" in fault.message for fault in found)


@pytest.mark.parametrize("name", ["challenge", pytest.param("slow stores", marks=pytest.mark.long)])
def test_what_was_repacked_block_by_block_is_proved_again_from_the_files_alone(name: str) -> None:
    machine, proved, refused = MACHINES[name], 0, 0
    for seed in range(12):
        tangle = jumping_tangle(machine, seed)
        found = by_blocks(tangle, machine, rewriting=seed % 2 == 0)
        if found is None or not found.changed:
            continue
        made, given = (program_from_json(program_to_json(each))
                       for each in (found.program, tangle.program))  # fmt: skip
        assert same_block_by_block(made, given, machine, tangle.facts), seed
        proved += 1
        refused += not same_block_by_block(without_effect(made), given, machine, tangle.facts)
    assert proved > 2
    assert refused == proved


def test_the_proof_of_two_programs_goes_block_by_block_where_data_decides_the_jumps() -> None:
    tangle = jumping_tangle(CHALLENGE, 6)
    options = RepackOptions(effort=Effort.FAST, instances=2)
    found = repack(tangle.program, CHALLENGE, tangle.facts, options, budget=Budget(evaluations=30))
    assert found.way == "block by block"
    one, other = (Subject(each, CHALLENGE) for each in (found.program, tangle.program))
    verdict = prove_same(one, other, tangle.facts)
    assert verdict.proved
    assert verdict.why.startswith("block by block")


#: The side that is jumped over has no effect, and nothing is left of it.
ONE_SIDE_IDLE = """
slotweave program 1
machine challenge
0: load(const 0 0)
1: load(load 1 0)
2: flow(cond_jump 1 5)
3: load(const 7 1)
4: load(const 8 37)
"""


@pytest.mark.parametrize("meta", [{}, {"block_starts": (0, 4, 5)}])
def test_a_block_of_which_nothing_is_left_is_proved_again(meta: dict[str, object]) -> None:
    given, facts = replace(parse_program(ONE_SIDE_IDLE), meta=meta), Facts(memory_words=8)
    found = repack(given, CHALLENGE, facts, RepackOptions(instances=2))
    assert found.program.meta["block_starts"] == (0, 3, 3)
    one, other = (Subject(each, CHALLENGE) for each in (found.program, given))
    assert prove_same(one, other, facts).proved


#: On the side that only a rare word reaches, a load that nobody reads leaves memory.
LEAVES_MEMORY = """
slotweave program 1
machine challenge
0: load(const 0 0; const 1 123456)
1: load(load 2 0)
2: alu(== 3 2 1)
3: flow(cond_jump 3 5)
4: flow(jump 8)
5: load(load 4 1)
6: load(const 5 7)
7: store(store 0 5)
8: flow(halt)
""".lstrip()


def test_a_memory_on_which_the_given_program_alone_fails_is_not_asked_about() -> None:
    program, facts = parse_program(LEAVES_MEMORY), Facts(8)
    reaching = [123456, 0, 0, 0, 0, 0, 0, 0]
    found = by_blocks(Tangle(program, facts), CHALLENGE, rewriting=True)
    assert found is not None
    assert end(program, CHALLENGE, reaching) is None
    assert end(found.program, CHALLENGE, reaching) is not None
    assert found.verified.directed


#: The jump reads its counter beside the slot that counts on, and bundles ask for the core.
TIGHT = """slotweave program 1
machine challenge
0: load(const 0 1)
1: load(load 1 0)
2: load(load 2 0)
3: flow(coreid 3)
4: alu(+ 4 2 3)
5: store(store 0 4)
6: alu(^ 5 5 2)
7: alu(>> 1 1 0) flow(cond_jump 1 2)
8: store(store 0 5)
"""


@pytest.mark.parametrize("drop", ["", "3: flow(coreid 3)"])
def test_slots_are_put_closer_together_where_no_graph_says_what_they_do(drop: str) -> None:
    text = TIGHT.replace(drop, "3: alu(+ 3 0 0)") if drop else TIGHT
    given, facts = parse_program(text), Facts(8)
    made = by_blocks(Tangle(given, facts), CHALLENGE, rewriting=True)
    assert made is not None
    loop = made.blocks[1]
    assert (loop.before, loop.cycles, loop.bound) == (6, 3, None)
    slots = [sorted(slot for bundle in program.bundles for row in bundle.values() for slot in row
                    if slot[0] != "cond_jump") for program in (given, made.program)]  # fmt: skip
    assert slots[0] == slots[1]
    assert same_block_by_block(made.program, given, CHALLENGE, facts)
    assert not same_block_by_block(without_effect(made.program), given, CHALLENGE, facts)


def test_what_what_if_times_is_found_where_it_can_be_proved() -> None:
    """Random programs are tangled: accesses to memory that only a distance keeps apart stay."""
    longer = parts = 0
    for seed in range(60):
        tangle = jumping_tangle(CHALLENGE, seed)
        made = by_blocks(tangle, CHALLENGE, rewriting=False)
        if made is None:
            continue
        timed = what_if(tangle.program, CHALLENGE, {}, tangle.facts)
        found = {block.start: block.cycles for block in made.blocks}
        longer += sum(found[part.start] > part.retimed for part in timed.parts)
        parts += len(timed.parts)
    assert parts > 60
    assert longer <= parts // 30


def without_effect(program: Program) -> Program:
    """`program` without its last store, which nothing stores over, or the last word it traces."""
    effects = [
        (number, engine, slot)
        for number, bundle in enumerate(program.bundles)
        for engine, slots in bundle.items()
        for slot in slots
        if engine == "store" or slot[0] == "trace_write"
    ]
    number, engine, dropped = effects[-1]
    bundles = list(program.bundles)
    left = tuple(slot for slot in bundles[number][engine] if slot != dropped)
    bundles[number] = {**bundles[number], engine: left}
    return replace(program, bundles=tuple(bundles))
