"""An index into a region is a promise of the kernel: kept, refuted at its line, or stated.

So is a divisor: that it is not 0."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from slotweave.analysis.promises import promises_of
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.kept_promises import promises_kept
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.driver.proof import prove
from slotweave.extensions import kernels
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.trace import trace_flow
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow
from slotweave.machine import CHALLENGE
from support.command_line import slotweave


def leaves_its_region(k: Tracer) -> None:
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    b.store(0, b[1] + 1)
    b.store(2, a[a[0] & 4095])


def stays_inside(k: Tracer) -> None:
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    b.store(0, b[1] + 1)
    b.store(2, a[a[0] & 3])


def stays_inside_as_a_solver_finds(k: Tracer) -> None:
    """Ranges do not see that x minus an even number not above it is at most 1."""
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    x = b[1] | 12
    b.store(3, a[x - x // 2 * 2])


def leaves_it_for_one_word_in_four_billion(k: Tracer) -> None:
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    b.store(2, a[(b[1] == 0x12345678) * 4])


def leaves_it_where_nothing_finds_out(k: Tracer) -> None:
    """The index hangs on a word that is read at a computed address."""
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    b.store(2, a[(a[b[1] & 3] == 0x12345678) * 4])


def leaves_it_in_a_loop(k: Tracer) -> None:
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    at = k.variable(0)
    with k.loop(5):
        b.store(0, a[at.value])
        at.value = at.value + 1


def reads_words_that_do_not_matter(k: Tracer) -> None:
    a = k.region("a", 0, 12, read_only=True)
    b = k.region("b", 12, 8, output=True)
    vector = a.vload(b[0] & 7, used=5)
    b.store(1, vector.lane(4))


def stores_outside(k: Tracer) -> None:
    a, b = k.region("a", 0, 4, output=True), k.region("b", 4, 4, output=True)
    a.store(b[0] & 7, b[1])


def divides(k: Tracer) -> None:
    """By a word that may be 0 twice, and by words that may not."""
    a, b = k.region("a", 0, 4, read_only=True), k.region("b", 4, 4, output=True)
    b.store(0, a[0] // a[1] + a[2] // a[1])
    b.store(1, a[0] % a[3])
    b.store(2, a[0] // 3 + a[0] % (a[1] | 1))


def kernel_and_flow(function) -> tuple[Kernel, Flow]:
    kernel = kernel_of_function(function, "k.py:f")
    return kernel, trace_flow(kernel, {}, "graph", kernel.plan("default", {}, "graph"), CHALLENGE)


def promises(function) -> list[tuple[str, str, int]]:
    kernel, flow = kernel_and_flow(function)
    return [(p.access, p.region, p.accesses) for p in promises_of(flow, kernel.facts({}, "graph"))]


def compiled(function):
    kernel, _ = kernel_and_flow(function)
    return compile_job(Job(kernel, {}, "graph", kernel.plan("default", {}, "graph"), CHALLENGE))


@pytest.mark.parametrize("function", [leaves_its_region, stores_outside])
def test_a_promise_that_runs_break_is_refused_at_the_line_of_the_kernel(function):
    with pytest.raises(
        CheckFailed, match=r"SW116 test_promises.py:\d+: the index \d+ of this"
    ) as e:
        compiled(function)
    assert re.search(r"\(seed 0, instance \d+\)$", str(e.value))


def test_what_ranges_show_is_no_promise():
    assert promises(stays_inside) == []
    result = compiled(stays_inside)
    assert result.promises == ()
    assert "promises" not in result.program.meta
    assert result.equivalence.answer is True


def test_what_they_do_not_show_is_kept_with_the_program():
    assert promises(stays_inside_as_a_solver_finds) == [("load", "a", 1)]
    result = compiled(stays_inside_as_a_solver_finds)
    (promise,) = result.promises
    (said,) = result.program.meta["promises"]
    assert said == promise.to_json()
    assert (said["region"], said["start"], said["length"]) == ("a", 0, 4)
    assert said["where"].startswith("test_promises.py:")


def test_each_block_promises_for_itself():
    assert promises(leaves_it_in_a_loop) == [("load", "a", 1)]


def test_words_of_a_vector_that_do_not_matter_may_lie_anywhere():
    assert promises(reads_words_that_do_not_matter) == []
    assert compiled(reads_words_that_do_not_matter).verified.mismatches == 0


def proved(function):
    kernel, _ = kernel_and_flow(function)
    plan = kernel.plan("default", {}, "graph")
    return prove(compiled(function).program, CHALLENGE, kernel, {}, "graph", plan)


def test_a_proof_says_nothing_of_a_promise_that_is_proved_to_be_kept():
    pytest.importorskip("z3", reason="the solver comes with the extra `prove`")
    found = proved(stays_inside_as_a_solver_finds)
    assert found.program is True
    assert found.promises == ()
    assert "given that" not in found.program_why


def test_a_proof_names_the_promise_that_it_rests_on():
    found = proved(leaves_it_where_nothing_finds_out)
    assert found.program is True
    assert len(found.promises) == 1
    assert "given that the index of 1 load at test_promises.py:" in found.program_why
    assert "stays inside region a (words 0 to 3)" in found.program_why


def test_a_promise_that_one_memory_in_four_billion_breaks_is_refuted():
    pytest.importorskip("z3", reason="the solver comes with the extra `prove`")
    kernel, flow = kernel_and_flow(leaves_it_for_one_word_in_four_billion)
    kept = promises_kept(flow, kernel.facts({}, "graph"))
    assert kept.answer is False
    assert kept.evidence is not None
    assert kept.evidence.words[5] == 0x12345678
    assert "SW116 test_promises.py:" in kept.why


def test_constants_that_the_kernel_speaks_of_are_tried_when_it_is_compiled():
    with pytest.raises(CheckFailed, match=r"SW116 .*\(directed input \d+ of seed 0\)$"):
        compiled(leaves_it_for_one_word_in_four_billion)


def test_a_loop_that_runs_too_far_is_refuted_without_a_solver():
    kernel, flow = kernel_and_flow(leaves_it_in_a_loop)
    kept = promises_kept(flow, kernel.facts({}, "graph"))
    assert kept.answer is False
    assert "the index 4 of this load" in kept.why


def test_the_shipped_plans_rest_on_no_promise():
    """The proof that they are the definition covers their addresses."""
    kernel, values = kernels()["tree-hash"], {"height": 10, "rounds": 16, "batch": 256}
    plan = kernel.plan("tuned", values, "values")
    assert compile_job(Job(kernel, values, "values", plan, CHALLENGE, instances=1)).promises == ()


def compiled_file(folder: Path, *lines: str) -> tuple[Path, Path, str]:
    """The files of a kernel of these lines and of its program, and what compiling it printed."""
    file, made = folder / "k.py", folder / "k.json"
    file.write_text("\n    ".join(["def f(k):", *lines]) + "\n")
    answer = slotweave("compile", f"{file}:f", "-o", made)
    assert answer.code == 0, answer.err
    return file, made, " ".join(answer.out.split())


def test_commands_say_it(tmp_path: Path):
    file, made, told = compiled_file(
        tmp_path,
        "a = k.region('a', 0, 4, output=True)",
        "a.store(0, a[(a[a[1] & 3] == 77777) * 4])",
    )
    assert "yes, given what it promises" in told
    assert "promised the index of 1 load at k.py:3 stays inside region a (words 0 to 3)" in told
    assert json.loads(made.read_text())["meta"]["promises"][0]["where"] == "k.py:3"
    verified = slotweave("verify", made, "--against", f"{file}:f", "--prove")
    assert verified.code == 0
    assert "given that the index of 1 load at k.py:3 stays inside" in " ".join(verified.out.split())
    file.write_text(file.read_text().replace("== 77777", "& 1"))
    refused = slotweave("verify", made, "--against", f"{file}:f")
    assert refused.code == 1
    assert "k.py:3: the index 4 of this load lies outside region a" in refused.err


def test_a_divisor_that_may_be_zero_is_a_promise_and_others_are_none():
    kernel, flow = kernel_and_flow(divides)
    found = promises_of(flow, kernel.facts({}, "graph"))
    assert [(p.operation, p.operations) for p in found] == [("div", 2), ("mod", 1)]
    assert [str(p).split(" at ")[0] for p in found] == [
        "the divisor of 2 divisions", "the divisor of 1 remainder",
    ]  # fmt: skip


def test_a_proof_rests_on_divisors_and_inputs_on_which_they_are_zero_are_counted():
    result, found = compiled(divides), proved(divides)
    assert result.promises == found.promises != ()
    assert [p.to_json() for p in result.promises] == result.program.meta["promises"]
    assert found.program is True
    assert "given that the divisor of 2 divisions at test_promises.py:" in found.program_why
    made = result.verified.directed + result.verified.left_out
    assert 0 < result.verified.left_out < made
    assert compiled(stays_inside).verified.left_out == 0


def test_commands_say_of_a_division_what_it_rests_on(tmp_path: Path):
    kernel, program, table = compiled_file(
        tmp_path,
        "a, b = k.region('a', 0, 2, read_only=True), k.region('b', 2, 1, output=True)",
        "b.store(0, a[0] // a[1])",
    )
    assert "more left out, for which no result is defined)" in table
    assert "yes, given what it promises" in table
    assert "promised the divisor of 1 division at k.py:3 is not 0" in table
    told = slotweave("verify", program, "--against", f"{kernel}:f", "--prove", "--json").json
    assert told["proved"]["promises"] == [{"where": "k.py:3", "operation": "div", "operations": 1}]
    assert told["verified"]["left_out"] > 0


def test_what_a_region_is_said_to_hold_is_a_promise(tmp_path: Path):
    kernel, program, table = compiled_file(
        tmp_path,
        "t, b = k.region('t', 0, 4, words=[5, 6]), k.region('b', 4, 1, output=True)",
        "b.store(0, t[0] + t[3])",
    )
    held = "region t begins with the 2 words that its declaration says"
    assert f"promised {held}" in table
    told = slotweave("verify", program, "--against", f"{kernel}:f", "--prove", "--json").json
    assert told["proved"]["promises"] == [{"region": "t", "start": 0, "words": [5, 6]}]
    assert f"given that {held}" in json.dumps(told["proved"])


def test_what_the_facts_of_a_workload_say_is_no_promise() -> None:
    shape = {"height": 2, "rounds": 2, "batch": 8}
    kernel = kernels()["tree-hash"]
    plan = kernel.plan("default", shape, "values")
    flow = trace_flow(kernel, shape, "values", plan, CHALLENGE)
    assert any(region.words for region in flow.blocks[-1].graph.regions)
    assert compile_job(Job(kernel, shape, "values", plan, CHALLENGE)).promises == ()
