"""A kernel with a reference of its own: "verified" means against that, and who is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.frontend.kernel_function import KernelFunction, kernel
from slotweave.frontend.load import CONTRACT, kernel_of_function
from support.command_line import Answer, slotweave
from support.reference.docstrings import failures

KERNEL = '''
import numpy as np
from slotweave.frontend.kernel_function import kernel

def scaled(memory, n, factor):
{body}

@kernel(reference=scaled)
def scale(k, n=16, factor=3):
    """out[i] = in[i] * factor."""
    source = k.region("in", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    for i in range(0, n, 8):
        out.vstore(i, source.vload(i) * factor)

def plain(k, n=16, factor=3):
    scale(k, n, factor)
'''

RIGHT = "    memory[n : 2 * n] = memory[:n] * factor\n    return memory"


def compiled(folder: Path, body: str, *options: object, name: str = "scale") -> Answer:
    file = folder / "scale.py"
    file.write_text(KERNEL.format(body=body), encoding="utf-8")
    return slotweave("compile", f"{file}:{name}", *options)


def test_verified_means_against_the_reference(tmp_path: Path) -> None:
    answer = compiled(tmp_path, RIGHT, "--json", "-p", "n=24", "-p", "factor=5")
    assert answer.code == 0, answer.err
    assert answer.json["verified"]["against"] == "the reference scaled"
    assert answer.json["verified"]["directed"] > 0
    shown = compiled(tmp_path, RIGHT)
    assert "agrees with the reference scaled" in " ".join(shown.out.split())
    assert "definition" not in shown.out  # it has none, so nothing is to be said of it
    assert answer.json["proved"]["defined"] is False
    assert "definition" not in answer.json["proved"]["why"]


def test_a_kernel_that_does_nothing_for_its_parameters_is_said_to(tmp_path: Path) -> None:
    answer = compiled(tmp_path, "    return memory", "-p", "n=0")
    assert answer.code == 0, answer.err
    assert "the program is empty: for these parameters the kernel does nothing" in answer.err


def test_without_one_it_means_against_the_traced_graph(tmp_path: Path) -> None:
    answer = compiled(tmp_path, RIGHT, "--json", name="plain")
    assert answer.json["verified"]["against"] == "the traced graph"
    tree_hash = slotweave("compile", "tree-hash", "--json", *["-p", "height=2", "-p", "rounds=2"],
                          "-p", "batch=8")  # fmt: skip
    assert tree_hash.json["verified"]["against"] == "the reference"


@pytest.mark.parametrize(
    "body",
    [
        "    memory[n : 2 * n] = memory[:n] * (factor + 1)\n    return memory",
        "    memory[n : 2 * n] = memory[:n] * np.uint64(factor) % 2**31\n    return memory",
    ],
)
def test_a_reference_that_differs_is_found_and_the_compiler_is_not_blamed(
    body: str, tmp_path: Path
) -> None:
    answer = compiled(tmp_path, body, "-o", tmp_path / "out.json")
    said = " ".join(answer.err.split())
    assert answer.code == 1
    assert f"SW403 {tmp_path / 'scale.py'}:5: the kernel and its reference scaled differ" in said
    assert "(address 1" in said
    assert "by the kernel" in said
    assert "by the reference" in said
    assert "fault of Slotweave" not in said
    assert not (tmp_path / "out.json").exists()


def test_a_difference_that_random_words_never_show_is_found(tmp_path: Path) -> None:
    """Only words that are 2^32 - 1 are scaled otherwise: memories of equal words show it."""
    body = f"{RIGHT.splitlines()[0]}\n    memory[n : 2 * n] += memory[:n] == 2**32 - 1\n"
    answer = compiled(tmp_path, f"{body}    return memory")
    assert answer.code == 1
    assert "directed input" in " ".join(answer.err.split())


def test_the_words_that_differ_are_named() -> None:
    def copied(memory, n):
        memory[n + 2] = memory[2] + 1
        return memory

    @kernel(reference=copied)
    def copy(k, n=4):
        source = k.region("in", 0, n, read_only=True)
        out = k.region("out", n, n, output=True)
        for i in range(n):
            out.store(i, source[i])

    made = kernel_of_function(copy, "copy")
    with pytest.raises(CheckFailed) as caught:
        made.reference(np.full(8, 7, dtype=np.uint32), {"n": 4}, CONTRACT)
    assert "out[2] (address 6): 7 by the kernel, 8 by the reference, the only such word" in str(
        caught.value
    )


def test_verify_and_derived_results_run_the_reference_too(tmp_path: Path) -> None:
    program, result = tmp_path / "program.json", tmp_path / "result.json"
    assert compiled(tmp_path, RIGHT, "-o", program, "--result", result).code == 0
    spec = f"{tmp_path / 'scale.py'}:scale"
    verified = slotweave("verify", program, "--against", spec)
    assert verified.code == 0
    assert "(the reference scaled)" in verified.out
    assert slotweave("verify", result, "--against", spec).code == 0
    wrong = KERNEL.format(body="    return memory + 1")
    (tmp_path / "scale.py").write_text(wrong, encoding="utf-8")
    refused = slotweave("verify", program, "--against", spec)
    assert refused.code == 2
    assert "changed in[0], and region 'in' is read-only" in " ".join(refused.err.split())


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("    pass", "SW211", "the reference scaled returned None; end it with `return memory`"),
        ("    return memory[:n]", "SW211", "returned an array of shape (16,), not memory"),
        ("    return [1, 2]", "SW211", "returned list, not memory: an array of 32 words"),
        ("    return memory / 2", "SW211", "returned an array of float64, not of integers"),
        ("    return memory.astype(int) - 2**32", "SW211", "which is no word of 32 bits"),
        ("    return memory + 1", "SW211", "changed in[0], and region 'in' is read-only"),
        ("    return memory[factor / 0]", "SW206", "failed: ZeroDivisionError"),
    ],
)
def test_a_reference_that_gives_no_memory_is_refused_at_its_line(
    body: str, code: str, said: str, tmp_path: Path
) -> None:
    answer = compiled(tmp_path, body)
    found = " ".join(answer.err.split())
    line = 6 if code == "SW206" else 5
    assert answer.code == 2
    assert f"{code} {tmp_path / 'scale.py'}:{line}: the reference scaled" in found
    assert said in found


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("memory", "cannot be called as reference(memory, n, factor)"),
        ("memory, n, factor, more", "missing a required argument: 'more'"),
    ],
)
def test_a_reference_of_other_parameters_is_refused(
    signature: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "scale.py"
    text = KERNEL.format(body=RIGHT).replace("memory, n, factor)", f"{signature})", 1)
    file.write_text(text, encoding="utf-8")
    answer = slotweave("compile", f"{file}:scale")
    found = " ".join(answer.err.split())
    assert answer.code == 2
    assert f"SW202 {file}:9: its reference" in found
    assert said in found


def test_a_reference_of_nothing_is_refused() -> None:
    @kernel(reference=lambda memory: memory)
    def traced(k):
        k.trace_write(k.literal(1))

    made = kernel_of_function(traced, "traced")
    with pytest.raises(InputError, match="judges nothing: no region of its kernel is output"):
        made.reference(np.zeros(0, dtype=np.uint32), {}, CONTRACT)


@pytest.mark.parametrize("given", [3, len, KernelFunction])
def test_only_functions_are_kernels(given: object) -> None:
    with pytest.raises(InputError, match="SW202 a kernel is a Python function"):
        kernel(given)  # type: ignore[call-overload]


def test_the_decorator_names_and_calls_the_function() -> None:
    @kernel(name="twice")
    def double(k, n=4):
        return (k, n)

    @kernel
    def single(k, n=4):
        return (k, n)

    assert (double.name, single.name) == ("twice", "single")
    assert double("k", n=5) == ("k", 5)
    assert single("k") == ("k", 4)


def test_the_example_of_the_decorator_prints_what_it_shows() -> None:
    assert failures("kernel", kernel, {"kernel": kernel}) == ""


def test_the_json_names_no_path_of_the_reference(tmp_path: Path) -> None:
    answer = compiled(tmp_path, RIGHT, "--json")
    assert str(tmp_path) not in json.dumps(answer.json["verified"])
