"""docs/reference/machines.md: every key of a machine file, and every operation it can list."""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.isa import OPERATIONS, Shape, forms_of
from slotweave.machine.keys import ENGINE, KEYS, OPERATION, TABLES, TOP

BEGINNING = """\
# Machine files

`--machine FILE.toml` compiles for, inspects, and simulates a machine of your own. `slotweave
machines show NAME` prints those that come with Slotweave in this form, as templates, and checks a
file. A mistake is named with its line and key (SW205, [codes](codes.md)).
"""

OPERATIONS_TEXT = """\
## Operations

The names that the lists hold. An operation may stand under `[word]` if it has a form on words,
under `[vector]` if it has one on vectors, and under `[per_lane]` if the engine has it on words
(`load` is then a gather, `store` a scatter). A form is how a program writes a slot: its mnemonic,
then its operands. Source and destination are scratch addresses; of a vector, the address of its
first word.
"""

#: Names for the example, by table: the engine for which the key of this table is shown.
ENGINES = {"engines": "alu", "word": "alu", "vector": "mem", "per_lane": "alu", "latency": "alu"}


def page() -> str:
    return "\n".join([BEGINNING, f"```toml\n{example()}```\n", *_keys(), *_operations()]) + "\n"


def example() -> str:
    """A machine with every key once, made of the examples of all keys."""
    lines = [f"{key.path[0]} = {key.example}" for key in TOP]
    for table in TABLES:
        lines += ["", f"[{table}]"]
        for key in KEYS:
            if key.table == table:
                names = {ENGINE: ENGINES[table], OPERATION: "xor"}
                lines.append(f"{'.'.join(names[name] for name in key.path[1:])} = {key.example}")
        if table == "engines":
            lines.append("mem = 1")
    return "\n".join(lines) + "\n"


def _keys() -> Iterator[str]:
    yield "## Keys\n"
    yield "| key | holds | if left out | meaning |\n|---|---|---|---|"
    for key in KEYS:
        shown = f"[{key.table}] {'.'.join(key.path[1:])}" if key.table else key.path[0]
        default = "an error" if key.default is None else key.default
        yield f"| `{shown}` | {key.holds} | {default} | {key.meaning} |"
    yield ""


def _operations() -> Iterator[str]:
    yield OPERATIONS_TEXT
    yield "| operation | on words | on vectors |\n|---|---|---|"
    for name in OPERATIONS:
        forms = [_forms(name, shape) for shape in (Shape.WORD, Shape.VECTOR)]
        if any(forms):
            yield f"| `{name}` | {forms[0]} | {forms[1]} |"


def _forms(operation: str, shape: Shape) -> str:
    written = []
    for form in forms_of(operation, shape):
        words = (form.mnemonic, *(role.value for role in form.roles))
        written.append(f"`{' '.join(words)}`".replace("|", "\\|"))
    return ", ".join(written)
