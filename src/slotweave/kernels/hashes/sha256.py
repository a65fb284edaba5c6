"""SHA-256's compression of one block (FIPS 180-4), a batch of blocks at once."""

from __future__ import annotations

import numpy as np

from slotweave.frontend.kernel import Words
from slotweave.frontend.values import Vector
from slotweave.kernels.forms import Form, size, workload


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _root(number: int, degree: int) -> int:
    """The first 32 bits of the fraction of a root: found on integers, so exactly."""
    wanted, low, high = number << (32 * degree), 0, 1 << 40
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= wanted else (low, middle)
    return low & 0xFFFFFFFF


START = [_root(prime, 2) for prime in _primes(8)]
ROUNDS = [_root(prime, 3) for prime in _primes(64)]


def turn(x: Vector, *right: int) -> Vector:
    """The xor of `x` rotated to the right by each of these."""
    turned = [(x >> bits) | (x << (32 - bits)) for bits in right]
    total = turned[0]
    for one in turned[1:]:
        total = total ^ one
    return total


def sha256(form: Form, n: int) -> None:
    """the digests of n blocks; word j of block i is x[j n + i], and digests lie likewise"""
    k = form.k
    x = k.region("x", 0, 16 * n, read_only=True)
    y = k.region("digest", 16 * n, 8 * n, output=True)
    for i in form.vectors(n, "n"):
        at = i * k.vector_length
        w = [x.vload(j * n + at) for j in range(16)]
        s = [k.literal_vector(word) for word in START]
        for j in range(64):
            if j >= 16:
                low = turn(w[j - 15], 7, 18) ^ (w[j - 15] >> 3)
                w.append(w[j - 16] + low + w[j - 7] + (turn(w[j - 2], 17, 19) ^ (w[j - 2] >> 10)))
            choice = s[6] ^ (s[4] & (s[5] ^ s[6]))
            major = (s[0] & s[1]) | (s[2] & (s[0] | s[1]))
            first = s[7] + turn(s[4], 6, 11, 25) + choice + ROUNDS[j] + w[j]
            s = [first + turn(s[0], 2, 13, 22) + major, *s[:3], s[3] + first, *s[4:7]]
        for j in range(8):
            y.vstore(j * n + at, s[j] + START[j])


def reference(memory: Words, n: int) -> None:
    """The same with NumPy, after the standard's own formulas."""
    whole = n - n % 8
    w = [memory[j * n : j * n + whole] for j in range(16)]
    for j in range(16, 64):
        low, high = w[j - 15], w[j - 2]
        w.append(w[j - 16] + (_turned(low, 7, 18) ^ (low >> np.uint32(3))) + w[j - 7]
                 + (_turned(high, 17, 19) ^ (high >> np.uint32(10))))  # fmt: skip
    a, b, c, d, e, f, g, h = (np.full(whole, word, np.uint32) for word in START)
    for j in range(64):
        first = h + _turned(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + np.uint32(ROUNDS[j]) + w[j]
        second = _turned(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))
        a, b, c, d, e, f, g, h = first + second, a, b, c, d + first, e, f, g
    for j, word in enumerate((a, b, c, d, e, f, g, h)):
        memory[(16 + j) * n : (16 + j) * n + whole] = word + np.uint32(START[j])


def _turned(x: Words, *right: int) -> Words:
    total = np.zeros_like(x)
    for bits in right:
        total ^= (x >> np.uint32(bits)) | (x << np.uint32(32 - bits))
    return total


SHA256 = workload("sha256", sha256, reference, {"n": size(8, 8, 4096, "messages, a multiple of 8")})
