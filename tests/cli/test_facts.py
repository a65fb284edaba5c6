"""What commands assume of memory, and how they say so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from slotweave.extensions import kernels
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.text.facts_json import facts_from_json
from support.command_line import Answer, assert_refused, slotweave

#: Stores to the first value of tree hash, to which word 6 points.
BUNDLES = [
    {"load": [["const", 0, 6]]}, {"load": [["load", 1, 0]]}, {"store": [["store", 1, 0]]},
]  # fmt: skip
META = {"kernel": "tree-hash", "params": {"height": 2, "rounds": 3, "batch": 8}}
NOTHING_ASSUMED = "no --facts given, so nothing is assumed about memory"
COMMANDS = {
    "inspect": (),
    "explain": ("2:store",),
    "repack": ("--effort", "fast"),
    "bound": (),
    "what-if": (),
}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def answered(command: str, meta: dict[str, object], *options: str) -> Answer:
    program = json.dumps({"program": BUNDLES, "meta": meta})
    return slotweave(command, "-", *COMMANDS[command], *options, stdin=program)


def test_that_nothing_is_assumed_is_said_with_the_facts_that_fit(command: str) -> None:
    answer = answered(command, {**META, "contract": "full"})
    (hint,) = [line for line in answer.err.splitlines() if line.startswith(NOTHING_ASSUMED)]
    assert "tree-hash with the contract full; --facts challenge-full may apply" in hint
    assert NOTHING_ASSUMED not in answer.out


#: What a program says that was compiled from a kernel in a user's file.
OWN = {"kernel": "my kernels.py:walk", "params": {"n": 8}, "contract": "graph"}
#: A store to wherever word 6 points, and a load after it from wherever word 5 does.
POINTERS = [
    {"load": [["const", 0, 6], ["const", 2, 5]]}, {"load": [["load", 1, 0], ["load", 3, 2]]},
    {"store": [["store", 1, 0]]}, {"load": [["load", 4, 3]]}, {"store": [["store", 1, 4]]},
]  # fmt: skip


def test_of_a_kernel_without_named_facts_it_is_said_only_where_memory_is_waited_for() -> None:
    told = "`slotweave facts show 'my kernels.py:walk' -p n=8 -o facts.json` writes what is known"
    waits = json.dumps({"program": POINTERS, "meta": OWN})
    plain = json.dumps({"program": BUNDLES[:1], "meta": OWN})
    for command, *place in (("inspect",), ("explain", "3:load")):
        assert f"{NOTHING_ASSUMED}; {told}" in slotweave(command, "-", *place, stdin=waits).err
        place = ["0"] if place else []
        assert NOTHING_ASSUMED not in slotweave(command, "-", *place, stdin=plain).err
    for command in ("what-if", "bound"):
        assert NOTHING_ASSUMED not in slotweave(command, "-", stdin=waits).err
    assert told in slotweave("repack", "-", "--effort", "fast", stdin=waits).err
    for kernel, command in (("dot", "show dot -p n=8 -o"), ("no such kernel", "list`)")):
        waits = json.dumps({"program": POINTERS, "meta": {**OWN, "kernel": kernel}})
        assert f"slotweave facts {command}" in slotweave("inspect", "-", stdin=waits).err


def test_the_facts_of_a_kernel_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "triple.py"
    file.write_text(
        "def triple(k, n=8):\n"
        "    source = k.region('x', 0, n, read_only=True)\n"
        "    target = k.region('y', n, n, output=True)\n"
        "    for at in range(n):\n"
        "        target.store(at, 3 * source[at])\n"
    )
    known = facts_from_json(slotweave("facts", "show", f"{file}:triple", "-p", "n=4").out)
    rows = [(each.name, each.start, each.length) for each in known.regions]
    assert rows == [("x", 0, 4), ("y", 4, 4)]
    assert known.memory_words is not None
    shown = slotweave("facts", "show", "tree-hash", "-p", "height=2", "--contract", "full")
    shape = {"height": 2, "rounds": 16, "batch": 256}
    assert facts_from_json(shown.out) == kernels()["tree-hash"].facts(shape, "full")
    refused = slotweave("facts", "show", "challenge", "-p", "n=4")
    assert_refused(refused, "SW212", "-p and --contract are for kernels, and 'challenge' is none")


def test_of_a_bare_program_it_is_said_which_facts_there_are(command: str) -> None:
    assert f"{NOTHING_ASSUMED}; if more is known" in answered(command, {}).err


def test_it_is_not_said_where_facts_are_given_or_to_the_quiet(command: str) -> None:
    for options in (("--facts", "none"), ("--facts", "challenge", "--shape", "2,3,8"), ("-q",)):
        assert NOTHING_ASSUMED not in answered(command, META, *options).err


@pytest.mark.parametrize(
    ("options", "row"),
    [
        ((), "none: nothing is known of memory, all of it is output"),
        (("--facts", "challenge"), "challenge, for the shape 2,3,8"),
        (("--facts", "challenge-full", "--shape", "3,3,8"), "challenge-full, for the shape 3,3,8"),
    ],
)
def test_the_table_says_under_which_facts_it_holds(options: tuple[str, ...], row: str) -> None:
    lines = answered("inspect", META, *options).out.splitlines()
    (shown,) = [line for line in lines if line.startswith("facts ")]
    assert shown.split(maxsplit=1)[1].strip() == row


@pytest.mark.parametrize("command", ["bound", "what-if", "repack"])
def test_other_commands_say_so_too(command: str) -> None:
    given = answered(command, META, "--facts", "challenge")
    assert "challenge, for the shape 2,3,8" in given.out
    assert "none: nothing is known of memory" in answered(command, META).out


@pytest.mark.parametrize("command", ["inspect", "bound", "what-if"])
def test_json_names_the_facts(command: str) -> None:
    for meta in ({}, META):
        assert answered(command, meta, "--json").json["facts"] == "none"
    given = answered(command, META, "--facts", "challenge", "--json")
    assert given.json["facts"] == "challenge"


POINTED = [
    {"load": [["const", 0, 4], ["const", 1, 6]]},
    {"load": [["load", 2, 0], ["load", 3, 1]]},
    {"store": [["store", 3, 0]]},
    {"load": [["load", 4, 2]]},
    {"store": [["store", 3, 4]]},
]


@pytest.mark.parametrize(
    ("command", "key", "apart"), [("bound", ("bound", "cycles"), 2), ("what-if", ("retimed",), 4)]
)
def test_facts_keep_accesses_apart(command: str, key: tuple[str, ...], apart: int) -> None:
    """Word 4 points to the nodes, word 6 to the values: only facts part the two regions.

    As both words are known, the bound is that of a load and the store of what it loads.
    """
    cycles = {}
    for facts in ("none", "challenge"):
        options = ("--facts", facts, "--json")
        answer = slotweave(command, "-", *options, stdin=json.dumps(POINTED)).json
        for part in key:
            answer = answer[part]
        cycles[facts] = answer
    assert cycles == {"none": 5, "challenge": apart}


@pytest.mark.parametrize("command", ["bound", "what-if"])
def test_a_python_file_has_the_judged_facts(command: str, tmp_path: Path) -> None:
    file = tmp_path / "kernel.py"
    file.write_text(
        "class KernelBuilder:\n"
        "    def __init__(self): self.instrs = []\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        f"        self.instrs = {POINTED}\n"
        "    def debug_info(self): return None\n"
    )
    answer = slotweave(command, file, "--shape", "3,4,8")
    assert "challenge, for the shape 3,4,8" in answer.out
    assert NOTHING_ASSUMED not in answer.err


def test_a_shape_that_is_not_that_of_the_program_is_warned_of(command: str) -> None:
    other = answered(command, META, "--facts", "challenge", "--shape", "3,3,8")
    assert other.code == 0
    warning = "warning: stdin: --shape 3,3,8 is given, but the program names"
    assert f"{warning} the shape 2,3,8\n" in other.err
    same = answered(command, META, "--facts", "challenge", "--shape", "2,3,8")
    assert "shape" not in same.err


def test_that_the_usual_shape_is_taken_is_said(command: str) -> None:
    answer = answered(command, {}, "--facts", "challenge")
    assert "stdin: names no shape, so --facts challenge assumes 10,16,256\n" in answer.err


def test_a_shape_that_nothing_is_about_is_said_not_to_be_used(command: str) -> None:
    answer = answered(command, META, "--shape", "2,3,8", "--facts", "none")
    assert "--shape is not used: stdin is no Python file, and the facts 'none'" in answer.err


@pytest.mark.parametrize("command", [("run",), ("export", "--format", "text"), ("verify",)])
def test_of_commands_that_need_no_facts_too(command: tuple[str, ...], tmp_path: Path) -> None:
    name, *options = command
    file = tmp_path / "compiled.json"
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8")
    assert slotweave("compile", "tree-hash", *shape, "-o", file, "-q").code == 0
    memory = tmp_path / "memory.json"
    assert slotweave("kernels", "memory", "tree-hash", *shape, "-o", memory).code == 0
    options += ["--mem", str(memory)] if name == "run" else []
    answer = slotweave(name, file, *options, "--shape", "5,8,64")
    assert answer.code == 0
    assert f"--shape is not used: {file} is no Python file\n" in answer.err
    assert "not used" not in slotweave(name, file, *options).err


def test_only_commands_with_facts_speak_of_them_in_the_help_of_shape() -> None:
    for name in ("run", "export", "verify", *COMMANDS, "diff"):
        text = " ".join(slotweave(name, "--help").out.split())
        assert ("that --facts challenge describes" in text) == ("--facts NAME" in text), name


def test_kernels_have_contracts_instead_of_facts() -> None:
    refused = slotweave("bound", "tree-hash", "--facts", "challenge")
    assert_refused(refused, "SW212", "--facts", "--contract")


def test_a_diff_says_the_facts_of_both_sides(tmp_path: Path) -> None:
    for name, meta in (("a", {**META, "contract": "full"}), ("b", {})):
        (tmp_path / name).write_text(json.dumps({"program": BUNDLES, "meta": meta}))
    given = ("--facts", "challenge-full")
    answer = slotweave("diff", tmp_path / "a", tmp_path / "b", *given)
    assert answer.out.endswith("facts: challenge-full, for the shape 2,3,8\n")
    text = " ".join(slotweave("diff", "--help").out.split())
    assert "whatever kernel a program names" in text
    answer = slotweave("diff", tmp_path / "a", tmp_path / "b")
    assert answer.out.endswith("facts: none: nothing is known of memory, all of it is output\n")
    assert "--facts challenge-full may apply" in answer.err
    params = {"height": 3, "rounds": 3, "batch": 8}
    (tmp_path / "b").write_text(json.dumps({"program": BUNDLES, "meta": {"params": params}}))
    answer = slotweave("diff", tmp_path / "a", tmp_path / "b", *given)
    assert "facts of B: challenge-full, for the shape 3,3,8\n" in answer.out


def test_facts_from_a_file_are_named_for_it(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text('{"memory_words": 16}')
    out = answered("inspect", {}, "--facts", str(file)).out
    assert str(file) in "".join(out.split())


@pytest.mark.parametrize(
    ("name", "contract"),
    [("challenge", "values"), ("challenge-full", "full"), ("challenge-any-start", "any-start")],
)
def test_facts_that_are_shown_read_back_as_the_same(name: str, contract: str) -> None:
    shape = {"height": 3, "rounds": 4, "batch": 8}
    shown = slotweave("facts", "show", name, "--shape", "3,4,8")
    assert (shown.code, shown.err) == (0, "")
    assert facts_from_json(shown.out) == kernels()["tree-hash"].facts(shape, contract)
    usual = kernels()["tree-hash"].facts({"height": 10, "rounds": 16, "batch": 256}, contract)
    assert facts_from_json(slotweave("facts", "show", name).out) == usual


def test_a_file_of_facts_that_were_shown_serves_as_they_do(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    shape = ("--shape", "2,3,8")
    assert slotweave("facts", "show", "challenge", *shape, "-o", file).code == 0
    named = answered("inspect", {}, "--facts", "challenge", *shape, "--json").json
    read = answered("inspect", {}, "--facts", str(file), "--json").json
    told = {"facts": str(file), "next": f"slotweave bound - --facts {file}"}
    assert read == {**named, **told}
    assert slotweave("facts", "show", file).out == file.read_text()


def test_facts_that_have_names_are_listed() -> None:
    names = slotweave("facts", "list", "--json").json["facts"]
    assert [line.split()[0] for line in slotweave("facts", "list").out.splitlines()] == names
    for name in names:
        facts_from_json(slotweave("facts", "show", name).out)
    assert facts_from_json(slotweave("facts", "show", "none").out) == NOTHING_KNOWN


def test_facts_to_show_must_exist_and_the_shape_fit() -> None:
    assert_refused(slotweave("facts", "show", "chalenge"), "SW215", "did you mean 'challenge'")
    assert_refused(slotweave("facts", "show", "challenge", "--shape", "3"), "SW212", "--shape")
    unused = slotweave("facts", "show", "none", "--shape", "2,3,8")
    assert unused.err == "--shape is not used: the facts 'none' are about no shape\n"


PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_example_of_the_page_is_a_facts_file() -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    facts = facts_from_json(example)
    assert [region.name for region in facts.regions] == ["x", "y"]
    assert facts.words
    assert facts.ranges


def test_the_page_has_all_keys_and_names() -> None:
    page = PAGE.read_text()
    named = slotweave("facts", "list", "--json").json["facts"]
    keys = json.loads(slotweave("facts", "show", "challenge").out)
    for name in (*named, *keys, *keys["regions"][0]):
        assert f"`{name}`" in page, name
