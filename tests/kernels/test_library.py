"""The kernels that ship: right in both forms, and what was published of them comes out."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from slotweave.base.diagnostics import InputError
from slotweave.driver.compile import compile_job, draft_after
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Kernel
from slotweave.kernels.forms import LOOP, UNROLLED
from slotweave.kernels.hashes.chacha import CHACHA
from slotweave.kernels.hashes.crc32 import CRC32, crc_table
from slotweave.kernels.hashes.fnv import FNV
from slotweave.kernels.hashes.murmur import MURMUR
from slotweave.kernels.hashes.sha256 import ROUNDS, SHA256, START
from slotweave.kernels.hashes.xxhash import XXHASH
from slotweave.kernels.library import LIBRARY
from slotweave.kernels.searching.binary_search import BINARY_SEARCH
from slotweave.kernels.searching.bitonic import BITONIC, comparators
from slotweave.kernels.searching.bloom import BLOOM
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from support.examples import a_share

FORMS = (UNROLLED, LOOP)
#: Kernels that take whole vectors of items alone.
IN_VECTORS = (BITONIC, BINARY_SEARCH, BLOOM, CRC32, XXHASH, MURMUR, FNV, SHA256, CHACHA)
#: Parameters at which little is traced; where there are none, the defaults.
SMALL = {
    "saxpy": {"n": 19}, "dot": {"n": 19}, "fir": {"n": 11, "taps": 3}, "iir": {"n": 9},
    "matmul": {"n": 9}, "stencil-1d": {"n": 19}, "stencil-2d": {"n": 9, "rows": 3},
    "prefix-sum": {"n": 19}, "livermore-1": {"n": 19}, "livermore-5": {"n": 9},
    "livermore-7": {"n": 19}, "livermore-11": {"n": 9},
    "bitonic-sort": {"keys": 8, "columns": 16}, "histogram": {"n": 9, "bins": 4},
    "binary-search": {"n": 16, "levels": 3}, "bloom-filter": {"n": 16, "bits": 6},
    "crc32": {"n": 16, "words": 2}, "xxhash32": {"n": 16, "words": 5},
    "murmur3": {"n": 16, "words": 2}, "fnv": {"n": 16, "words": 2}, "sha256": {"n": 8},
    "chacha20": {"n": 8},
}  # fmt: skip
SLOW = ("sha256", "chacha20")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "kernel", a_share([k for k in LIBRARY if k.name not in SLOW], 3), ids=lambda k: k.name
)
def test_each_form_does_what_its_reference_does(kernel: Kernel, form: str) -> None:
    expect_right(kernel, form, SMALL[kernel.name])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kernel", IN_VECTORS, ids=lambda k: k.name)
def test_items_that_fill_no_vector_are_refused(kernel: Kernel, form: str) -> None:
    name = "columns" if kernel is BITONIC else "n"
    with pytest.raises(InputError, match=rf"SW202 .*{name} must be a multiple of 8.* not 12"):
        expect_right(kernel, form, SMALL[kernel.name] | {name: 12})


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kernel", LIBRARY, ids=lambda k: k.name)
def test_each_form_of_the_usual_size(kernel: Kernel, form: str) -> None:
    expect_right(kernel, form, {name: one.default for name, one in kernel.parameters.items()})


def expect_right(kernel: Kernel, form: str, parameters: dict[str, int]) -> Compiled:
    """Compiled, proved to be its graph, and like NumPy's reference on random memories."""
    contract = kernel.contracts[0]
    plan = kernel.plan(form, parameters, contract)
    result = compile_job(Job(kernel, parameters, contract, plan, CHALLENGE, instances=4))
    assert result.equivalence.answer is True
    assert (result.verified.mismatches, result.verified.against) == (0, "its NumPy reference")
    assert len(result.blocks) == 1 or form == LOOP
    return result


@pytest.mark.parametrize("kernel", [k for k in LIBRARY if k.name not in SLOW], ids=lambda k: k.name)
def test_the_loop_form_jumps(kernel: Kernel) -> None:
    """Whatever its size: a loop of one round is a loop too."""
    parameters = SMALL[kernel.name]
    plan = kernel.plan(LOOP, parameters, kernel.contracts[0])
    job = Job(kernel, parameters, kernel.contracts[0], plan, CHALLENGE)
    assert len(draft_after(job, "trace").traced.blocks) > 1


def test_every_kernel_is_small_in_some_test() -> None:
    assert set(SMALL) == {kernel.name for kernel in LIBRARY}


def computed(kernel: Kernel, memory: Sequence[int], parameters: dict[str, int]) -> list[int]:
    """What the compiled program leaves in memory; the reference leaves the same."""
    contract = kernel.contracts[0]
    plan = kernel.plan(UNROLLED, parameters, contract)
    program = compile_job(Job(kernel, parameters, contract, plan, CHALLENGE, instances=1)).program
    end = run(program, CHALLENGE, list(memory)).memory.tolist()
    words = np.array(memory, np.uint32)
    assert end == kernel.reference(words, parameters, contract).tolist()
    return end


def spread(messages: Sequence[bytes]) -> list[int]:
    """Word j of message i at place j n + i, low byte first."""
    rows = [np.frombuffer(message, "<u4") for message in messages]
    return np.stack(rows).T.ravel().tolist()


def test_crc32_is_that_of_zlib() -> None:
    messages = [b"123456789abc"[i : i + 4] * 2 for i in range(8)]
    assert all(len(message) == 8 for message in messages)
    memory = [*crc_table().tolist(), *spread(messages), *[0] * 8]
    end = computed(CRC32, memory, {"n": 8, "words": 2})
    assert end[-8:] == [zlib.crc32(message) for message in messages]


def test_crc32_of_the_check_value() -> None:
    """The catalogue's check value is of nine bytes; its first eight as zlib has them."""
    memory = [*crc_table().tolist(), *spread([b"12345678"] * 8), *[0] * 8]
    assert computed(CRC32, memory, {"n": 8, "words": 2})[-1] == 0x9AE0DAAF


def test_sha256_of_abc_is_what_the_standard_prints() -> None:
    block = b"abc\x80" + bytes(52) + (24).to_bytes(8, "big")
    words = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    memory = [word for word in words for _ in range(8)] + [0] * 64
    end = computed(SHA256, memory, {"n": 8})[16 * 8 :: 8]
    assert b"".join(word.to_bytes(4, "big") for word in end) == hashlib.sha256(b"abc").digest()
    assert (START[0], ROUNDS[0], ROUNDS[63]) == (0x6A09E667, 0x428A2F98, 0xC67178F2)


def test_chacha20_of_the_rfc() -> None:
    """RFC 8439, 2.3.2."""
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574,
             *np.frombuffer(bytes(range(32)), "<u4"), 1, 0x09000000, 0x4A000000, 0]  # fmt: skip
    memory = [int(word) for word in state for _ in range(8)] + [0] * 128
    end = computed(CHACHA, memory, {"n": 8})[128::8]
    assert end[:4] == [0xE4E7F110, 0x15593BD1, 0x1FDD0F50, 0xC47120A3]
    assert end[12:] == [0xD19C12B5, 0xB94E16DE, 0xE883D0CB, 0x4E3C50A2]


def test_murmur3_of_published_values() -> None:
    """Of "test" and of four zero bytes, with seed 0."""
    memory = [*spread([b"test", bytes(4)] * 4), *[0] * 8]
    end = computed(MURMUR, memory, {"n": 8, "words": 1})
    assert end[8:10] == [0xBA6BD213, 0x2362F9DE]


def test_xxhash32_of_published_values() -> None:
    """Of "abcd", shorter than a stripe, and of a message of a stripe and a word."""
    short = computed(XXHASH, [*spread([b"abcd"] * 8), *[0] * 8], {"n": 8, "words": 1})
    assert short[-1] == 0xA3643705
    long = computed(
        XXHASH, [*spread([b"Nobody inspects the "] * 8), *[0] * 8], {"n": 8, "words": 5}
    )
    assert long[-1] == LONG_XXHASH


#: xxh32("Nobody inspects the ", seed 0) of the reference implementation.
LONG_XXHASH = 0x629F7926


def test_fnv_of_published_values() -> None:
    """Byte by byte, as the authors write it."""
    digest = 2166136261
    for byte in b"test":
        digest = (digest ^ byte) * 16777619 & 0xFFFFFFFF
    end = computed(FNV, [*spread([b"test"] * 8), *[0] * 8], {"n": 8, "words": 1})
    assert end[-1] == digest == 0xAFD071E5


@pytest.mark.parametrize("keys", [2, 4, 8, pytest.param(16, marks=pytest.mark.long)])
def test_bitonic_comparators_sort_all_zeros_and_ones(keys: int) -> None:
    """So they sort everything (the zero-one principle, Knuth)."""
    for pattern in range(2**keys):
        row = [pattern >> at & 1 for at in range(keys)]
        for low, high in comparators(keys):
            row[low], row[high] = min(row[low], row[high]), max(row[low], row[high])
        assert row == sorted(row)
