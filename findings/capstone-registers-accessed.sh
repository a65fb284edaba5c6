#!/bin/sh
# capstone 5.0.9: `regs_access` of a comparison says that its operand is written and not read
#
# Expected: the registers that an instruction reads and writes, explicit and implicit: that is what
#     `regs_access()` is for. Loads, stores, sums and multiply-adds are given right.
# Seen: AArch64's `cmp`, `cmn` and `tst`, short for operations that write the zero register, are
#     said to write their first operand and not to read it. The atomic `ldadd`, `swp` and `cas`
#     neither read nor write their data, `cbz` reads the flags, `ret` reads nothing. Arm's `addeq`
#     reads neither the flags nor the old value. On x86 `cmpxchg` leaves out accumulator and flags,
#     `rcr` and `cmc` do not read the carry, and `vaddps` under a mask forgets its last operand.
# Why it matters: edges of a dependence graph made of these sets are missing and others are made up: an
#     addition may move below the comparison of its result, and the operand of a comparison looks
#     dead before it. Have them beside a table of your own.
# Output: what is read and written, for eight instructions of AArch64, one of Arm, five of x86. The
#     encodings are given, so no assembler takes part.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check capstone==5.0.9

expected='AArch64
madd x0, x1, x2, x3: reads x1 x2 x3, writes x0
subs x0, x1, x2: reads x1 x2, writes nzcv x0
cmp x0, x1: reads x1, writes nzcv x0
tst x0, x1: reads x1, writes nzcv x0
ldadd x0, x1, [x2]: reads x2, writes -
swp x0, x1, [x2]: reads x2, writes -
cbz x0, #0x1030: reads nzcv x0, writes -
ret: reads -, writes -
Arm
addeq r0, r1, r2: reads r1 r2, writes r0
x86
adc eax, ebx: reads eax ebx rflags, writes eax rflags
cmpxchg ecx, ebx: reads eax ebx, writes ecx
rcr eax, 1: reads eax, writes eax rflags
cmc: reads -, writes rflags
vaddps zmm0 {k1}, zmm1, zmm2: reads k1 zmm0 zmm1, writes zmm0'

seen=$("$work/venv/bin/python" - <<'END'
import capstone as cs

AARCH64 = "200c029b 200002eb 1f0001eb 1f0001ea 410020f8 418020f8 c00000b4 c0035fd6"
ARM = "02008100"
X86 = "11d8 0fb1d9 d1d8 f5 62f1744958c2"


def show(name, architecture, mode, code):
    print(name)
    disassembler = cs.Cs(architecture, mode)
    disassembler.detail = True
    for one in disassembler.disasm(bytes.fromhex(code), 0x1000):
        read, written = (" ".join(sorted(map(one.reg_name, registers))) or "-" for registers in one.regs_access())
        print(f"{f'{one.mnemonic} {one.op_str}'.strip()}: reads {read}, writes {written}")


show("AArch64", cs.CS_ARCH_ARM64, cs.CS_MODE_ARM, AARCH64)
show("Arm", cs.CS_ARCH_ARM, cs.CS_MODE_ARM, ARM)
show("x86", cs.CS_ARCH_X86, cs.CS_MODE_64, X86)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
