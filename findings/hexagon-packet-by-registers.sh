#!/bin/sh
# ziglang 0.17.1 (LLVM 22's assembler for Hexagon): whether a packet is legal depends on its registers
#
# Expected: a packet is legal or not by the kinds of its instructions: each takes slots of a set,
#     and `dealloc_return` bars a store beside it ("does not allow a store in slot 1").
# Seen: `{ dealloc_return; memw(r1+#0) = r2 }` assembles and `{ dealloc_return; memw(r25+#0) = r24 }`
#     is refused. With registers r0 to r7 and r16 to r23 both have short forms, and the assembler
#     makes a duplex of the two before it looks for slots; other registers have none. The notes
#     mislead, too: they list what is left of a slot set in this packet, so a load, which may take
#     slots 0 and 1, is said to "utilize slots: 0" where a change of memory stands beside it.
# Why it matters: a table of slots and conflicts that is derived from what the assembler refuses
#     must use registers without short forms, or two instructions of one kind, or it learns rules
#     that hold for half of the registers.
# Output: for each packet whether it is refused, and the slots that the note gives a load.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1
export ZIG_GLOBAL_CACHE_DIR="$work/cache" ZIG_LOCAL_CACHE_DIR="$work/cache"

assembled() {
    printf '%s\n' "$1" >"$work/one.s"
    "$work/venv/bin/python" -m ziglang cc -target hexagon-linux-musl -mcpu=hexagonv67 -c \
        "$work/one.s" -o "$work/one.o" >"$work/said" 2>&1 && echo taken || echo refused
}

seen=$(
    echo "store of r2 by r1: $(assembled '{ dealloc_return
  memw(r1+#0) = r2 }')"
    echo "store of r24 by r25: $(assembled '{ dealloc_return
  memw(r25+#0) = r24 }')"
    assembled '{ r0 = memw(r25+#0)
  m0 = r24
  m1 = r24 }' >/dev/null
    echo "a load alone: $(sed -n 's/.*one.s:1:.*note: //p' "$work/said" | head -1)"
    assembled '{ r0 = memw(r25+#0)
  r1 = memw(r25+#4)
  m0 = r24
  m1 = r24 }' >/dev/null
    echo "a load beside another: $(sed -n 's/.*one.s:1:.*note: //p' "$work/said" | head -1)"
)
printf '%s\n' "$seen"
expected='store of r2 by r1: taken
store of r24 by r25: refused
a load alone: Instruction can utilize slots: 0
a load beside another: Instruction can utilize slots: 0, 1'
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
