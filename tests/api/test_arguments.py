"""What the front door is given is checked: no mistake comes back as a fault of the library."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import slotweave as sw
from slotweave.base.diagnostics import SlotweaveError
from slotweave.ir.facts import Facts
from slotweave.results.made import Compiled


def double(k, n=16):
    """twice each word"""
    x = k.region("x", 0, n, output=True)
    for at in range(0, n, k.vector_length):
        x.vstore(at, 2 * x.vload(at))


@cache
def made() -> Compiled:
    return sw.compile(double)


@cache
def saxpy_and_its_problem() -> tuple[Compiled, str]:
    texts: dict[str, str] = {}
    result = sw.compile("saxpy", n=16, print_after={"lower": lambda text: texts.update(lower=text)})
    return result, texts["lower"]


@cache
def certificates() -> str:
    return sw.bound("saxpy", n=64).certificates()


@cache
def kept_study() -> str:
    sw.tune("saxpy", study="kept", evaluations=0)
    return "kept"


GRAPH = 'graph "g" vector_length=8 memory_words=0\n'

#: For each verb, what gives arguments with which it works.
RIGHT = {
    "bound": lambda: {"what": "saxpy"},
    "check_bounds": lambda: {"certificates": certificates()},
    "clear_cache": lambda: {},
    "compile": lambda: {"what": double},
    "diff": lambda: {"a": made().program, "b": made().program},
    "explain": lambda: {"program": made().program, "cycle": 1},
    "explore": lambda: {"what": "saxpy", "set": {"load": [2]}},
    "export": lambda: {"program": made().program, "form": "text"},
    "facts": lambda: {"name": "none"},
    "inspect": lambda: {"program": made().program},
    "job": lambda: {"kernel": double},
    "list_facts": lambda: {},
    "list_kernels": lambda: {},
    "list_machines": lambda: {},
    "list_rules": lambda: {},
    "load": lambda: {"path": '{"program": []}\n'},
    "measure_kernels": lambda: {"kernels": ["saxpy"], "machines": ["minimal"]},
    "prove_rules": lambda: {"names": ["xor_zero"]},
    "random_memory": lambda: {"kernel": "saxpy"},
    "repack": lambda: {"program": made().program, "evaluations": 1},
    "rederive": lambda: {"record": saxpy_and_its_problem()[0].record()},
    "report": lambda: {"program": made().program},
    "run_pass": lambda: {"name": "rewrite", "text": GRAPH},
    "run": lambda: {"program": made().program, "memory": [1] * 16},
    "search_forms": lambda: {"names": ["stage-5-carried"]},
    "self_test": lambda: {"what": "saxpy", "mutants": 10},
    "show_cache": lambda: {},
    "show_facts": lambda: {"of": "saxpy"},
    "show_kernel": lambda: {"kernel": "saxpy"},
    "show_machine": lambda: {"machine": "minimal"},
    "show_rule": lambda: {"name": "add_zero"},
    "solve": lambda: {"problem": saxpy_and_its_problem()[1], "method": "list"},
    "studies": lambda: {},
    "study": lambda: {"name": kept_study()},
    "tune": lambda: {"what": "saxpy", "evaluations": 0, "time_limit": None},
    "verify": lambda: {"program": made().program, "against": made().job},
    "what_if": lambda: {"program": made().program},
}
WRONG = (5, -1, 2.5, "x", "6", b"x", "", "a\0b", [], [-1], {"load": 0}, object(), sw, str, print)

#: Those that are asked for their truth alone.
TRUTHS = ("strict", "prove", "rewrite", "vectorize")

NAMES_OF_FILES = [("report", "path", "x"), ("report", "path", "6")]

CASES = [
    (verb, name)
    for verb in RIGHT
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
        getattr(sw, verb)(**{**RIGHT[verb](), name: value})
    except SlotweaveError as error:
        return error.diagnostic.code
    return None


def test_the_cases_cover_every_verb() -> None:
    without = {"kernel", "measure_speed", "save"}  # to measure takes a minute
    assert RIGHT.keys() | without == {name for name in sw.__all__ if name[0].islower()}


MESSAGES = [
    (lambda: sw.measure_speed("saxpy", repeat=0), "SW212 repeat must be at least 1, not 0"),
    (lambda: sw.measure_speed("saxpy", watch=5), "SW212 watch must be a function, not 5"),
    (lambda: sw.measure_kernels("saxpy"), "SW212 kernels must be a list, not 'saxpy'"),
    (lambda: sw.prove_rules(5), "SW212 names must be a list, not 5"),
    (lambda: sw.run(made(), [0, -1]), "SW210 word 1 of memory must be at least 0, not -1"),
    (lambda: sw.run(made(), [2**32]), "SW210 word 0 of memory must be below 2"),
    (lambda: sw.run(made(), np.array([3, -1])), "SW210 word 1 of memory.*not -1"),
    (lambda: sw.run(made(), "12"), "SW210 memory must be a sequence of words, not '12'"),
    (lambda: sw.compile("tree-hash", height="6"), "SW202 height must be a whole number, not '6'"),
    (lambda: sw.compile(made().job, n=8), "SW212 a job is complete: give n to `job`"),
    (lambda: sw.inspect(object()), "SW212 a program must be a Program, a result that holds one"),
    (lambda: sw.explain(made()), "SW212 say which cycle"),
    (lambda: sw.explain("SW999"), "SW212 'SW999' is neither a code"),
    (lambda: sw.what_if(made(), {"alu": "4"}), "SW212 the slots of alu must be a whole number"),
    (lambda: sw.what_if(made(), {"laod": 4}), "SW212.*did you mean 'load'"),
    (lambda: sw.compile(double, time_limit="5"), "SW212 time_limit must be a number of seconds"),
    (lambda: sw.bound(made(), height=3), "SW212 a program takes no height"),
]


@pytest.mark.parametrize(("call", "message"), MESSAGES)
def test_the_message_says_what_was_wanted_and_what_was_given(call, message: str) -> None:
    with pytest.raises(sw.InputError, match=message):
        call()


def test_a_program_may_be_a_result_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "double.json"
    sw.save(made(), file)
    wanted = sw.inspect(made().program)
    for given in (made(), file, str(file)):
        assert sw.inspect(given).to_json() == wanted.to_json()
    shorter = sw.repack(made(), evaluations=1)
    assert sw.verify(shorter, made(), Facts(16)).verified.mismatches == 0
    assert sw.diff(made(), shorter).unmoved > 0
    assert sw.run(file, np.arange(16)).memory.tolist() == list(range(0, 32, 2))


def test_numbers_of_numpy_are_numbers() -> None:
    assert sw.job(double, n=np.int64(32)).parameters == {"n": 32}
    assert type(sw.job(double, n=np.int64(32)).parameters["n"]) is int


def test_a_code_is_explained() -> None:
    said = sw.explain("SW301")
    assert (said.code, said.title) == ("SW301", "scratch too small")
    assert str(said).startswith("SW301: scratch too small")
    assert said.to_json()["text"] == said.text
