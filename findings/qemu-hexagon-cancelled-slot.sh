#!/bin/sh
# QEMU 7.2.22 (Debian 12's qemu-user 1:7.2+dfsg-7+deb12u18+b3), built with ziglang 0.17.1: a store is missed
# by the load beside it
#
# Expected: in a packet `{ memw(A) = r; s = memw(B) } :mem_noshuf` the store comes first, so with equal
#     addresses s is the word that was stored, whatever ran before.
# Seen: s is the old word if a conditional store in slot 1 was the last conditional access, and its
#     condition was false: that slot stays cancelled for later packets. Memory holds the right word
#     afterwards. In QEMU 10.0.2 (Debian 12's backports) the load sees the store.
# Why it matters: who packs code for Hexagon and checks it by this emulator finds right packets
#     wrong, and only where an unrelated store a few packets before was not made: a decompressor
#     whose table of counts is stepped in such packets fails, and the packets are not at fault.
# Output: what the load gives (10 is in memory, 6 is stored) after a store with a condition that is
#     true, and after one that is false.
# Needs: apt-get with Debian 12's packages; nothing is installed, the package is unpacked.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"
(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download 'qemu-user=1:7.2+dfsg-7+deb12u18+b3')
dpkg -x "$work"/qemu-user_*.deb "$work/qemu"

# The exit status is what the load gives; the condition is whether r0 is 1.
program() {
    cat <<END
	.text
	.globl _start
_start:
	{
		r0 = #$1
		r2 = ##words
		r9 = #6
	}
	{
		p0 = cmp.eq(r0,#1)
		r12 = #0
		r13 = #0
	}
	{
		if (p0) memw(r2+#8) = r9
		memw(r2+#12) = r9
	}
	{
		memw(r2+r13<<#2) = r9
		r9 = memw(r2+r12<<#2)
	} :mem_noshuf
	{
		r0 = r9
		r6 = #93
	}
	{
		trap0(#1)
	}
	.data
	.p2align 3
words:
	.word 10, 11, 12, 13
END
}

given() {
    program "$1" >"$work/one.s"
    "$work/venv/bin/python" -m ziglang cc -target hexagon-linux-musl -mcpu=hexagonv67 -nostdlib -static \
        "$work/one.s" -o "$work/one" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    status=0
    "$work/qemu/usr/bin/qemu-hexagon" "$work/one" || status=$?
    echo "$status"
}

expected='true: 6
false: 10'
seen=$(
    echo "true: $(given 1)"
    echo "false: $(given 0)"
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
