"""How operations are written in a program: mnemonic and operand roles, as data.

A slot is `(mnemonic, operand, ...)`. The same mnemonic may stand for a word form on one engine and
a vector form on another (`+` on `alu` and `valu`); a machine says which of its engines has which.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from slotweave.isa.operations import BINARY_SYMBOLS


class Shape(Enum):
    """On how many words a form works."""

    __hash__ = object.__hash__  # that of Enum takes ten times as long

    WORD = "word"
    VECTOR = "vector"


class Role(Enum):
    """What an operand of a slot is."""

    __hash__ = object.__hash__  # as above

    DEST = "dest"  # scratch address of one word, written
    SOURCE = "source"  # scratch address of one word, read
    DEST_VECTOR = "dest-vector"  # first of vector_length words, written
    SOURCE_VECTOR = "source-vector"  # first of vector_length words, read
    DEST_LANE = "dest-lane"  # first word of a vector of which lane LANE is written
    SOURCE_LANE = "source-lane"  # first word of a vector of which lane LANE is read
    LANE = "lane"
    IMMEDIATE = "immediate"  # any integer, taken modulo 2^32
    TARGET = "target"  # a bundle
    OFFSET = "offset"  # relative to the bundle after this one


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing an operation: `(mnemonic, *operands)`."""

    operation: str
    shape: Shape
    mnemonic: str
    roles: tuple[Role, ...]


_W, _V = Shape.WORD, Shape.VECTOR
_D, _S, _I = Role.DEST, Role.SOURCE, Role.IMMEDIATE
_DV, _SV = Role.DEST_VECTOR, Role.SOURCE_VECTOR

FORMS: tuple[Form, ...] = (
    *(Form(name, _W, symbol, (_D, _S, _S)) for name, symbol in BINARY_SYMBOLS.items()),
    *(Form(name, _V, symbol, (_DV, _SV, _SV)) for name, symbol in BINARY_SYMBOLS.items()),
    Form("multiply_add", _W, "multiply_add", (_D, _S, _S, _S)),
    Form("multiply_add", _V, "multiply_add", (_DV, _SV, _SV, _SV)),
    Form("select", _W, "select", (_D, _S, _S, _S)),
    Form("select", _V, "vselect", (_DV, _SV, _SV, _SV)),
    Form("broadcast", _V, "vbroadcast", (_DV, _S)),
    Form("const", _W, "const", (_D, _I)),
    Form("add_immediate", _W, "add_imm", (_D, _S, _I)),
    Form("load", _W, "load", (_D, _S)),
    # One lane of a gather; the same operation as `load`, with its addresses written as base + lane.
    Form("load", _W, "load_offset", (Role.DEST_LANE, Role.SOURCE_LANE, Role.LANE)),
    Form("vload", _V, "vload", (_DV, _S)),
    Form("store", _W, "store", (_S, _S)),
    Form("vstore", _V, "vstore", (_S, _SV)),
    Form("core_id", _W, "coreid", (_D,)),
    Form("trace_write", _W, "trace_write", (_S,)),
    Form("jump", _W, "jump", (Role.TARGET,)),
    Form("jump_indirect", _W, "jump_indirect", (_S,)),
    Form("cond_jump", _W, "cond_jump", (_S, Role.TARGET)),
    Form("cond_jump_rel", _W, "cond_jump_rel", (_S, Role.OFFSET)),
    Form("halt", _W, "halt", ()),
    Form("pause", _W, "pause", ()),
)


@cache
def forms_of(operation: str, shape: Shape) -> tuple[Form, ...]:
    """The forms of `operation` in `shape`, the canonical one first; empty if there is none."""
    return tuple(form for form in FORMS if form.operation == operation and form.shape is shape)
