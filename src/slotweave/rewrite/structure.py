"""Slices that need not be: of what is the same in all lanes, of slices, and of parts of overlays.

These say where words lie, not what they hold, so they are code and not rules; like rules they have
names and are part of what fired. Offsets add up, and the last part over a word of an overlay is the
one that shows: that holds for any number of words, and the tests enumerate all slices of all values
of up to 16 words made of one slice, one broadcast, or two parts.
"""

from __future__ import annotations

from slotweave.rewrite.workspace import Workspace

#: A name, and the value and first word that a slice may be taken of instead.
_Source = tuple[str, int, int]

STRUCTURAL_RULES = ("slice_of_broadcast", "slice_of_slice", "slice_of_overlay", "slice_of_all")


def simpler_slice(work: Workspace, name: int) -> tuple[str, int] | None:
    """The structural rule that applies to slice `name`, and the node that it gives."""
    node = work.nodes[name]
    source = node.args[0]
    if node.width == work.nodes[source].width:
        return "slice_of_all", source
    if work.nodes[source].op == "broadcast" and node.width == 1:
        return "slice_of_broadcast", work.nodes[source].args[0]
    found = _nearer_source(work, source, node.imm, node.width)
    if found is None:
        return None
    rule, value, first = found
    if node.width == work.nodes[value].width:
        return rule, value
    return rule, work.derive("slice", node.width, (value,), first, name)


def _nearer_source(work: Workspace, source: int, first: int, width: int) -> _Source | None:
    """Where words `first` .. of `source` come from, if that is one other value."""
    node = work.nodes[source]
    if node.op == "slice":
        return "slice_of_slice", node.args[0], node.imm + first
    if node.op != "overlay":
        return None
    for part, offset in zip(reversed(node.args), reversed(node.offsets), strict=True):
        stop = offset + work.nodes[part].width
        if offset <= first and first + width <= stop:
            return "slice_of_overlay", part, first - offset
        if first < stop and offset < first + width:
            return None  # the words come from several parts
    return None
