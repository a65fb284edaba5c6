"""Templates beside those that a corpus holds: the same instructions in their other forms.

Nothing here says that such an instruction exists; the assembler does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LOADS = {"R": ("memb", "memub", "memh", "memuh", "memw"), "D": ("memd",)}
_STORES = {"R": ("memb", "memh", "memw"), "D": ("memd",)}
_PLACES = ("R+I", "R+X", "R++I", "R+R<<I", "X", "R++M")
_SENSES = ("", "if (P) ", "if (!P) ", "if (P.new) ", "if (!P.new) ")
_COMPARES = ("cmp.eq", "cmp.gt", "cmp.gtu")

#: Instructions that compilers emit elsewhere.
_OTHERS = """
R = add(R,R):sat|R = sub(R,R):sat|R = neg(R)|R = not(R)|R = abs(R)|R = abs(R):sat|R = andn
R = and(R,~R)|R = or(R,~R)|D = and(D,~D)|D = or(D,~D)|D = and(D,D)|D = or(D,D)|D = asr(D,I)
D = asl(D,I)|D = asr(D,R)|D = lsr(D,R)|D = lsl(D,R)|D = abs(D)|D = mpy(R,R)|D += mpy(R,R)
D -= mpy(R,R)|D -= mpyu(R,R)|R = mpy(R,R)|R = mpy(R,R):<<1|R = mpy(R,R):<<1:sat|R -= mpyi(R,R)
R = mpy(R.l,R.l)|R = mpy(R.h,R.h)|R = mpy(R.l,R.h)|R = mpy(R.h,R.l)|R += mpy(R.l,R.l)
R += mpy(R.h,R.h)|R = mpy(R.l,R.l):<<1:sat|R = mpyu(R.l,R.l)|D = mpyu(R.l,R.l)
R = sxth(R)|R = zxtb(R)|R = sxtb(R)|R = asrh(R)|D = sxtw(R)|R = sat(D)|R = satb(R)|R = satub(R)
R = sath(R)|R = satuh(R)|R = asr(R,I):rnd|R = round(R,I)|R = cl0(R)|R = cl1(R)|R = ct1(R)
R = clb(R)|R = cl0(D)|R = ct0(D)|R = brev(R)|D = brev(D)|R = popcount(D)|R = parity(D,D)
R = normamt(R)|R = extract(R,I,I)|R = extractu(R,D)|D = extractu(D,I,I)|R = insert(R,D)
R = togglebit(R,I)|R = setbit(R,R)|R = clrbit(R,R)|P = tstbit(R,R)|R = bitsplit(R,I)
D = min(D,D)|D = max(D,D)|D = minu(D,D)|D = maxu(D,D)|P = cmp.gt(D,D)|P = cmpb.gt(R,I)
P = cmpb.gtu(R,I)|P = cmph.eq(R,I)|P = cmph.gt(R,I)|P = cmph.gtu(R,I)|P = cmpb.eq(R,R)
P = cmpb.gt(R,R)|P = cmpb.gtu(R,R)|P = cmph.eq(R,R)|P = cmph.gt(R,R)|P = cmph.gtu(R,R)
P = !cmp.eq(R,R)|P = !cmp.gt(R,R)|P = !cmp.gtu(R,R)|P = !cmp.eq(R,I)|P = !cmp.gt(R,I)
P = !cmp.gtu(R,I)|R = !cmp.eq(R,R)|P = xor(P,P)|P = not(P)|P = any8(P)|P = all8(P)|R = vmux
D = vmux(P,D,D)|D = vaddh(D,D)|D = vaddw(D,D)|D = vaddub(D,D)|D = vsubh(D,D)|D = vsubw(D,D)
D = vmpyh(R,R):sat|D = vmpybsu(R,R)|D = vmpybu(R,R)|D = shuffeb(D,D)|D = shuffob(D,D)
D = shuffeh(D,D)|D = packhl(R,R)|R = vtrunehb(D)|D = vzxtbh(R)|D = vsxtbh(R)|D = vsxthw(R)
D = vzxthw(R)|D = vsplatb(R)|R = vsplatb(R)|D = vsplath(R)|D = vaslw(D,I)|D = vasrw(D,I)
D = vlsrw(D,I)|D = vaslh(D,I)|D = vasrh(D,I)|D = vlsrh(D,I)|D = vraddub(D,D)|D = vabsdiffw(D,D)
R = sfadd(R,R)|R = sfsub(R,R)|R = sfmpy(R,R)|R += sfmpy(R,R)|R -= sfmpy(R,R)|R = sfmin(R,R)
R = sfmax(R,R)|P = sfcmp.eq(R,R)|P = sfcmp.gt(R,R)|P = sfcmp.ge(R,R)|P = sfcmp.uo(R,R)
R = convert_w2sf(R)|R = convert_uw2sf(R)|R = convert_sf2w(R):chop|R = convert_sf2uw(R):chop
D = convert_sf2df(R)|R = convert_df2sf(D)|D = convert_w2df(R)|D = convert_uw2df(R)
R = convert_df2w(D):chop|D = dfadd(D,D)|D = dfsub(D,D)|P = dfcmp.gt(D,D)|P = dfcmp.eq(D,D)
R += and(R,R)|R &= and(R,R)|R &= and(R,~R)|R |= and(R,~R)|R ^= and(R,~R)|R |= xor(R,R)
R += add(R,I)|R -= add(R,I)|R -= add(R,R)|R = add(R,mpyi(I,R))|R = add(R,mpyi(R,I))
R = mpyi(R,I)|R = -mpyi(R,I)|R = add(I,mpyi(R,I))|R += sub(R,R)|R |= and(R,I)|R |= or(R,I)
R = or(R,I)|R = or(R,X)|R = sub(I,R)|R = lsl(R,R)|R = asl(R,I):sat|R |= lsr(R,I)|R &= asl(R,I)
R ^= asl(R,I)|R |= rol(R,I)|R &= rol(R,I)|R ^= asl(R,R)|R ^= lsr(R,R)|R |= lsr(R,R)|R += lsr(R,R)
R -= asl(R,R)|R += asr(R,R)|D |= asl(D,I)|D |= lsr(D,I)|D &= asl(D,I)|D -= asl(D,I)|D -= lsr(D,I)
D ^= rol(D,I)|D |= rol(D,I)|D += asr(D,I)|D ^= and(D,D)|D ^= or(D,D)|D |= asl(D,R)|D = lsl(D,R)
D ^= lsr(D,R)|D ^= asl(D,R)|D = add(D,D,P):carry|D = sub(D,D,P):carry|R.h = I|R.l = I
R = combine(R.h,R.l)|R = combine(R.l,R.h)|R = combine(R.h,R.h)|R = combine(R.l,R.l)|R = swiz(R)
R = add(R.l,R.h)|R = sub(R.l,R.l)|R = modwrap(R,R)|D = bitsplit(R,R)|D = combine(X,I)
""".replace("\n", "|")


def variants(corpus: Iterable[str]) -> list[str]:
    """Templates to ask an assembler about, those of `corpus` among them, in order of the text."""
    found = set(corpus)
    found.update(each for each in _OTHERS.split("|") if each)
    found.update(_memory())
    found.update(_branches())
    found.update(form for each in sorted(found) for form in _conditional(each))
    found.update(form for each in sorted(found) for form in _extended(each))
    return sorted(found)


def _memory() -> Iterator[str]:
    places = (*_PLACES, *(f"R<<#{shift}+X" for shift in range(4)))
    for sense in _SENSES:
        for place in places:
            for letter, names in _LOADS.items():
                for name in names:
                    yield f"{sense}{letter} = {name}({place})"
            for letter, names in _STORES.items():
                for name in names:
                    yield f"{sense}{name}({place}) = {letter}"
                    if letter == "R":
                        yield f"{sense}{name}({place}) = R.new"
                        yield f"{sense}{name}({place}) = I"
    for name in _STORES["R"]:
        for change in ("+=", "-=", "&=", "|="):
            yield f"{name}(R+I) {change} R"
            yield f"{name}(R+I) {change} I"


def _branches() -> Iterator[str]:
    for hint in ("t", "nt"):
        for sense in ("", "!"):
            for compare in (*_COMPARES, "tstbit"):
                for second in ("R", "I"):
                    yield f"P = {compare}(R,{second}); if ({sense}P.new) jump:{hint} L"
                    yield f"if ({sense}{compare}(R.new,{second})) jump:{hint} L"
                    yield f"if ({sense}{compare}(R,R.new)) jump:{hint} L"
    for sense in _SENSES[1:]:
        for hint in (":t", ":nt", ""):
            yield f"{sense}jump{hint} L"
            yield f"{sense}jumpr{hint} R"
        yield f"{sense}call L"


def _conditional(template: str) -> Iterator[str]:
    """The other senses of a plain or conditional instruction of one clause."""
    if ";" in template or ("cmp" in template.split(")")[0] and template.startswith("if")):
        return
    plain = re.sub(r"^if \(!?P(\.new)?\) ", "", template)
    if re.match(r"^[RD] = \w+\(|^[RD] = [RIX]$", plain) and "memw" not in plain:
        for sense in _SENSES:
            yield sense + plain


def _extended(template: str) -> Iterator[str]:
    """Each immediate extended."""
    for match in re.finditer(r"(?<![A-Za-z_0-9])I(?![A-Za-z_0-9])", template):
        yield template[: match.start()] + "X" + template[match.end() :]
