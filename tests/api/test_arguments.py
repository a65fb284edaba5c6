"""What the front door is given is checked: no mistake comes back as a fault of the library."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

import slotweave as sw
from slotweave.base.diagnostics import SlotweaveError
from slotweave.ir.facts import Facts


def double(k, n=16):
    """twice each word"""
    x = k.region("x", 0, n, output=True)
    for at in range(0, n, k.vector_length):
        x.vstore(at, 2 * x.vload(at))


MADE = sw.compile(double)

sw.tune("saxpy", study="kept", evaluations=0)

LOWERED: dict[str, str] = {}
MADE_SAXPY = sw.compile(
    "saxpy", n=16, print_after={"lower": lambda text: LOWERED.update(lower=text)}
)

CERTIFICATES = sw.bound("saxpy", n=64).certificates()

GRAPH = 'graph "g" vector_length=8 memory_words=0\n'

#: For each verb, arguments with which it works.
RIGHT = {
    "bound": {"what": "saxpy"},
    "check_bounds": {"certificates": CERTIFICATES},
    "clear_cache": {},
    "compile": {"what": double},
    "diff": {"a": MADE.program, "b": MADE.program},
    "explain": {"program": MADE.program, "cycle": 1},
    "explore": {"what": "saxpy", "set": {"load": [2]}},
    "export": {"program": MADE.program, "form": "text"},
    "facts": {"name": "none"},
    "inspect": {"program": MADE.program},
    "job": {"kernel": double},
    "list_kernels": {},
    "list_machines": {},
    "list_rules": {},
    "load": {"path": '{"program": []}\n'},
    "random_memory": {"kernel": "saxpy"},
    "repack": {"program": MADE.program, "evaluations": 1},
    "rederive": {"record": MADE_SAXPY.record()},
    "report": {"program": MADE.program},
    "run_pass": {"name": "rewrite", "text": GRAPH},
    "run": {"program": MADE.program, "memory": [1] * 16},
    "self_test": {"what": "saxpy", "mutants": 10},
    "show_cache": {},
    "show_kernel": {"kernel": "saxpy"},
    "show_machine": {"machine": "minimal"},
    "show_rule": {"name": "add_zero"},
    "solve": {"problem": LOWERED["lower"], "method": "list"},
    "studies": {},
    "study": {"name": "kept"},
    "tune": {"what": "saxpy", "evaluations": 0, "time_limit": None},
    "verify": {"program": MADE.program, "against": MADE.job},
    "what_if": {"program": MADE.program},
}
WRONG = (5, -1, 2.5, "x", "6", b"x", "", "a\0b", [], [-1], {"load": 0}, object(), sw, str, print)

#: Those that are asked for their truth alone.
TRUTHS = ("strict", "prove", "rewrite", "vectorize")

NAMES_OF_FILES = [("report", "path", "x"), ("report", "path", "6")]

CASES = [
    (verb, name)
    for verb, right in RIGHT.items()
    for name in inspect.signature(getattr(sw, verb)).parameters
    if name not in (*TRUTHS, "options", "parameters", "values")
]


@pytest.mark.parametrize(("verb", "name"), CASES)
def test_whatever_is_given_is_taken_or_refused_with_a_code(
    verb: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some names are taken as those of files to write
    codes = [refusal(verb, name, value) for value in WRONG
             if (verb, name, value) not in NAMES_OF_FILES]  # fmt: skip
    assert all(code is None or code.startswith("SW") for code in codes)
    assert sum(code is not None for code in codes) > len(WRONG) // 3


def refusal(verb: str, name: str, value: object) -> str | None:
    """The code with which `value` is refused as that argument; None if it is taken."""
    try:
        getattr(sw, verb)(**{**RIGHT[verb], name: value})
    except SlotweaveError as error:
        return error.diagnostic.code
    return None


def test_the_cases_cover_every_verb() -> None:
    assert {*RIGHT, "kernel", "save"} == {name for name in sw.__all__ if name[0].islower()}


MESSAGES = [
    (lambda: sw.run(MADE, [0, -1]), "SW210 word 1 of memory must be at least 0, not -1"),
    (lambda: sw.run(MADE, [2**32]), "SW210 word 0 of memory must be below 2"),
    (lambda: sw.run(MADE, np.array([3, -1])), "SW210 word 1 of memory.*not -1"),
    (lambda: sw.run(MADE, "12"), "SW210 memory must be a sequence of words, not '12'"),
    (lambda: sw.compile("tree-hash", height="6"), "SW202 height must be a whole number, not '6'"),
    (lambda: sw.compile(MADE.job, n=8), "SW212 a job is complete: give n to `job`"),
    (lambda: sw.inspect(object()), "SW212 a program must be a Program, a result that holds one"),
    (lambda: sw.explain(MADE), "SW212 say which cycle"),
    (lambda: sw.explain("SW999"), "SW212 'SW999' is no code"),
    (lambda: sw.what_if(MADE, {"alu": "4"}), "SW212 the slots of alu must be a whole number"),
    (lambda: sw.what_if(MADE, {"laod": 4}), "SW212.*did you mean 'load'"),
    (lambda: sw.compile(double, time_limit="5"), "SW212 time_limit must be a number of seconds"),
    (lambda: sw.bound(MADE, height=3), "SW212 a program takes no height"),
]


@pytest.mark.parametrize(("call", "message"), MESSAGES)
def test_the_message_says_what_was_wanted_and_what_was_given(call, message: str) -> None:
    with pytest.raises(sw.InputError, match=message):
        call()


def test_a_program_may_be_a_result_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "double.json"
    sw.save(MADE, file)
    wanted = sw.inspect(MADE.program)
    for given in (MADE, file, str(file)):
        assert sw.inspect(given).to_json() == wanted.to_json()
    shorter = sw.repack(MADE, evaluations=1)
    assert sw.verify(shorter, MADE, Facts(16)).verified.mismatches == 0
    assert sw.diff(MADE, shorter).unmoved > 0
    assert sw.run(file, np.arange(16)).memory.tolist() == list(range(0, 32, 2))


def test_numbers_of_numpy_are_numbers() -> None:
    assert sw.job(double, n=np.int64(32)).parameters == {"n": 32}
    assert type(sw.job(double, n=np.int64(32)).parameters["n"]) is int


def test_a_code_is_explained() -> None:
    said = sw.explain("SW301")
    assert (said.code, said.title) == ("SW301", "scratch too small")
    assert str(said).startswith("SW301: scratch too small")
    assert said.to_json()["text"] == said.text
