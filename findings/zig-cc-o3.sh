#!/bin/sh
# ziglang 0.17.1 (clang 22): `zig cc -O3` compiles at -O2
#
# Expected: `python -m ziglang cc -O3` hands -O3 to clang, whose driver it stands in for; the two
#     levels differ in inlining and unrolling, and a survey of compilers' code would compare them.
# Seen: the command of clang's front end has "-O2" for -O2 and for -O3; with -Xclang -O3 after it
#     there is a "-O3" as well, the last of the two, which is the one that counts.
# Why it matters: who measures "-O2 and -O3" of this clang measures one of them twice, and finds
#     every file the same. The function below, compiled at both, gives one text; with
#     -Xclang -O3 another path of clang is taken.
# Output: the optimization levels in the front end's command, for three ways to ask.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"

cat >"$work/one.c" <<'END'
int f(int n, const int *a) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }
END

levels() {
    "$work/venv/bin/python" -m ziglang cc -target hexagon-linux-musl "$@" -S "$work/one.c" \
        -o "$work/one.s" '-###' 2>&1 | tr ' ' '\n' | tr -d '"' | grep '^-O[0-9s]*$' | tr '\n' ' '
}

expected='-O2: -O2 
-O3: -O2 
-O2 -Xclang -O3: -O2 -O3 '
seen=$(
    echo "-O2: $(levels -O2) "
    echo "-O3: $(levels -O3) "
    echo "-O2 -Xclang -O3: $(levels -O2 -Xclang -O3) "
)
printf '%s\n' "$seen"
seen=$(printf '%s\n' "$seen" | sed 's/ *$//')
expected=$(printf '%s\n' "$expected" | sed 's/ *$//')
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
