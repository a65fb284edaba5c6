"""A program around a function under test: C for runs on random inputs, printed line by line.

The harness fills a buffer for each pointer with random bytes, sets the registers that a callee has
to keep to random words, calls the function, and prints what it left: r0 and r1, the kept registers,
a hash of all buffers, and how many packets ran, from QEMU's counter c20. It needs no library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slotweave.base.diagnostics import Diagnostic, InputError

#: Bytes behind each pointer argument.
BUFFER = 4096
_ADDRESS = 0x2000_0000
_MOST_ARGUMENTS = 6
_RANGE = re.compile(r"^(-?\d+)\.\.(-?\d+)$")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: a pointer to a buffer of its own, or an integer from `low` to `high`."""

    is_pointer: bool
    low: int = 0
    high: int = 0


def arguments_of(text: str) -> tuple[Argument, ...]:
    """`pointer,integer,0..64` as arguments. Raises InputError (SW212)."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if len(parts) > _MOST_ARGUMENTS:
        reason = f"--arguments takes {_MOST_ARGUMENTS} at most, the ones in r0 to r5"
        raise InputError(Diagnostic("SW212", reason))
    return tuple(map(_argument, parts))


def _argument(text: str) -> Argument:
    if text == "pointer":
        return Argument(True)
    if text == "integer":
        return Argument(False, -(1 << 31), (1 << 31) - 1)
    match = _RANGE.match(text)
    if match and -(1 << 31) <= int(match[1]) <= int(match[2]) < 1 << 32:
        return Argument(False, int(match[1]), int(match[2]))
    reason = f"--arguments is pointer, integer or LOW..HIGH, separated by commas, not {text!r}"
    raise InputError(Diagnostic("SW212", reason))


def harness_source(
    function: str, arguments: tuple[Argument, ...], instances: int, seed: int
) -> str:
    """The C file of the harness for `function`."""
    pointers = sum(one.is_pointer for one in arguments)
    lines = []
    used = 0
    for number, one in enumerate(arguments):
        if one.is_pointer:
            lines.append(f"  in[{number}] = (u32)(buffers + {used * BUFFER});")
            used += 1
        else:
            span = one.high - one.low + 1
            lines.append(f"  in[{number}] = (u32)({one.low}LL + (long long)(next() % {span}ULL));")
    return _SOURCE % {
        "function": function,
        "bytes": max(1, pointers) * BUFFER,
        "address": _ADDRESS,
        "instances": instances,
        "seed": seed,
        "arguments": "\n".join(lines),
    }


_SOURCE = """\
typedef unsigned u32; typedef unsigned long long u64; typedef unsigned char u8;
#define buffers ((u8 *)0x%(address)xu)
static u32 in[18], out[20];
static u64 state = 88172645463325252ULL + %(seed)dULL * 2654435761ULL;
static u64 next(void) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17; return state >> 8;
}
extern void %(function)s(void);
void slotweave_call(u32 *in, u32 *out, void (*function)(void));
__asm__(
  ".text\\n.p2align 4\\n.globl slotweave_call\\nslotweave_call:\\n"
  "{ allocframe(#64) }\\n"
  "{ memd(r29+#8) = r17:16 }\\n{ memd(r29+#16) = r19:18 }\\n{ memd(r29+#24) = r21:20 }\\n"
  "{ memd(r29+#32) = r23:22 }\\n{ memd(r29+#40) = r25:24 }\\n{ memd(r29+#48) = r27:26 }\\n"
  "{ memw(r29+#0) = r1 }\\n{ r28 = r2 }\\n{ r6 = r0 }\\n{ r7 = r1 }\\n"
  "{ r16 = memw(r6+#24) }\\n{ r17 = memw(r6+#28) }\\n{ r18 = memw(r6+#32) }\\n"
  "{ r19 = memw(r6+#36) }\\n{ r20 = memw(r6+#40) }\\n{ r21 = memw(r6+#44) }\\n"
  "{ r22 = memw(r6+#48) }\\n{ r23 = memw(r6+#52) }\\n{ r24 = memw(r6+#56) }\\n"
  "{ r25 = memw(r6+#60) }\\n{ r26 = memw(r6+#64) }\\n{ r27 = memw(r6+#68) }\\n"
  ".word 0x6A14C000\\n{ memw(r7+#72) = r0 }\\n"
  "{ r0 = memw(r6+#0) }\\n{ r1 = memw(r6+#4) }\\n{ r2 = memw(r6+#8) }\\n"
  "{ r3 = memw(r6+#12) }\\n{ r4 = memw(r6+#16) }\\n{ r5 = memw(r6+#20) }\\n"
  "{ callr r28 }\\n"
  "{ r28 = memw(r29+#0) }\\n{ memw(r28+#0) = r0 }\\n{ memw(r28+#4) = r1 }\\n"
  ".word 0x6A14C000\\n{ memw(r28+#76) = r0 }\\n"
  "{ memw(r28+#8) = r16 }\\n{ memw(r28+#12) = r17 }\\n{ memw(r28+#16) = r18 }\\n"
  "{ memw(r28+#20) = r19 }\\n{ memw(r28+#24) = r20 }\\n{ memw(r28+#28) = r21 }\\n"
  "{ memw(r28+#32) = r22 }\\n{ memw(r28+#36) = r23 }\\n{ memw(r28+#40) = r24 }\\n"
  "{ memw(r28+#44) = r25 }\\n{ memw(r28+#48) = r26 }\\n{ memw(r28+#52) = r27 }\\n"
  "{ r17:16 = memd(r29+#8) }\\n{ r19:18 = memd(r29+#16) }\\n{ r21:20 = memd(r29+#24) }\\n"
  "{ r23:22 = memd(r29+#32) }\\n{ r25:24 = memd(r29+#40) }\\n{ r27:26 = memd(r29+#48) }\\n"
  "{ dealloc_return }\\n"
  ".globl _start\\n_start:\\n{ call slotweave_run }\\n");
static long call_system(long number, long a, long b, long c) {
  register long r0 __asm__("r0") = a; register long r1 __asm__("r1") = b;
  register long r2 __asm__("r2") = c; register long r6 __asm__("r6") = number;
  __asm__ volatile("trap0(#1)" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r6) : "memory");
  return r0;
}
static void map_buffers(void) { /* mmap2 at a fixed place, the same in every program */
  register long r0 __asm__("r0") = (long)buffers; register long r1 __asm__("r1") = %(bytes)d;
  register long r2 __asm__("r2") = 3; register long r3 __asm__("r3") = 0x32;
  register long r4 __asm__("r4") = -1; register long r5 __asm__("r5") = 0;
  register long r6 __asm__("r6") = 222;
  __asm__ volatile("trap0(#1)" : "+r"(r0)
    : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r6) : "memory");
}
static char line[512];
static int at;
static void put(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) line[at++] = "0123456789abcdef"[value >> shift & 15];
  line[at++] = ' ';
}
void *memcpy(void *to, const void *from, unsigned n) {
  u8 *a = to; const u8 *b = from;
  while (n--) { *a++ = *b++; __asm__ volatile("" ::: "memory"); }
  return to;
}
void *memmove(void *to, const void *from, unsigned n) {
  u8 *a = to; const u8 *b = from;
  if (a < b) return memcpy(to, from, n);
  while (n--) { a[n] = b[n]; __asm__ volatile("" ::: "memory"); }
  return to;
}
void *memset(void *to, int value, unsigned n) {
  u8 *a = to;
  while (n--) { *a++ = (u8)value; __asm__ volatile("" ::: "memory"); }
  return to;
}
void slotweave_run(void) {
 map_buffers();
 for (u32 run = 0; run < %(instances)dU; run++) {
  for (u32 k = 0; k < %(bytes)dU; k++) buffers[k] = (u8)next();
  for (u32 k = 0; k < 18; k++) in[k] = (u32)next();
%(arguments)s
  slotweave_call(in, out, %(function)s);
  u64 hash = 14695981039346656037ULL;
  for (u32 k = 0; k < %(bytes)dU; k++) hash = (hash ^ buffers[k]) * 1099511628211ULL;
  at = 0;
  put(hash);
  for (u32 k = 0; k < 14; k++) put(out[k]);
  put(out[19] - out[18]);
  line[at - 1] = '\\n';
  call_system(64, 1, (long)line, at);
 }
 call_system(94, 0, 0, 0);
 for (;;) ;
}
"""
