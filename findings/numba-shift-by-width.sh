#!/bin/sh
# numba 0.68.1 with numpy 2.4.6: what a shift by 64 gives depends on where in the array a word stands
#
# Expected: `1 << 64` on 64-bit words is 0, as NumPy defines it; or it is what the processor does, x86
#     takes the count modulo 64. One loop gives one of the two.
# Seen: LLVM leaves it undefined, and both come out. In a loop over an array, and in `words << count`,
#     the vectorized part gives 0 and the few words left over at the end are not shifted at all: of
#     35 equal words 32 become 0 and three stay as they were, for `<<` and for `>>`. A short
#     array or a single word stays as it was; a count that is a literal gives 0. Counts up to 63
#     are right, and so is a guarded shift. Nothing warns.
# Why it matters: simulators and hashes that shift by a variable count are tested on short arrays or
#     word by word, and differ from NumPy, and from themselves, by the length of a batch. Mask the
#     count as the machine does, or guard it.
# Output: for three words and for 35 the different results in each array, as compiled and as NumPy;
#     then a literal count. Numba compiles for a generic processor, so that all x86 ones agree.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check numba==0.68.1 numpy==2.4.6

expected='1 << 63, loop: 3 words to 9223372036854775808, 35 words to 9223372036854775808, NumPy 9223372036854775808
1 << 64, loop: 3 words to 1, 35 words to 0 and 1, NumPy 0
1 << 64, whole array: 3 words to 1, 35 words to 0 and 1, NumPy 0
8 >> 64, loop: 3 words to 8, 35 words to 0 and 8, NumPy 0
1 << 64, guarded: 3 words to 0, 35 words to 0, NumPy 0
1 << 64, literal count: 0'

seen=$(NUMBA_CPU_NAME=generic "$work/venv/bin/python" - <<'END'
import numpy as np
from numba import njit


@njit
def left(words, count):
    for i in range(len(words)):
        words[i] = words[i] << count
    return words


@njit
def whole(words, count):
    return words << count


@njit
def right(words, count):
    for i in range(len(words)):
        words[i] = words[i] >> count
    return words


@njit
def guarded(words, count):
    for i in range(len(words)):
        words[i] = words[i] << count if count < np.uint64(64) else np.uint64(0)
    return words


@njit
def literal(word):
    return word << np.uint64(64)


def compare(name, function, word, count):
    ends = []
    for length in (3, 35):
        words = function(np.full(length, word, np.uint64), np.uint64(count))
        assert words.dtype == np.uint64
        ends.append(f"{length} words to {' and '.join(map(str, sorted(set(words.tolist()))))}")
    numpy = (np.right_shift if function is right else np.left_shift)(np.uint64(word), np.uint64(count))
    print(f"{name}: {', '.join(ends)}, NumPy {numpy}")


compare("1 << 63, loop", left, 1, 63)
compare("1 << 64, loop", left, 1, 64)
compare("1 << 64, whole array", whole, 1, 64)
compare("8 >> 64, loop", right, 8, 64)
compare("1 << 64, guarded", guarded, 1, 64)
print("1 << 64, literal count:", literal(np.uint64(1)))
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
