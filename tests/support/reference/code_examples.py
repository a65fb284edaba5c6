"""For each code the smallest input that provokes it: files and commands, or a few lines of Python.

The last command is the one that ends with the code; those before it make what it reads. Python is
for what no command reads, and for faults of the compiler, which have to be planted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slotweave.base.diagnostics import Exit


@dataclass(frozen=True)
class CodeExample:
    """`files` by name; then `commands`, or `python`, which raises the error.
    With both, the Python runs first. `varies` is where the part of the message begins that
    differs from one version or machine to another, which no page shows."""

    commands: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    exit: Exit = Exit.BAD_INPUT
    planted: bool = False
    varies: str = ""


def program(text: str, command: str = "slotweave run p.json", **options: Exit) -> CodeExample:
    """A command on a program of these bundles."""
    return CodeExample((command,), {"p.json": text}, **options)


def kernel(body: str, command: str = "slotweave compile k.py:f", **options: Exit) -> CodeExample:
    """A command on a kernel of one file."""
    return CodeExample((command,), {"k.py": body}, **options)


_FAILED = Exit.CHECK_FAILED

COPY = """\
def f(k, n=8):
    a = k.region("a", 0, n, read_only=True)
    out = k.region("out", n, n, output=True)
    for i in range(0, n, 8):
        out.vstore(i, a.vload(i) + 1)
"""

#: What stands before planted faults: a kernel, compiled.
COMPILED = """\
from dataclasses import replace
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE


def f(k):
    out = k.region("out", 0, 16, output=True)
    out.vstore(8, out.vload(0) * 3 + 1)


kernel = kernel_of_function(f, "f")
made = compile_job(Job(kernel, {}, CONTRACT, Plan("default", "f"), CHALLENGE))
"""

EXAMPLES: dict[str, CodeExample] = {
    "SW101": program('[{"flow": [["pause"], ["pause"]]}]', exit=_FAILED),
    "SW102": program('[{"gpu": [["+", 1, 2, 3]]}]', exit=_FAILED),
    "SW103": program('[{"alu": [["sqrt", 1, 2]]}]', exit=_FAILED),
    "SW104": program('[{"load": [["const", 3, 1], ["const", 3, 2]]}]', exit=_FAILED),
    "SW105": program('[{"load": [["const", 1536, 1]]}]', exit=_FAILED),
    "SW106": CodeExample(
        ("slotweave run p.json --mem m.json",),
        {
            "p.json": '[{"load": [["const", 0, 8]]}, {"load": [["load", 1, 0]]}]',
            "m.json": "[1, 2, 3]",
        },
        exit=_FAILED,
    ),
    "SW107": CodeExample(
        ("slotweave run p.json --mem m.json",),
        {
            "p.json": '[{"load": [["const", 0, 8]]}, {"store": [["store", 0, 0]]}]',
            "m.json": "[1, 2, 3]",
        },
        exit=_FAILED,
    ),
    "SW108": program(
        '[{"load": [["const", 0, 8], ["const", 1, 0]]}, {"alu": [["//", 2, 0, 1]]}]', exit=_FAILED
    ),
    "SW109": program('[{"alu": [["+", 0, 1, 2]]}]', exit=_FAILED),
    "SW110": CodeExample(
        python="""\
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run

run(Program("challenge", ({"load": [("const", "x", 1)]},)), CHALLENGE, [])
""",
        exit=_FAILED,
    ),
    "SW111": program('[{"alu": [["+", 1, 2]]}]', exit=_FAILED),
    "SW112": program('[{"load": [["load_offset", 0, 8, 9]]}]', exit=_FAILED),
    "SW113": program('[{"flow": [["jump", -1]]}]', exit=_FAILED),
    "SW114": program(
        '[{"flow": [["jump", 0]]}]', "slotweave run p.json --max-cycles 100", exit=_FAILED
    ),
    "SW115": CodeExample(
        python="""\
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run

bundles = ({"load": [("const", 0, 5)]}, {"debug": [("compare", 0, "key")]})
program = Program("challenge", bundles)
run(program, CHALLENGE, [], enable_debug=True, value_trace={"key": 6})
""",
        exit=_FAILED,
    ),
    "SW116": kernel(
        """\
def f(k):
    a = k.region("a", 0, 8)
    out = k.region("out", 8, 8, output=True)
    out.store(0, a[a[0]])
""",
        exit=_FAILED,
    ),
    "SW201": CodeExample(("slotweave compile tree-hsah",)),
    "SW202": CodeExample(("slotweave compile tree-hash -p height=99",)),
    "SW203": CodeExample(("slotweave inspect nowhere.json",)),
    "SW204": program('{"program": 7}', "slotweave inspect p.json"),
    "SW205": CodeExample(
        ("slotweave machines show toy.toml",),
        {
            "toy.toml": 'name = "toy"\nvector_length = 4\nscratch_words = 64\n'
            '[engines]\nalu = 2\n[word]\nalu = ["add", "sqrt"]\n'
        },
    ),
    "SW206": kernel("def f(k):\n    return 1 // 0\n"),
    "SW207": kernel(COPY, "slotweave compile k.py:f -o missing/p.json"),
    "SW208": kernel(COPY, "slotweave compile k.py:f --machine challange"),
    "SW209": kernel(COPY, "slotweave compile k.py:f --plan tuned"),
    "SW210": CodeExample(
        ("slotweave run p.json --mem m.json",),
        {"p.json": '[{"flow": [["halt"]]}]', "m.json": "[1, -2]"},
    ),
    "SW211": kernel(
        """\
def f(k):
    a = k.region("a", 0, 8, output=True)
    if a[0] > 3:
        a.store(0, 3)
"""
    ),
    "SW212": kernel(COPY, "slotweave compile k.py:f -o - --json"),
    "SW213": CodeExample(
        python="""\
from slotweave.ir.text.graph_text import graph_from_text

graph_from_text("a graph")
"""
    ),
    "SW215": CodeExample(
        ("slotweave inspect p.json --facts f.json",),
        {"p.json": '[{"flow": [["halt"]]}]', "f.json": '{"memory": 64}'},
    ),
    "SW216": program('[{"flow": [["halt"]]}]', "slotweave export p.json --format challenge"),
    "SW217": CodeExample(
        ("slotweave rules prove xor_zero",),
        python="""\
import sys

sys.modules["z3"] = None  # as if Z3 were not installed
sys.modules.pop("slotweave.rules.prove", None)
""",
    ),
    "SW218": CodeExample(
        (
            "slotweave compile k.py:f --result r.json",
            'sed -i \'s/"seed": 0/"seed": -1/\' r.json',
            "slotweave verify r.json",
        ),
        {"k.py": COPY},
    ),
    "SW219": program(
        '[{"load": [["const", 0, 0]]}, {"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 4]]},'
        ' {"store": [["store", 0, 0]]}, {"flow": [["halt"]]}]',
        "slotweave diff p.json p.json",
    ),
    "SW220": CodeExample(("slotweave bound --check c.json",), {"c.json": '{"bounds": 7}'}),
    "SW221": CodeExample(("slotweave inspect p.py",), {"p.py": 'print("no builder")\n'}),
    "SW222": CodeExample(
        ("slotweave inspect p.py --load-time-limit 1",), {"p.py": "while True:\n    pass\n"}
    ),
    "SW223": CodeExample(("slotweave solve p.json",), {"p.json": '{"resources": []}'}),
    "SW224": CodeExample(("slotweave solve p.xml",), {"p.xml": "<project/>\n"}),
    "SW225": CodeExample(
        python="""\
from slotweave.extensions import registry

named = [("one", "mine", 1), ("another", "mine", 2)]
registry._by_name("kernel", named)  # as if two packages had registered them
""",
    ),
    "SW226": CodeExample(
        ("slotweave study list --store notes.json",),
        {
            "notes.json": '{"notes": "a file of something else, that nobody wants overwritten"}\n'
            * 9
        },
    ),
    "SW227": CodeExample(
        (
            "slotweave tune saxpy --evaluations 0 --study yours --store studies.db -o plan.json",
            "slotweave study show mine --store studies.db",
        )
    ),
    "SW228": CodeExample(
        ("slotweave tune saxpy --cluster tcp://127.0.0.1 -o plan.json --store studies.db",),
        varies=": ",
    ),
    "SW229": CodeExample(
        ("slotweave hexagon verify a.s a.s --function g",),
        {"a.s": "f:\n\t{\n\t\tjumpr r31\n\t}\n"},
    ),
    "SW301": CodeExample(
        ("slotweave compile k.py:f --machine small.toml",),
        {
            "k.py": """\
def f(k, n=8):
    a = k.region("a", 0, n, output=True)
    words = [a[i] for i in range(n)]
    for i in range(n):
        a.store(i, words[i] * words[n - 1 - i])
""",
            "small.toml": 'name = "small"\nvector_length = 1\nscratch_words = 3\n'
            '[engines]\nalu = 1\nmem = 1\n[word]\nalu = ["mul"]\n'
            'mem = ["const", "load", "store"]\n',
        },
        exit=Exit.NO_SCHEDULE,
    ),
    "SW302": CodeExample(
        ("slotweave compile k.py:f --machine plain.toml",),
        {
            "k.py": COPY,
            "plain.toml": 'name = "plain"\nvector_length = 8\nscratch_words = 64\n'
            '[engines]\nmem = 1\n[word]\nmem = ["const"]\n[vector]\nmem = ["vload", "vstore"]\n',
        },
        exit=Exit.NO_SCHEDULE,
    ),
    "SW307": CodeExample(
        ("slotweave compile k.py:f --plan p.json",),
        {
            "k.py": """\
def f(k):
    a = k.region("a", 0, 8, output=True)
    with k.item(1):
        x = a[0] * 2
    with k.item(0):
        a.store(0, x)
""",
            "p.json": '{"name": "p", "kernel": "k.py:f", "schedule": {"windows_open": 1}}',
        },
        exit=Exit.NO_SCHEDULE,
    ),
    "SW308": CodeExample(
        ("slotweave compile k.py:f --time-limit 1",),
        {"k.py": "def f(k):\n    all(True for _ in iter(int, 1))  # never ends\n"},
        exit=Exit.NO_SCHEDULE,
    ),
    "SW309": CodeExample(
        ("slotweave solve p.json",),
        {
            "p.json": """\
{"resources": [{"name": "r", "capacity": 1}],
 "activities": [{"name": "a", "modes": [{"duration": 1, "uses": []}]},
                {"name": "b", "modes": [{"duration": 1, "uses": []}]}],
 "lags": [{"before": "a", "after": "b", "lag": 2}, {"before": "b", "after": "a", "lag": 2}]}
"""
        },
        exit=Exit.NO_SCHEDULE,
    ),
    "SW310": CodeExample(
        ("slotweave solve p.json --method list --evaluations 3",),
        {
            "p.json": """\
{"resources": [{"name": "r", "capacity": 1}],
 "activities": [{"name": "a", "modes": [{"duration": 2, "uses": [{"resource": "r", "units": 1}]}]},
                {"name": "b", "modes": [{"duration": 2, "uses": [{"resource": "r", "units": 1}]}]}],
 "lags": [{"before": "a", "after": "b", "lag": 1}, {"before": "b", "after": "a", "lag": -1}]}
"""
        },
        exit=Exit.NO_SCHEDULE,
    ),
    "SW401": CodeExample(
        python=COMPILED
        + """\
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.schedule_legality import schedule_violations

early = replace(made.block.fitted.schedule, cycle=made.block.fitted.schedule.cycle * 0)
for fault in schedule_violations(early, made.block.fitted.problem):
    raise CheckFailed(fault)
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW402": CodeExample(
        python=COMPILED
        + """\
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.allocation_legality import allocation_violations

heaped = replace(made.block.fitted.allocation, address=made.block.fitted.allocation.address * 0)
for fault in allocation_violations(heaped, made.block.fitted.schedule, made.block.fitted.problem):
    raise CheckFailed(fault)
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW403": CodeExample(
        ("slotweave verify p.json --against k.py:f",),
        {"k.py": COPY, "p.json": '[{"flow": [["halt"]]}]'},
        exit=_FAILED,
    ),
    "SW404": CodeExample(
        ("slotweave verify p.json --against k.py:f",),
        {
            "k.py": COPY,
            "p.json": '[{"load": [["const", 0, 0]]}, {"store": [["store", 0, 0]]}]',
        },
        exit=_FAILED,
    ),
    "SW405": CodeExample(
        python=COMPILED
        + """\
from slotweave.driver.certify import expect_rewriting
from slotweave.rewrite import Rewritten

traced = made.block.traced
other = replace(traced, nodes=traced.nodes[:-1])
expect_rewriting(traced, Rewritten(other))
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW406": CodeExample(
        python=COMPILED
        + """\
from slotweave.driver.certify import prove_program

bundles = made.program.bundles
empty = replace(made.program, bundles=bundles[:-1])
prove_program(empty, CHALLENGE, made.traced, made.job.facts)
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW407": CodeExample(
        python="""\
from slotweave.rules.proof import register
from slotweave.rules.registry import RULES

register(RULES, {})  # as if nothing had been proved
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW408": CodeExample(
        python="""\
from slotweave.rules.prove import prove
from slotweave.rules.rule import Rule
from slotweave.rules.term import variable

x = variable("x")
prove(Rule("wrong", "x + x  ->  x", x + x, x))
""",
        exit=_FAILED,
        planted=True,
        varies="; for x = ",
    ),
    "SW409": CodeExample(
        ("slotweave verify p.json --against q.json --facts f.json --prove",),
        {
            "p.json": '[{"load": [["const", 0, 0]]}, {"store": [["store", 0, 0]]}]',
            "q.json": '[{"load": [["const", 0, 0], ["const", 1, 7]]},\n'
            ' {"store": [["store", 0, 1]]}]',
            "f.json": '{"memory_words": 1}',
        },
        exit=_FAILED,
    ),
    "SW410": CodeExample(
        (
            "slotweave compile k.py:f --result r.json",
            'sed -i \'s/"cycles": [0-9]*/"cycles": 1/\' r.json',
            "slotweave verify r.json --against k.py:f",
        ),
        {"k.py": COPY},
        exit=_FAILED,
        varies=" (",
    ),
    "SW411": CodeExample(
        ("slotweave verify --self-test tree-hash -p height=2 -p rounds=2 -p batch=8",),
        python="""\
from unittest.mock import patch
import slotweave.selftest.trial
from slotweave.selftest.outcome import Outcome, Subject

missed = Outcome(Subject.PROGRAM, "drop a slot", "bundle 3", "memory[9] is 1", "")
patch("slotweave.selftest.trial.trials", lambda *_: iter([missed])).start()
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW412": CodeExample(
        (
            "slotweave bound k.py:f --certificate c.json",
            'sed -i \'s/"cycles": /"cycles": 9/\' c.json',
            "slotweave bound k.py:f --check c.json",
        ),
        {"k.py": COPY},
        exit=_FAILED,
        varies="the operations pay",
    ),
    "SW413": CodeExample(
        python="""\
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.project_legality import project_violations
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, ProjectSchedule

step = (ActivityMode(1, ()),)
project = Project((), (Activity("a", step), Activity("b", step)), (Lag(0, 1, 5),))
for fault in project_violations(ProjectSchedule((0, 1), (0, 0)), project):
    raise CheckFailed(fault)
""",
        exit=_FAILED,
        planted=True,
    ),
    "SW414": CodeExample(
        (
            "slotweave compile k.py:f -o p.json",
            'sed -i \'s/"plan": "default"/"plan": "mine"/\' p.json',
            "slotweave verify p.json --against k.py:f --require-proof",
        ),
        {"k.py": COPY},
        exit=_FAILED,
    ),
    "SW501": CodeExample(
        python=COMPILED
        + """\
from slotweave.ir.verify.graph_verify import verify_graph

graph = made.block.traced
last = graph.nodes[-1]
verify_graph(replace(graph, nodes=(*graph.nodes[:-1], replace(last, args=(99, 99)))))
""",
        exit=_FAILED,
        planted=True,
    ),
}
