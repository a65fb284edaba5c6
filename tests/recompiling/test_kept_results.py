"""Results of compiling are kept by all that they depend on, and by nothing else."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import NoSchedule
from slotweave.base.entries import Entries
from slotweave.driver.job import Job
from slotweave.names import job
from slotweave.recompiling import KeptResults, compiled_or_kept, kept_results

LENGTH = 24


def scale(k, n=16):
    """each word times something that lies outside the function"""
    x = k.region("x", 0, n, output=True)
    for at in range(0, n, k.vector_length):
        x.vstore(at, x.vload(at) * len(range(LENGTH)))


@pytest.fixture
def kept(tmp_path: Path) -> KeptResults:
    return KeptResults(Entries(tmp_path / "results"))


def fresh(kept: KeptResults) -> KeptResults:
    """Another process's view of the same entries."""
    return KeptResults(kept.entries)


def test_the_second_time_nothing_is_compiled(
    kept: KeptResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compiled_or_kept(job(scale), kept)
    monkeypatch.setattr(kept_results, "compile_job", None)
    again = compiled_or_kept(job(scale), fresh(kept))
    assert (first.known, again.known) == (False, True)
    assert again.program == first.program
    assert again.summary == json.loads(json.dumps(first.summary, default=dict))


def changed_jobs() -> dict[str, Job]:
    made = job(scale)
    machine = replace(made.machine, scratch_words=64)
    plan = replace(made.plan, schedule=replace(made.plan.schedule, passes=3))
    return {
        "parameters": job(scale, n=32), "machine": replace(made, machine=machine),
        "plan": replace(made, plan=plan), "seed": replace(made, seed=1),
        "instances": replace(made, instances=3), "effort": replace(made, effort=Effort.FAST),
    }  # fmt: skip


@pytest.mark.parametrize("name", changed_jobs())
def test_what_a_result_depends_on_is_in_its_key(name: str, kept: KeptResults) -> None:
    assert kept.key(changed_jobs()[name]) != kept.key(job(scale))


def test_a_global_that_the_kernel_reads_is_in_the_key(
    kept: KeptResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.key(job(scale))
    monkeypatch.setitem(globals(), "LENGTH", 25)
    assert fresh(kept).key(job(scale)) != before


def test_the_evaluations_and_the_code_are_in_the_key(
    kept: KeptResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.key(job(scale))
    assert kept.key(job(scale), 3) != before
    monkeypatch.setattr(kept_results, "code_digest", lambda: "other")
    assert kept.key(job(scale)) != before


def test_the_origin_of_a_plan_is_not_in_the_key(kept: KeptResults) -> None:
    made = job(scale)
    told = replace(made, plan=replace(made.plan, origin={"hours": 3}))
    assert kept.key(told) == kept.key(made)


def test_that_nothing_fits_is_kept_with_its_reason(
    kept: KeptResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = job(scale)
    small = replace(made, machine=replace(made.machine, scratch_words=8))
    with pytest.raises(NoSchedule, match="SW301") as first:
        compiled_or_kept(small, kept)
    monkeypatch.setattr(kept_results, "compile_job", None)
    with pytest.raises(NoSchedule) as again:
        compiled_or_kept(small, fresh(kept))
    assert str(again.value) == str(first.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:40] + b"x" + data[41:],
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda _data: b"",
        lambda _data: b"notes of somebody",
        lambda _data: b"slotweave entry 1 \n",
    ],
)
def test_a_damaged_entry_is_made_again(damage, kept: KeptResults) -> None:
    first = compiled_or_kept(job(scale), kept)
    (file,) = kept.entries.files()
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    again = compiled_or_kept(job(scale), kept)
    assert not again.known
    assert again.program == first.program
    assert compiled_or_kept(job(scale), kept).known


def test_an_entry_under_another_name_is_not_taken(kept: KeptResults) -> None:
    """A file copied to where another key looks says nothing of that key."""
    entries = kept.entries
    entries.put("a", "1")
    (one,) = entries.files()
    entries.put("b", "2")
    other = next(file for file in entries.files() if file != one)
    other.write_bytes(one.read_bytes())
    assert (entries.get("a"), entries.get("b")) == ("1", None)


def test_clearing_removes_entries_and_nothing_else(kept: KeptResults) -> None:
    entries = kept.entries
    entries.put("a", "1")
    entries.put("b", "2")
    (one, _) = entries.files()
    foreign = one.with_name("foreign.entry")
    foreign.write_text("mine")
    assert entries.clear()[0] == 2
    assert list(entries.files()) == []
    assert foreign.read_text() == "mine"
    assert entries.clear() == (0, 0)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    entries = Entries(blocked)
    entries.put("a", "1")
    assert entries.get("a") is None


def test_writers_killed_at_any_moment_leave_whole_entries(tmp_path: Path) -> None:
    """Processes that write the same keys, and are killed as they do."""
    entries = Entries(tmp_path)
    text = "word " * 50_000
    for _ in range(8):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            while True:
                for key in "abc":
                    entries.put(key, text + key)
                    os.write(writer, b".")
        os.close(writer)
        assert os.read(reader, 1) == b"."
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        assert {entries.get(key) for key in "abc"} <= {None, *(text + key for key in "abc")}
    assert entries.get("a") == text + "a"
