"""What the functions in the text of instructions compute, each by its signature.

A signature is a function with the kinds of its result and operands, `R = add(R,R)`. An immediate
is a word (`R`) but where it stands as `I`, since an instruction treats it unlike a register there:
shifts take register amounts of both signs. Operands and results are expressions (`isa.expression`):
a word and a predicate are zero-extended, a pair is a 64-bit value, of a word result the low 32 bits
count. A predicate is 0 or 255 where it is made by a comparison.

Source: "Qualcomm Hexagon V67 Programmer's Reference Manual" (80-N2040-45); each of them is held
against QEMU by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from slotweave.isa.expression import WIDE_MASK, WORD_MASK, Expr, constant, where

Function = Callable[..., Expr]

_WORD_SIGN, _WIDE_SIGN = 1 << 31, 1 << 63
TRUE = 255


def signed_word(word: Expr) -> Expr:
    """A word as a signed 64-bit value."""
    return (word ^ _WORD_SIGN) - _WORD_SIGN


def low_word(value: Expr) -> Expr:
    return value & WORD_MASK


def extended(value: Expr, bits: int) -> Expr:
    """The low `bits` of a value, sign-extended."""
    sign = 1 << (bits - 1)
    return ((value & ((1 << bits) - 1)) ^ sign) - sign


def truth(test: Expr) -> Expr:
    """A predicate of a comparison, which is 0 or 1."""
    return test * TRUE


def _not(test: Expr) -> Expr:
    return constant(1) - test


def _signed_less(one: Expr, other: Expr, sign: int) -> Expr:
    return (one ^ sign).less_than(other ^ sign)


def _wide_arithmetic_shift(value: Expr, amount: Expr) -> Expr:
    sign = constant(_WIDE_SIGN) >> amount
    return ((value >> amount) ^ sign) - sign


def _word_arithmetic_shift(word: Expr, amount: Expr) -> Expr:
    return signed_word(word) >> amount


def _rotated(value: Expr, amount: Expr, bits: int) -> Expr:
    back = (constant(bits) - amount) & (bits - 1)
    return (value << amount) | (value >> back)


def _by_register(left: Function, right: Function) -> Function:
    """A shift by the low seven bits of a register, signed: a negative amount shifts the other way.

    An amount of 64 is a shift by 63 and one by 1.
    """

    def shifted(value: Expr, register: Expr) -> Expr:
        amount = register & 127
        back = constant(127) - amount  # one less than the amount, if that is negative
        return where(
            amount.less_than(64),
            left(value, amount & 63),
            right(right(value, back & 63), constant(1)),
        )

    return shifted


def _shift_left(value: Expr, amount: Expr) -> Expr:
    return value << amount


def _shift_right(value: Expr, amount: Expr) -> Expr:
    return value >> amount


def _of_signed(function: Function) -> Function:
    """The function on a word that is sign-extended first."""
    return lambda word, register: function(signed_word(word), register)


_LEFT = _by_register(_shift_left, _wide_arithmetic_shift)
_RIGHT = _by_register(_wide_arithmetic_shift, _shift_left)
_LOGICAL_LEFT = _by_register(_shift_left, _shift_right)
_LOGICAL_RIGHT = _by_register(_shift_right, _shift_left)


def _trailing_zeros(value: Expr, bits: int) -> Expr:
    found: Expr = constant(bits)
    for bit in reversed(range(bits)):
        found = where((value >> bit) & 1, bit, found)
    return found


def _leading_zeros(value: Expr, bits: int) -> Expr:
    found: Expr = constant(0)
    for bit in reversed(range(bits)):
        found = where(value.less_than(1 << bit), bits - bit, found)
    return found


def _population(value: Expr, bits: int) -> Expr:
    found = value & 1
    for bit in range(1, bits):
        found = found + ((value >> bit) & 1)
    return found


def _bytes_exchanged(word: Expr) -> Expr:
    return ((word & 0xFF) << 24) | ((word & 0xFF00) << 8) | ((word >> 8) & 0xFF00) | (word >> 24)


def _bits_reversed(word: Expr) -> Expr:
    found = (word & 1) << 31
    for bit in range(1, 32):
        found = found | (((word >> bit) & 1) << (31 - bit))
    return found


def _mask(width: Expr) -> Expr:
    return (constant(1) << width) - 1


def _extract(word: Expr, width: Expr, offset: Expr) -> Expr:
    """The field, signed; of a width of 0 it is 0."""
    field = (word >> offset) & _mask(width)
    sign = where(width.less_than(1), 0, constant(1) << ((width - 1) & 63))
    return (field ^ sign) - sign


def inserted(old: Expr, word: Expr, width: Expr, offset: Expr) -> Expr:
    """`old` with its field replaced by the low bits of `word`."""
    field = _mask(width) << offset
    return (old & (field ^ WIDE_MASK)) | ((word << offset) & field)


def _pair(high: Expr, low: Expr) -> Expr:
    return (low_word(high) << 32) | low_word(low)


def _bits_test(value: Expr, bit: Expr) -> Expr:
    return (value >> bit) & 1


def _bits_test_register(word: Expr, register: Expr) -> Expr:
    mask = _LOGICAL_LEFT(constant(1), register)
    return _not((word & mask).equals(0))


def _smaller(one: Expr, other: Expr, sign: int) -> Expr:
    return where(_signed_less(one, other, sign), one, other)


def _greater(one: Expr, other: Expr, sign: int) -> Expr:
    return where(_signed_less(one, other, sign), other, one)


def _absolute(word: Expr) -> Expr:
    return where(word >> 31, constant(0) - word, word)


def _mux(predicate: Expr, yes: Expr, no: Expr) -> Expr:
    return where(predicate & 1, yes, no)


_WORDS: Mapping[str, Function] = {
    "R = R": lambda a: a,
    "R = add(R,R)": lambda a, b: a + b,
    "R = sub(R,R)": lambda a, b: a - b,
    "R = mpyi(R,R)": lambda a, b: a * b,
    "R = neg(R)": lambda a: constant(0) - a,
    "R = and(R,R)": lambda a, b: a & b,
    "R = or(R,R)": lambda a, b: a | b,
    "R = xor(R,R)": lambda a, b: a ^ b,
    "R = not(R)": lambda a: a ^ WORD_MASK,
    "R = min(R,R)": lambda a, b: _smaller(a, b, _WORD_SIGN),
    "R = max(R,R)": lambda a, b: _greater(a, b, _WORD_SIGN),
    "R = minu(R,R)": lambda a, b: _smaller(a, b, 0),
    "R = maxu(R,R)": lambda a, b: _greater(a, b, 0),
    "R = abs(R)": _absolute,
    "R = sxtb(R)": lambda a: extended(a, 8),
    "R = sxth(R)": lambda a: extended(a, 16),
    "R = zxtb(R)": lambda a: a & 0xFF,
    "R = zxth(R)": lambda a: a & 0xFFFF,
    "R = aslh(R)": lambda a: a << 16,
    "R = asrh(R)": lambda a: _word_arithmetic_shift(a, constant(16)),
    "R = swiz(R)": _bytes_exchanged,
    "R = brev(R)": _bits_reversed,
    "R = ct0(R)": lambda a: _trailing_zeros(a, 32),
    "R = ct1(R)": lambda a: _trailing_zeros(a ^ WORD_MASK, 32),
    "R = cl0(R)": lambda a: _leading_zeros(a, 32),
    "R = cl1(R)": lambda a: _leading_zeros(a ^ WORD_MASK, 32),
    "R = clb(R)": lambda a: _leading_zeros(where(a >> 31, a ^ WORD_MASK, a), 32),
    "R = addasl(R,R,I)": lambda a, b, n: a + (b << n),
    "R = asl(R,I)": _shift_left,
    "R = lsr(R,I)": _shift_right,
    "R = asr(R,I)": _word_arithmetic_shift,
    "R = rol(R,I)": lambda a, n: _rotated(a, n, 32),
    "R = asl(R,R)": _of_signed(_LEFT),
    "R = asr(R,R)": _of_signed(_RIGHT),
    "R = lsl(R,R)": _LOGICAL_LEFT,
    "R = lsr(R,R)": _LOGICAL_RIGHT,
    "R = lsl(I,R)": _LOGICAL_LEFT,
    "R = setbit(R,I)": lambda a, n: a | (constant(1) << n),
    "R = clrbit(R,I)": lambda a, n: a & ((constant(1) << n) ^ WIDE_MASK),
    "R = togglebit(R,I)": lambda a, n: a ^ (constant(1) << n),
    "R = extractu(R,I,I)": lambda a, width, offset: (a >> offset) & _mask(width),
    "R = extract(R,I,I)": _extract,
    "R = mux(P,R,R)": _mux,
    "R = mpyu(R,R)": lambda a, b: (a * b) >> 32,
    "R = mpy(R,R)": lambda a, b: (signed_word(a) * signed_word(b)) >> 32,
    "R = P": lambda a: a,
    "R = cmp.eq(R,R)": lambda a, b: a.equals(b),
    "R = !cmp.eq(R,R)": lambda a, b: _not(a.equals(b)),
}

_PAIRS: Mapping[str, Function] = {
    "D = D": lambda a: a,
    "D = combine(R,R)": _pair,
    "D = add(D,D)": lambda a, b: a + b,
    "D = add(D,D):raw:hi": lambda a, b: signed_word(a >> 32) + b,
    "D = add(D,D):raw:lo": lambda a, b: signed_word(low_word(a)) + b,
    "D = sub(D,D)": lambda a, b: a - b,
    "D = and(D,D)": lambda a, b: a & b,
    "D = or(D,D)": lambda a, b: a | b,
    "D = xor(D,D)": lambda a, b: a ^ b,
    "D = not(D)": lambda a: a ^ WIDE_MASK,
    "D = neg(D)": lambda a: constant(0) - a,
    "D = asl(D,I)": _shift_left,
    "D = lsr(D,I)": _shift_right,
    "D = asr(D,I)": _wide_arithmetic_shift,
    "D = rol(D,I)": lambda a, n: _rotated(a, n, 64),
    "D = asl(D,R)": _LEFT,
    "D = asr(D,R)": _RIGHT,
    "D = lsl(D,R)": _LOGICAL_LEFT,
    "D = lsr(D,R)": _LOGICAL_RIGHT,
    "D = mpyu(R,R)": lambda a, b: a * b,
    "D = mpy(R,R)": lambda a, b: signed_word(a) * signed_word(b),
    "D = sxtw(R)": signed_word,
    "D = extractu(D,I,I)": lambda a, width, offset: (a >> offset) & _mask(width),
    "D = bitsplit(R,I)": lambda a, n: _pair(a >> n, a & _mask(n)),
    "D = min(D,D)": lambda a, b: _smaller(a, b, _WIDE_SIGN),
    "D = max(D,D)": lambda a, b: _greater(a, b, _WIDE_SIGN),
    "D = minu(D,D)": lambda a, b: _smaller(a, b, 0),
    "D = maxu(D,D)": lambda a, b: _greater(a, b, 0),
    "R = ct0(D)": lambda a: _trailing_zeros(a, 64),
    "R = cl0(D)": lambda a: _leading_zeros(a, 64),
    "R = popcount(D)": lambda a: _population(a, 64),
}

_COMPARISONS: Mapping[str, Function] = {
    "cmp.eq(R,R)": lambda a, b: a.equals(b),
    "cmp.gt(R,R)": lambda a, b: _signed_less(b, a, _WORD_SIGN),
    "cmp.gtu(R,R)": lambda a, b: b.less_than(a),
    "cmp.eq(D,D)": lambda a, b: a.equals(b),
    "cmp.gt(D,D)": lambda a, b: _signed_less(b, a, _WIDE_SIGN),
    "cmp.gtu(D,D)": lambda a, b: b.less_than(a),
    "cmpb.eq(R,R)": lambda a, b: (a & 0xFF).equals(b & 0xFF),
    "cmpb.gtu(R,R)": lambda a, b: (b & 0xFF).less_than(a & 0xFF),
    "cmpb.gtu(R,I)": lambda a, n: n.less_than(a & 0xFF),
    "cmpb.gt(R,R)": lambda a, b: _signed_less(extended(b, 8), extended(a, 8), _WIDE_SIGN),
    "cmpb.gt(R,I)": lambda a, n: _signed_less(signed_word(n), extended(a, 8), _WIDE_SIGN),
    "cmph.eq(R,R)": lambda a, b: (a & 0xFFFF).equals(b & 0xFFFF),
    "cmph.eq(R,I)": lambda a, n: extended(a, 16).equals(signed_word(n)),
    "cmph.gtu(R,R)": lambda a, b: (b & 0xFFFF).less_than(a & 0xFFFF),
    "cmph.gtu(R,I)": lambda a, n: n.less_than(a & 0xFFFF),
    "cmph.gt(R,R)": lambda a, b: _signed_less(extended(b, 16), extended(a, 16), _WIDE_SIGN),
    "cmph.gt(R,I)": lambda a, n: _signed_less(signed_word(n), extended(a, 16), _WIDE_SIGN),
    "tstbit(R,I)": _bits_test,
    "tstbit(R,R)": _bits_test_register,
    "bitsclr(R,R)": lambda a, b: (a & b).equals(0),
    "bitsset(R,R)": lambda a, b: (a & b).equals(b),
}

_PREDICATES: Mapping[str, Function] = {
    "P = P": lambda a: a,
    "P = R": lambda a: a & TRUE,
    "P = and(P,P)": lambda a, b: a & b,
    "P = or(P,P)": lambda a, b: a | b,
    "P = xor(P,P)": lambda a, b: a ^ b,
    "P = not(P)": lambda a: a ^ TRUE,
    "P = and(P,!P)": lambda a, b: a & (b ^ TRUE),
    "P = or(P,!P)": lambda a, b: a | (b ^ TRUE),
}


def _made_by(comparison: Function, is_true: bool) -> Function:
    def predicate(*operands: Expr) -> Expr:
        test = comparison(*operands)
        return truth(test if is_true else _not(test))

    return predicate


#: What each signature computes.
FUNCTIONS: Mapping[str, Function] = {
    **_WORDS,
    **_PAIRS,
    **_PREDICATES,
    **{f"P = {name}": _made_by(each, True) for name, each in _COMPARISONS.items()},
    **{f"P = !{name}": _made_by(each, False) for name, each in _COMPARISONS.items()},
}
