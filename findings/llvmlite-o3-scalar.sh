#!/bin/sh
# llvmlite 0.50.0 (LLVM 22): optimization level 3 leaves straight-line code scalar
#
# Expected: `create_pipeline_tuning_options(speed_level=3)` is -O3: loops and straight-line code become
#     vector code, as with clang, where both begin at -O2.
# Seen: loops do, four sums of neighbours written one after the other do not: `slp_vectorization` is
#     off, at level 3 as at 2, and only setting it to True makes <4 x i32> of them. clang -O2 of the
#     same LLVM release (ziglang 0.17.1) packs the same four sums written in C.
# Why it matters: unrolled kernels are straight-line code; who takes level 3 for the best that LLVM can do
#     compares with scalar code, and one's own packing looks better than it is.
# Output: which of the two functions have vectors of four, for x86-64.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check llvmlite==0.50.0 ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"

cat >"$work/two.c" <<'END'
void straight(int *restrict a, const int *restrict b) { a[0] = b[0] + 1; a[1] = b[1] + 1; a[2] = b[2] + 1; a[3] = b[3] + 1; }
int looped(const int *a, long n) { int s = 0; for (long i = 0; i < n; i++) s += a[i]; return s; }
END
"$work/venv/bin/python" -m ziglang cc -target x86_64-linux-musl -O1 -Xclang -disable-llvm-passes -S -emit-llvm \
    "$work/two.c" -o "$work/two.ll" 2>"$work/said" || cat "$work/said" >&2
"$work/venv/bin/python" -m ziglang cc -target x86_64-linux-musl -O2 -S -emit-llvm "$work/two.c" -o "$work/clang.ll" \
    2>"$work/said" || cat "$work/said" >&2

expected='speed_level 2: straight scalar, looped vectors
speed_level 3: straight scalar, looped vectors
speed_level 3, slp_vectorization: straight vectors, looped vectors
clang -O2: straight vectors, looped vectors'

seen=$("$work/venv/bin/python" - "$work/two.ll" "$work/clang.ll" <<'END'
import re
import sys
from pathlib import Path
import llvmlite.binding as llvm

llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()
plain, by_clang = (Path(name).read_text() for name in sys.argv[1:])


def tell(name, text):
    bodies = dict(re.findall(r"^define [^\n]*@(\w+)\((.*?)^}", text, re.MULTILINE | re.DOTALL))
    kinds = ((function, "vectors" if "<4 x i32>" in bodies[function] else "scalar") for function in ("straight", "looped"))
    print(f"{name}: {', '.join(map(' '.join, kinds))}")


def optimized(level, slp=None):
    module = llvm.parse_assembly(plain)
    machine = llvm.Target.from_triple("x86_64-unknown-linux-musl").create_target_machine(cpu="x86-64", opt=3)
    options = llvm.create_pipeline_tuning_options(speed_level=level)
    if slp is not None:
        options.slp_vectorization = slp
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return str(module)


tell("speed_level 2", optimized(2))
tell("speed_level 3", optimized(3))
tell("speed_level 3, slp_vectorization", optimized(3, True))
tell("clang -O2", by_clang)
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
