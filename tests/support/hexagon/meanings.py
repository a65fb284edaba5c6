"""Instructions run by QEMU one by one, each on many operands, beside what their meanings say.

Every trial is an instruction with registers and immediates of its own. A program holds all of them;
for each row of operands it sets all registers, runs the packet of one trial, and prints the
registers that the meaning says are written, the memory around the address that it says is accessed,
whether a branch was taken, and a count of all other registers that changed.
"""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from slotweave.hexagon.assembly.grammar import EXTENDED, IMMEDIATE, SYMBOL, parse_instruction
from slotweave.hexagon.judges.assembler import refused
from slotweave.hexagon.machine.samples import sample
from slotweave.hexagon.semantics.meaning import ARGUMENTS, LOADED, NEXT, meaning_of
from slotweave.isa.codegen import numpy_source

#: Words of a state: r0 to r31, the predicates as one word, m0, m1, sa0, lc0, sa1, lc1.
NAMES = [f"r{number}" for number in range(32)]
NAMES += ["p3:0", "m0", "m1", "sa0", "lc0", "sa1", "lc1"]
STATE = len(NAMES)
#: Where the memory under test lies: addresses come to about its middle.
MEMORY, MIDDLE, SPAN = 0x30000000, 0x30000800, 256
BOUNDARY = [0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 95, 96, 127, 128, 129, 255, 256]
BOUNDARY += [0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFF, 0xFF00]
BOUNDARY += [2**32 - each for each in (1, 2, 31, 32, 33, 63, 64, 65, 128)]
#: The symbol that trials branch to.
TARGET = "target0"
#: An assembler takes a negative number for an unsigned field, and keeps its low bits.
UNSIGNED = re.compile(
    r"asl|lsr|asr|rol|bit|extract|insert|[-+]=? ?mpyi|,mpyi|gtu|bitsclr|allocframe|loop|I\) [-+&|]="
    r"|X\) [-+&|]="
)
SMALL_OFFSETS = re.compile(r"^if .*mem|^mem\w\(.*\) ([-+&|]=|= [IX]$|= \w+bit)")
PLAIN = ["0", "1", "-1", "2", "3", "5", "7", "8", "15", "16", "21", "31", "32", "63", "64"]
PLAIN += ["100", "127", "-128", "255", "-256"]
OFFSETS, SHIFTS = ["0", "8", "-8", "16", "24", "-16"], ["0", "1", "2", "3"]
LONG = ["100000", "-123456789", "2147483647", "-2147483648", "64", "255"]


@dataclass(frozen=True)
class Trial:
    """One instruction: its text, the packet that it stands in, and its meaning."""

    template: str
    text: str
    packet: tuple
    meaning: object

    @property
    def operands(self):
        return parse_instruction(self.text).operands


def trials(templates, assembler, most, rng):
    """For each template up to `most` instructions with immediates that the assembler takes."""
    made = [one for template in templates for one in _candidates(template, most, rng)]
    said = refused(assembler, [each.packet for each in made])
    found, count = [], Counter()
    for each, error in zip(made, said, strict=True):
        if not error and count[each.template] < most:
            count[each.template] += 1
            found.append(each)
    return found


def _candidates(template, most, rng):
    meaning = meaning_of(template)
    one = sample(template)
    operands = parse_instruction(one.text).operands
    rows = list(product(*(_immediates(each, meaning, template, one.text) for each in operands)))
    rng.shuffle(rows)
    made = []
    for row in rows[: 12 * most]:
        text, moved = one.text, 0
        for operand, value in zip(operands, row, strict=True):
            if value is not None:
                begin, end = operand.begin + moved, operand.end + moved
                mark = {EXTENDED: "##", IMMEDIATE: "#"}.get(operand.kind, "")
                text = text[:begin] + mark + value + text[end:]
                moved += len(mark) + len(value) - (operand.end - operand.begin)
        made.append(Trial(template, text, (text, *one.producers), meaning))
    return made


def _immediates(operand, meaning, template, text):
    if operand.kind == SYMBOL:
        return [TARGET]
    if operand.kind not in (IMMEDIATE, EXTENDED):
        return [None]
    if operand.kind == EXTENDED and "jump" in template.split(")")[-1]:
        return [TARGET]
    if operand.kind == EXTENDED and (meaning.load or meaning.store):
        is_stored = template.endswith("= X") and operand.begin > template.find("=")
        return LONG if is_stored else [str(MIDDLE), str(MIDDLE + 8)]
    if (meaning.load or meaning.store) and "mem" in text:
        before = text[: operand.begin]
        if before.endswith("<<#") or before.endswith("<<"):
            return SHIFTS
        if before.count("(") > before.count(")"):
            return [one for one in OFFSETS if one[0] != "-" or not SMALL_OFFSETS.search(template)]
    if operand.kind == EXTENDED:
        return [TARGET] if "loop" in template else LONG
    return [one for one in PLAIN if one[0] != "-" or not UNSIGNED.search(template)]


class Rows:
    """The operands of a trial: `state` [rows, STATE] words, and the data behind addresses."""

    def __init__(self, trial, count, rng, taken, following, there):
        self.trial, self.count = trial, count
        self.state = rng.integers(0, 2**32, (count, STATE), dtype=np.uint64)
        meaning, operands = trial.meaning, trial.operands
        used = [name for operand in operands for name in operand.registers]
        self._boundary(rng, [name for name in used if name[0] == "r"])
        self.state[:, NAMES.index("r26")] *= rng.integers(0, 2, count, dtype=np.uint64)
        self.state[:, NAMES.index("r26")][::3] = self._values(rng, len(self.state[::3]))
        if tuple(used[:1]) != ("r26",) and any("r26" in each for each in trial.packet[1:]):
            for name in used[1:]:
                if name[0] == "r":  # now and then equal to the new value
                    self.state[::7, NAMES.index(name)] = self.state[::7, NAMES.index("r26")]
        self.state[:, NAMES.index("r31")] = taken
        if meaning.target is not None:
            self._aim(operands, taken)
        if meaning.load or meaning.store:
            self._place(operands)
        self.data = rng.integers(0, 2**32, (count, 2), dtype=np.uint64)
        if "dealloc_return" in trial.template:
            self.data[:, 1] = taken
        self.following, self.there = following, there
        self.arguments = self._arguments()

    def _values(self, rng, count):
        return np.array([BOUNDARY[k] for k in rng.integers(0, len(BOUNDARY), count)], np.uint64)

    def _boundary(self, rng, used):
        for name in dict.fromkeys(used):
            chosen = rng.random(self.count) < 0.6
            column = self.state[:, NAMES.index(name)]
            column[chosen] = self._values(rng, int(chosen.sum()))
        names = list(dict.fromkeys(used))
        for one, other in pairwise(names):
            same = rng.random(self.count) < 0.1
            column = NAMES.index(one)
            self.state[same, NAMES.index(other)] = self.state[same, column]

    def _aim(self, operands, taken):
        """A register that is jumped to holds the address of what is there."""
        if operands and operands[-1].kind == "R" and "jumpr" in self.trial.text:
            self.state[:, NAMES.index(operands[-1].text)] = taken
        if "callr" in self.trial.text:
            self.state[:, NAMES.index(operands[-1].text)] = taken

    def _place(self, operands):
        """Addresses come to the memory under test: bases to its middle, indices are small."""
        text = self.trial.text
        if "frame" in text or "dealloc" in text:
            rows = MIDDLE + 8 * (self.state[:, 0] % 32)
            self.state[:, NAMES.index("r29")] = rows
            self.state[:, NAMES.index("r30")] = rows
            return
        begin = text.index("mem")
        end = text.index(")", begin)
        inside = [one for one in operands if begin < one.begin < end]
        base, shift = None, 0
        for one in inside:
            column = NAMES.index(one.text) if one.text in NAMES else None
            if one.kind == "R" and base is None and "<<#" not in text[one.end : one.end + 3]:
                base = column
                self.state[:, base] = MIDDLE + 8 * (self.state[:, base] % 16)
            elif one.kind == "R":
                small = (self.state[:, column] % 16) - 8
                self.state[:, column] = small & 0xFFFFFFFF
            elif one.value is not None and "++" not in text and "<<#" not in text[: one.begin][-3:]:
                shift = one.value
        if base is not None:
            self.state[:, base] = (
                self.state[:, base] - np.uint64(shift & (2**64 - 1))
            ) & 0xFFFFFFFF

    def _arguments(self):
        """The arguments of the meaning's expressions, each an array."""
        found = [np.zeros(self.count, np.uint64) for _ in range(ARGUMENTS)]
        fresh = self._fresh()
        for place, operand in enumerate(self.trial.operands):
            is_new = self.trial.text.startswith(".new", operand.end)
            if operand.kind in (IMMEDIATE, EXTENDED, SYMBOL):
                value = self.there if operand.value is None else operand.value & 0xFFFFFFFF
                found[2 * place] = np.full(self.count, value, np.uint64)
                continue
            for half, name in enumerate(reversed(operand.registers)):
                self_made = is_new and name not in fresh
                if not self_made:
                    value = fresh[name] if is_new else self.value(name)
                    found[2 * place + half] = value
        for number, name in enumerate(self.trial.meaning.implied):
            found[2 * (len(self.trial.operands) + number)] = self.value(name)
        found[LOADED], found[LOADED + 1] = self.loaded()
        found[NEXT] = np.full(self.count, self.following, np.uint64)
        return found

    def value(self, name):
        if name[0] == "p":
            return (self.state[:, NAMES.index("p3:0")] >> np.uint64(8 * int(name[1]))) & 0xFF
        return self.state[:, NAMES.index(name)]

    def _fresh(self):
        """What the producers beside the instruction make: each copies r26 or compares it with 0."""
        found = {}
        for each in self.trial.packet[1:]:
            name = each.split(" ")[0]
            source = self.value("r26")
            found[name] = source if name[0] == "r" else (source == 0).astype(np.uint64) * 255
        return found

    def loaded(self):
        access = self.trial.meaning.load
        zero = np.zeros(self.count, np.uint64)
        if access is None:
            return zero, zero
        low, high = self.data[:, 0], self.data[:, 1]
        if access.size == 8:
            return low, high
        return low & np.uint64((1 << (8 * access.size)) - 1), zero

    def evaluate(self, expr):
        names = [f"a{k}" for k in range(ARGUMENTS)]
        scope = {
            "where": np.where,
            "uint64": np.uint64,
            **dict(zip(names, self.arguments, strict=True)),
        }
        with np.errstate(over="ignore"):
            made = eval(numpy_source(expr, tuple(names)), scope)
        return np.broadcast_to(made, (self.count,)).astype(np.uint64)


_ASSEMBLY_HEAD = """\
\t.text
\t.globl run
run:
{ r28 = ##saved }
%(save)s
{ r28 = ##given }
{ r0 = memw(r28+#128) }
{ p3:0 = r0 }
%(controls)s
%(load)s
{ r28 = memw(r28+#112) }
{ jumpr r28 }
\t.globl taken
taken:
{ r28 = ##left }
{ memw(r28+#0) = r0 }
{ r0 = #1 }
{ memw(r28+#156) = r0 }
{ jump finish }
done:
{ r28 = ##left }
{ memw(r28+#0) = r0 }
{ r0 = #0 }
{ memw(r28+#156) = r0 }
finish:
%(keep)s
{ r0 = p3:0 }
{ memw(r28+#128) = r0 }
%(read)s
{ r28 = ##saved }
%(restore)s
{ jumpr r31 }
"""


def assembly(tried):
    """`run` and the trials, each a packet and a jump to what keeps the registers."""
    pairs = [(f"r{k + 1}:{k}", 4 * (k - 16)) for k in range(16, 28, 2)]
    registers = [k for k in range(32) if k != 28]
    controls = NAMES[33:]
    head = _ASSEMBLY_HEAD % {
        "save": "\n".join(
            [f"{{ memd(r28+#{at}) = {name} }}" for name, at in pairs]
            + [f"{{ memw(r28+#{52 + 4 * k}) = r{29 + k} }}" for k in range(3)]
        ),
        "controls": "\n".join(
            f"{{ r0 = memw(r28+#{132 + 4 * k}) }}\n{{ {name} = r0 }}"
            for k, name in enumerate(controls)
        ),
        "load": "\n".join(f"{{ r{k} = memw(r28+#{4 * k}) }}" for k in registers),
        "keep": "\n".join(f"{{ memw(r28+#{4 * k}) = r{k} }}" for k in registers[1:]),
        "read": "\n".join(
            f"{{ r0 = {name} }}\n{{ memw(r28+#{132 + 4 * k}) = r0 }}"
            for k, name in enumerate(controls)
        ),
        "restore": "\n".join(
            [f"{{ {name} = memd(r28+#{at}) }}" for name, at in pairs]
            + [f"{{ r{29 + k} = memw(r28+#{52 + 4 * k}) }}" for k in range(3)]
        ),
    }
    rows = [head]
    for number, trial in enumerate(tried):
        body = "\n".join(f"\t{line}" for line in trial.packet).replace(TARGET, f"there{number}")
        rows.append(
            f"trial{number}:\n{{\n{body}\n}}\nnext{number}:\n{{ jump done }}\n"
            f"there{number}:\n{{ jump taken }}"
        )
    words = ("trial", "next", "there")
    table = "".join(f"\t.word {word}{k}\n" for k in range(len(tried)) for word in words)
    rows.append(
        "\t.data\n\t.p2align 3\n\t.globl table\ntable:\n"
        + table
        + "\t.globl given\n\t.p2align 3\ngiven: .zero 256\n\t.globl left\nleft: .zero 256\n"
        + "saved: .zero 128\n"
    )
    return "\n".join(rows)


_HARNESS = """\
typedef unsigned u32; typedef unsigned char u8;
extern u32 table[], given[], left[], taken[]; void run(void);
static long call_system(long number, long a, long b, long c) {
  register long r0 __asm__("r0") = a; register long r1 __asm__("r1") = b;
  register long r2 __asm__("r2") = c; register long r6 __asm__("r6") = number;
  __asm__ volatile("trap0(#1)" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r6) : "memory");
  return r0;
}
static void map_memory(void) {
  register long r0 __asm__("r0") = MEMORY; register long r1 __asm__("r1") = 8192;
  register long r2 __asm__("r2") = 3; register long r3 __asm__("r3") = 0x32;
  register long r4 __asm__("r4") = -1; register long r5 __asm__("r5") = 0;
  register long r6 __asm__("r6") = 222;
  __asm__ volatile("trap0(#1)" : "+r"(r0)
    : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r6) : "memory");
}
static void read_words(u32 *to, u32 words) {
  char *at = (char *)to; long left_over = 4 * words;
  while (left_over > 0) {
    long got = call_system(63, 0, (long)at, left_over);
    if (got <= 0) call_system(94, 0, 0, 0); /* no more trials */
    at += got; left_over -= got;
  }
}
static void write_words(u32 *from, u32 words) {
  char *at = (char *)from; long left_over = 4 * words;
  while (left_over > 0) {
    long put = call_system(64, 1, (long)at, left_over);
    if (put <= 0) call_system(94, 4, 0, 0);
    at += put; left_over -= put;
  }
}
static u32 head[2], row[STATE + 4], out[STATE + 7];
void *memcpy(void *to, const void *from, unsigned n) {
  u8 *a = to; const u8 *b = from;
  while (n--) { *a++ = *b++; __asm__ volatile("" ::: "memory"); }
  return to;
}
static u32 changed_words(void) { /* all of the memory under test is as it was, but for a row's */
  u32 count = 0;
  for (u32 i = 0; i < 2048; i++) {
    count += ((u32 *)MEMORY)[i] != i * 2654435761u;
    ((u32 *)MEMORY)[i] = i * 2654435761u; __asm__ volatile("" ::: "memory");
  }
  return count;
}
void _start_c(void) {
  map_memory();
  changed_words();
  head[0] = (u32)taken; write_words(head, 1);
  write_words(table, 3 * TRIALS);
  for (;;) {
    read_words(head, 2);
    u32 trial = head[0];
    for (u32 k = 0; k < head[1]; k++) {
      read_words(row, STATE + 3);
      for (u32 i = 0; i < STATE; i++) { given[i] = row[i]; __asm__ volatile("" ::: "memory"); }
      given[28] = table[3 * trial];
      if (row[STATE]) {
        u8 *bytes = (u8 *)row[STATE]; u8 *from = (u8 *)(row + STATE + 1);
        for (u32 i = 0; i < 8; i++) { bytes[i] = from[i]; __asm__ volatile("" ::: "memory"); }
      }
      run();
      for (u32 i = 0; i < STATE + 1; i++) { out[i] = left[i]; __asm__ volatile("" ::: "memory"); }
      u32 others = 0;
      out[STATE + 1] = out[STATE + 2] = 0;
      if (row[STATE]) {
        u8 *bytes = (u8 *)row[STATE]; u8 *to = (u8 *)(out + STATE + 1);
        for (u32 i = 0; i < 8; i++) {
          u32 at = row[STATE] + i; u32 value = ((at & 8191) >> 2) * 2654435761u;
          to[i] = bytes[i]; bytes[i] = (u8)(value >> 8 * (at & 3));
          __asm__ volatile("" ::: "memory");
        }
        if (k + 1 == head[1]) others = changed_words();
      }
      out[STATE + 3] = others;
      write_words(out, STATE + 4);
    }
  }
}
__asm__(".text\\n.globl _start\\n_start:\\n{ call _start_c }\\n");
"""


def build(tried, folder):
    """The program of these trials."""
    source, harness, program = folder / "trials.s", folder / "harness.c", folder / "trials"
    source.write_text(assembly(tried))
    harness.write_text(
        f"#define STATE {STATE}\n#define MEMORY {MEMORY:#x}u\n#define TRIALS {len(tried)}u\n"
        + _HARNESS
    )
    words = [
        sys.executable, "-m", "ziglang", "cc", "-target", "hexagon-linux-musl",
        "-mcpu=hexagonv67", "-O1", "-g0", "-ffreestanding", "-fno-builtin", "-fno-sanitize=all",
        "-nostdlib", "-static", "-w", str(harness), str(source), "-o", str(program),
    ]  # fmt: skip
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return program


#: Trials that are run at a time, for the memory that their rows take.
_AT_A_TIME = 50


def differences(tried, program, count, rng):
    """What QEMU and the meanings say differently: (text, what, meaning's, QEMU's, rows, operands).

    Each trial is run on `count` rows of operands.
    """
    taken, table = _addresses(tried, program)
    found = []
    for first in range(0, len(tried), _AT_A_TIME):
        numbers = range(first, min(first + _AT_A_TIME, len(tried)))
        rows = {
            k: Rows(tried[k], count, rng, taken, *table[3 * k + 1 : 3 * k + 3]) for k in numbers
        }
        left = _run(program, rows, 1 + 3 * len(tried))
        found += [one for k in numbers if (one := _difference(rows[k], left[k]))]
    return found


def _run(program, rows, skipped):
    """The words that the program prints of each trial."""
    given = []
    for number, one in rows.items():
        access = one.trial.meaning.store or one.trial.meaning.load
        address = np.zeros(one.count, np.uint64)
        if access is not None:
            address = one.evaluate(access.address) & np.uint64(0xFFFFFFFF)
            inside = (address >= MEMORY + 512) & (address < MEMORY + 8192 - 512)
            assert inside.all(), (one.trial.text, [hex(each) for each in address[:4]])
        body = np.column_stack([one.state, address, one.data]).astype("<u4")
        given += [np.array([number, one.count], "<u4").tobytes(), body.tobytes()]
    ran = subprocess.run(
        ["qemu-hexagon", str(program)], input=b"".join(given), capture_output=True, check=False
    )
    assert ran.returncode == 0, (ran.returncode, ran.stderr[-400:])
    words = np.frombuffer(ran.stdout, "<u4")[skipped:].astype(np.uint64)
    count = next(iter(rows.values())).count
    return dict(zip(rows, words.reshape(len(rows), count, STATE + 4), strict=True))


def _difference(rows, left):
    expected = expected_state(rows)
    wrong = np.argwhere(expected != left)
    if not len(wrong):
        return None
    row, column = wrong[0]
    names = [*NAMES, "taken", "memory", "memory + 4", "others"]
    operands = [hex(one[row]) for one in rows.arguments[:8]]
    values = hex(expected[row, column]), hex(left[row, column])
    return (rows.trial.text, names[column], *values, len(wrong), operands)


def _addresses(tried, program):
    ran = subprocess.run(
        ["qemu-hexagon", str(program)], input=b"", capture_output=True, check=False
    )
    words = np.frombuffer(ran.stdout, "<u4")
    assert len(words) == 1 + 3 * len(tried)
    return int(words[0]), [int(one) for one in words[1:]]


def expected_state(rows):
    """What the meaning says is left, as the program prints it: [rows, STATE + 4] words."""
    trial, meaning = rows.trial, rows.trial.meaning
    state = rows.state.copy()
    state[:, 28] = rows.state[:, 28]
    done = np.ones(rows.count, bool)
    if meaning.condition is not None:
        done = rows.evaluate(meaning.condition) != 0
    for name, value in rows._fresh().items():
        _write(state, name, value, np.ones(rows.count, bool))
    names = [one.registers for one in trial.operands] + [(name,) for name in meaning.implied]
    for place, expr in meaning.results:
        value = rows.evaluate(expr)
        for half, name in enumerate(reversed(names[place])):
            _write(state, name, (value >> np.uint64(32 * half)) & np.uint64(0xFFFFFFFF), done)
    taken = np.zeros(rows.count, np.uint64)
    if meaning.target is not None:
        taken += done if meaning.branch_if is None else rows.evaluate(meaning.branch_if) != 0
    memory = rows.data.copy()
    if meaning.store is not None:
        memory = _stored(rows, memory, done)
    elif meaning.load is None:
        memory = np.zeros_like(memory)
    others = np.zeros(rows.count, np.uint64)
    state[:, 28] = 0
    return np.column_stack([state, taken, memory, others])


def _write(state, name, value, where):
    if name[0] == "p":
        column, shift = NAMES.index("p3:0"), np.uint64(8 * int(name[1]))
        kept = state[:, column] & ~(np.uint64(0xFF) << shift)
        state[:, column] = np.where(
            where, kept | ((value & np.uint64(0xFF)) << shift), state[:, column]
        )
        return
    state[:, NAMES.index(name)] = np.where(where, value, state[:, NAMES.index(name)])


def _stored(rows, memory, done):
    access = rows.trial.meaning.store
    whole = memory[:, 0] | (memory[:, 1] << np.uint64(32))
    mask = np.uint64((1 << (8 * access.size)) - 1)
    value = (whole & ~mask) | (rows.evaluate(access.value) & mask)
    value = np.where(done, value, whole)
    return np.column_stack([value & np.uint64(0xFFFFFFFF), value >> np.uint64(32)])
