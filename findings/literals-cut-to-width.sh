#!/bin/sh
# z3-solver 5.4.1.0, cvc5 1.4.2 (cvc5.pythonic), llvmlite 0.50.0: a literal too wide is cut, so
#     nothing is below 256
#
# Expected: a Python integer that does not fit into a bit-vector beside it is refused, as bitwuzla
#     0.10.0 does and NumPy in arithmetic; or compared as what it is, as NumPy 2 does: each uint8
#     is below 256.
# Seen: z3 and cvc5.pythonic take it modulo 2**8, silently: `ULT(word, 256)` is `ULT(word, 0)`,
#     which is false, `word == 256` is satisfied by 0, and `If(b, 300, word)` has 44. llvmlite writes
#     the constant into the text as it stands, `i8 300`, and LLVM's parser cuts it: with
#     `icmp ult i8 %0, 256` no argument is below.
# Why it matters: "the address is below the size of the memory" with a size of 2**width is a bound
#     one writes without a thought; as a premise it proves everything, and as a compiled guard it is
#     never true. Extend the word first (`ZeroExt(1, word)`), or check the range of each literal.
# Output: what becomes of 256 and 300 beside 8 bits in each of them.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check z3-solver==5.4.1.0 cvc5==1.4.2 \
    bitwuzla==0.10.0 llvmlite==0.50.0 numpy==2.4.6

expected='z3: word below 256 unsat, word == 256 by 0, If(b, 300, word) has 44
z3 with a bit more: word below 256 sat
cvc5.pythonic: word below 256 unsat, word == 256 by 0, If(b, 300, word) has 44
cvc5.pythonic with a bit more: word below 256 sat
bitwuzla: 256 is refused
NumPy: all of 256 words below 256 True, + 256 is refused
llvmlite: 0 of 256 words below 256, 300 is 44'

cat >"$work/solvers.py" <<'END'
import sys

if sys.argv[1] == "z3":
    import z3 as smt
else:
    import cvc5.pythonic as smt

word, choice = smt.BitVec("word", 8), smt.Bool("choice")


def solved(*constraints):
    solver = smt.Solver()
    solver.add(*constraints)
    return solver.check(), solver


below, _solver = solved(smt.ULT(word, 256))
equal, solver = solved(word == 256)
assert equal == smt.sat
chosen = smt.simplify(smt.substitute(smt.If(choice, 300, word), (choice, smt.BoolVal(True))))
print(f"{sys.argv[1]}: word below 256 {below}, word == 256 by {solver.model()[word]}, If(b, 300, word) has {chosen}")
print(f"{sys.argv[1]} with a bit more: word below 256 {solved(smt.ULT(smt.ZeroExt(1, word), 256))[0]}")
END
cat >"$work/others.py" <<'END'
import ctypes
import bitwuzla
import llvmlite.binding as llvm
import llvmlite.ir as ir
import numpy as np

terms = bitwuzla.TermManager()
try:
    print("bitwuzla: 256 is", terms.mk_bv_value(terms.mk_bv_sort(8), 256))
except bitwuzla.BitwuzlaException:
    print("bitwuzla: 256 is refused")

words = np.arange(256, dtype=np.uint8)
try:
    added = f"is {(words + 256).dtype}"
except OverflowError:
    added = "is refused"
print(f"NumPy: all of 256 words below 256 {bool((words < 256).all())}, + 256 {added}")

byte = ir.IntType(8)
module = ir.Module()
for name in ("below", "constant"):
    function = ir.Function(module, ir.FunctionType(byte, [byte]), name)
    builder = ir.IRBuilder(function.append_basic_block())
    if name == "below":
        builder.ret(builder.zext(builder.icmp_unsigned("<", function.args[0], ir.Constant(byte, 256)), byte))
    else:
        builder.ret(ir.Constant(byte, 300))
llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
parsed = llvm.parse_assembly(str(module))
parsed.verify()
engine = llvm.create_mcjit_compiler(parsed, llvm.Target.from_default_triple().create_target_machine())
engine.finalize_object()
kind = ctypes.CFUNCTYPE(ctypes.c_uint8, ctypes.c_uint8)
below, constant = (kind(engine.get_function_address(name)) for name in ("below", "constant"))
print(f"llvmlite: {sum(map(below, range(256)))} of 256 words below 256, 300 is {constant(0)}")
END

seen=$(
    "$work/venv/bin/python" "$work/solvers.py" z3
    "$work/venv/bin/python" "$work/solvers.py" cvc5.pythonic
    "$work/venv/bin/python" "$work/others.py"
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
