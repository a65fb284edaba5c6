#!/bin/sh
# ziglang 0.17.1 (clang 22): `zig cc -mtune=X` is `-mcpu=X`: it changes what may be executed
#
# Expected: `-mtune` chooses the processor to schedule for, and no instruction that the target lacks;
#     that is what clang's and GCC's option does, for whose driver `zig cc` stands in.
# Seen: for x86_64-linux-musl, -mtune=haswell makes code with 256-bit AVX2 registers, and so does
#     `-march=haswell`: the front end gets the processor as `-target-cpu`, with its features, and
#     `-tune-cpu` stays generic. For hexagon, -mtune=hexagonv67t replaces v68 by the tiny core of v67,
#     another machine for packets.
# Why it matters: who compares schedules of one instruction set for several processors compares
#     instruction sets; and programs "tuned for" a newer processor stop on older ones. Give clang
#     its own option: `-Xclang -tune-cpu -Xclang haswell`.
# Output: for each way the processor that the front end gets, the one to tune for, and whether the
#     code of a loop uses 256-bit registers.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"

cat >"$work/one.c" <<'END'
void f(int n, int *restrict a, const int *restrict b) { for (int i = 0; i < n; i++) a[i] += b[i]; }
END

zig_cc() {
    target=$1
    shift
    "$work/venv/bin/python" -m ziglang cc -target "$target" -O2 "$@"
}

# What stands after an option in the command of the front end, or "-".
after() {
    tr ' ' '\n' <"$work/said" | tr -d '"' | awk -v option="$1" 'last == option { found = $0 } { last = $0 }
        END { print found ? found : "-" }'
}

tell() {
    target=$1
    shift
    zig_cc "$target" "$@" -c "$work/one.c" -o "$work/one.o" '-###' >"$work/said" 2>&1
    zig_cc "$target" "$@" -S "$work/one.c" -o "$work/one.s" >"$work/log" 2>&1 || cat "$work/log" >&2
    wide=$(grep -q ymm "$work/one.s" && echo ', 256-bit registers' || true)
    echo "$target${*:+ $*}: cpu $(after -target-cpu), tuned for $(after -tune-cpu)$wide"
}

expected='x86_64-linux-musl: cpu x86-64, tuned for generic
x86_64-linux-musl -mtune=haswell: cpu haswell, tuned for generic, 256-bit registers
x86_64-linux-musl -march=haswell: cpu haswell, tuned for generic, 256-bit registers
x86_64-linux-musl -Xclang -tune-cpu -Xclang haswell: cpu x86-64, tuned for haswell
hexagon-linux-musl: cpu hexagonv68, tuned for -
hexagon-linux-musl -mtune=hexagonv67t: cpu hexagonv67t, tuned for -'

seen=$(
    tell x86_64-linux-musl
    tell x86_64-linux-musl -mtune=haswell
    tell x86_64-linux-musl -march=haswell
    tell x86_64-linux-musl -Xclang -tune-cpu -Xclang haswell
    tell hexagon-linux-musl
    tell hexagon-linux-musl -mtune=hexagonv67t
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
