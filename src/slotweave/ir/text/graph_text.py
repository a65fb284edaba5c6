"""A graph as readable text, both ways: `graph_from_text(graph_to_text(g)) == g`.

    graph "dot" vector_length=4 memory_words=16
    region "x" start=0 length=8 read_only
    region "out" start=8 length=1 output
    %0 : 1 = const imm=0
    %1 : 4 = vload %0 region="x" item=2 stage="read" where="dot.py:7"
    %2 : 1 = slice %1 imm=3
    %3 = store %0 %2 region="out" after=%1

A node line is `%index : width = operation arguments attributes`; width 0 and attributes at their
defaults are left out. Empty lines and lines that begin with `#` are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.text.program_values import FormError, load_json
from slotweave.ir.text.table_text import shortened

_STRING = r'"(?:[^"\\]|\\.)*"'
_ATTRIBUTE = re.compile(rf"\s+(?P<key>[a-z_]+)(?:=(?P<value>{_STRING}|\S+))?")
_GRAPH = re.compile(rf"graph (?P<name>{_STRING})(?P<rest>.*)")
_REGION = re.compile(rf"region (?P<name>{_STRING})(?P<rest>.*)")
_NODE = re.compile(
    r"%(?P<index>\d{1,18})(?: : (?P<width>\d{1,18}))? = (?P<op>\w+)"
    r"(?P<args>(?: %\d{1,18})*)(?P<rest>(?:\s.*)?)"
)


def graph_to_text(graph: Graph, labels: bool = True) -> str:
    """`graph` as text that parses back to an equal graph, if it has the labels of nodes."""
    lines = [
        f"graph {_quoted(graph.name)} vector_length={graph.vector_length}"
        f" memory_words={graph.memory_words}"
    ]
    lines += [_region_text(region) for region in graph.regions]
    lines += [node_text(index, node, labels) for index, node in enumerate(graph.nodes)]
    return "\n".join(lines) + "\n"


def node_text(index: int, node: Node, labels: bool = True) -> str:
    """The line of one node."""
    width = f" : {node.width}" if node.width else ""
    parts = [f"%{index}{width} = {node.op}", *[f"%{arg}" for arg in node.args]]
    if node.imm:
        parts.append(f"imm={node.imm}")
    if node.offsets:
        parts.append("offsets=" + ",".join(str(offset) for offset in node.offsets))
    if node.region:
        parts.append(f"region={_quoted(node.region)}")
    if node.after:
        parts.append("after=" + ",".join(f"%{earlier}" for earlier in node.after))
    if not labels:
        return " ".join(parts)
    if node.item != -1:
        parts.append(f"item={node.item}")
    if node.stage:
        parts.append(f"stage={_quoted(node.stage)}")
    if node.where:
        parts.append(f"where={_quoted(node.where)}")
    return " ".join(parts)


def graph_from_text(text: str, file: str = "") -> Graph:
    """The graph that `text` describes. Raises InputError (SW213) naming the first wrong line.

    Only the form is read; whether the graph makes sense is for `graph_verify`.
    """
    reader = _Reader()
    number = 1
    try:
        for number, line in _significant_lines(text):  # noqa: B007 - the handler names it
            reader.read(line)
        return reader.graph()
    except _MalformedError as error:
        place = Diagnostic("SW213", str(error), file=file or "graph", line=number)
        raise InputError(place) from None


class _MalformedError(Exception):
    """What is wrong with a line; the reader adds its number."""


class _Reader:
    """The lines read so far: the header first, then regions, then nodes."""

    def __init__(self) -> None:
        self.header: tuple[str, int, int] | None = None
        self.regions: list[Region] = []
        self.nodes: list[Node] = []

    def read(self, line: str) -> None:
        if self.header is None:
            self.header = _header(line)
        elif line.startswith("region"):
            if self.nodes:
                raise _MalformedError("regions come before the first node")
            self.regions.append(_region(line))
        else:
            self.nodes.append(_node(line, len(self.nodes)))

    def graph(self) -> Graph:
        if self.header is None:
            raise _MalformedError("there is no graph in it")
        name, vector_length, memory_words = self.header
        return Graph(name, vector_length, memory_words, tuple(self.regions), tuple(self.nodes))


def _significant_lines(text: str) -> Iterator[tuple[int, str]]:
    # Only line feeds end a line: other separators may stand in a quoted string.
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _header(line: str) -> tuple[str, int, int]:
    match = _GRAPH.fullmatch(line)
    if match is None:
        raise _MalformedError('a graph begins with: graph "name" vector_length=N memory_words=N')
    attributes = _attributes(match["rest"])
    vector_length = _required(attributes, "vector_length")
    memory_words = _required(attributes, "memory_words")
    _refuse_unknown(attributes)
    return _string(match["name"], "name"), vector_length, memory_words


def _region_text(region: Region) -> str:
    flags = " read_only" * region.read_only + " output" * region.output
    words = f" words={','.join(map(str, region.words))}" if region.words else ""
    place = f"start={region.start} length={region.length}"
    return f"region {_quoted(region.name)} {place}{flags}{words}"


def _region(line: str) -> Region:
    match = _REGION.fullmatch(line)
    if match is None:
        raise _MalformedError(
            'a region reads: region "name" start=N length=N [read_only] [output] [words=N,...]'
        )
    attributes = _attributes(match["rest"])
    region = Region(
        name=_string(match["name"], "name"),
        start=_required(attributes, "start"),
        length=_required(attributes, "length"),
        read_only=_flag(attributes, "read_only"),
        output=_flag(attributes, "output"),
        words=_naturals(attributes.pop("words", ""), "words"),
    )
    _refuse_unknown(attributes)
    return region


def _node(line: str, index: int) -> Node:
    match = _NODE.fullmatch(line)
    if match is None:
        raise _MalformedError("a node reads: %index : width = operation %argument... key=value...")
    if int(match["index"]) != index:
        raise _MalformedError(f"%{match['index']} stands where %{index} is due")
    attributes = _attributes(match["rest"])
    node = Node(
        op=match["op"],
        width=int(match["width"] or 0),
        args=tuple(int(arg[1:]) for arg in match["args"].split()),
        imm=_integer(attributes.pop("imm", "0"), "imm"),
        offsets=_naturals(attributes.pop("offsets", ""), "offsets"),
        region=_string(attributes.pop("region", '""'), "region"),
        after=_naturals(attributes.pop("after", ""), "after", prefix="%"),
        item=_integer(attributes.pop("item", "-1"), "item"),
        stage=_string(attributes.pop("stage", '""'), "stage"),
        where=_string(attributes.pop("where", '""'), "where"),
    )
    _refuse_unknown(attributes)
    return node


def _attributes(rest: str) -> dict[str, str]:
    """`key=value` pairs and bare flags (value "")."""
    found: dict[str, str] = {}
    position = 0
    while position < len(rest):
        match = _ATTRIBUTE.match(rest, position)
        if match is None:
            raise _MalformedError(f"cannot read {shortened(rest[position:].strip())}")
        if match["key"] in found:
            raise _MalformedError(f"{match['key'][:40]} is given twice")
        found[match["key"]] = match["value"] or ""
        position = match.end()
    return found


def _refuse_unknown(attributes: dict[str, str]) -> None:
    for key in attributes:
        raise _MalformedError(f"unknown attribute {shortened(key)}")


def _required(attributes: dict[str, str], key: str) -> int:
    if key not in attributes:
        raise _MalformedError(f"{key} is missing")
    return _natural(attributes.pop(key), key)


def _flag(attributes: dict[str, str], key: str) -> bool:
    value = attributes.pop(key, None)
    if value:
        raise _MalformedError(f"{key} takes no value")
    return value is not None


def _integer(text: str, key: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise _MalformedError(f"{key} must be an integer, not {shortened(text)}")
    return int(text)


def _natural(text: str, key: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise _MalformedError(f"{key} must be 0 or more, not {shortened(text)}")
    return int(text)


def _naturals(text: str, key: str, prefix: str = "") -> tuple[int, ...]:
    return tuple(_natural(part.removeprefix(prefix), key) for part in text.split(",") if text)


def _string(text: str, key: str) -> str:
    try:
        value = load_json(text)
    except FormError:
        value = None
    if not isinstance(value, str):
        raise _MalformedError(f"{key} must be a quoted string, not {shortened(text)}")
    return value


def _quoted(text: str) -> str:
    return json.dumps(text)
