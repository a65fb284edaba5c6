"""Seconds that Slotweave needs for its own work, on one kernel of one shape.

    import        a new process that does `import slotweave`, and nothing with it
    import numpy  the same of NumPy, to compare it with
    start-up      a new process that loads Slotweave and runs one compiled bundle, caches warm
    late          how long after a limit of a second `compile` ends, of a kernel without end
    late largest  the same of the kernel itself, each parameter as large as it may be
    late repack   how long after a limit of five seconds `repack` of the scalar program ends
    compile       from the kernel to the checked program
    schedule      scheduling and allocation, the part of `compile` that searches
    encode        the program into the form that the compiled simulator runs
    simulate      one run of the program
    verify 1000   a thousand random inputs, each run and held against the reference
    scalar encode, scalar simulate    the same of the scalar program, if the kernel has one

Short work is repeated, and the least time counts: noise only ever adds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from slotweave.base.diagnostics import Exit
from slotweave.driver.certify import verify_program
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.simulate.compiled import encode, run_compiled

#: Random inputs of `verify 1000`.
INPUTS = 1000
#: How the scalar starting point of a kernel is called among its plans.
SCALAR = "scalar"
_START = """
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.compiled import encode, run_compiled
run_compiled(encode(Program("challenge", ({"load": (("const", 0, 1),)},)), CHALLENGE), [])
"""


#: A kernel without end, and the seconds that its compilation is given.
_ENDLESS = """
def endless(k):
    a = k.region("a", 0, 8, output=True)
    while True:
        a.store(0, a[0] * 3 + 1)
"""
_LIMIT = 1.0

#: The seconds that the repacking of a scalar program is given: enough to lift it.
_REPACK_LIMIT = 5.0


def measure(subject: Job, repeat: int) -> Iterator[tuple[str, float]]:
    """The seconds of each kind of work, by name, as they are found."""
    yield "import", _least(lambda: _run_python("import slotweave"), min(repeat, 5))
    yield "import numpy", _least(lambda: _run_python("import numpy"), min(repeat, 5))
    yield "start-up", _least(lambda: _run_python(_START), min(repeat, 3))
    yield "late", _least(_compile_endless, 1) - _LIMIT
    if subject.kernel.name in kernels():
        yield "late largest", _least(lambda: _compile_largest(subject.kernel), 1) - _LIMIT
    results = [_compiled(subject, subject.plan) for _ in range(min(repeat, 3))]
    yield "compile", min(sum(result.seconds.values()) for result in results)
    yield "schedule", min(result.seconds["schedule"] for result in results)
    program = results[0].program
    yield from _simulation(subject, program, "", repeat)
    yield f"verify {INPUTS}", _least(lambda: _verify(subject, program), min(repeat, 3))
    if SCALAR in subject.kernel.plan_names:
        plan = subject.kernel.plan(SCALAR, subject.parameters, subject.contract)
        scalar = _compiled(subject, plan).program
        yield from _simulation(subject, scalar, "scalar ", repeat)
        yield "late repack", _least(lambda: _repack(scalar), 1) - _REPACK_LIMIT


def _run_python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def _compile_endless() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "endless.py"
        file.write_text(_ENDLESS)
        _compile_in_vain(f"{file}:endless")


def _compile_largest(kernel: Kernel) -> None:
    largest = [f"{name}={each.highest}" for name, each in kernel.parameters.items()]
    _compile_in_vain(kernel.name, *(word for each in largest for word in ("-p", each)))


def _compile_in_vain(*arguments: str) -> None:
    """`compile` of what takes longer than its time limit. Raises CalledProcessError unless it ends
    with the exit code for that."""
    command = [sys.executable, "-m", "slotweave", "compile", *arguments,
               "--time-limit", str(_LIMIT)]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode != Exit.NO_SCHEDULE:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)


def _repack(program: Program) -> None:
    """`repack` until its time limit. Raises CalledProcessError unless it ends well, or with the
    exit code for want of time."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scalar.json"
        file.write_text(program_to_json(program))
        command = [sys.executable, "-m", "slotweave", "repack", str(file), "--quiet",
                   "--time-limit", str(_REPACK_LIMIT)]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode not in (Exit.DONE, Exit.NO_SCHEDULE):
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)


def _compiled(subject: Job, plan: Plan) -> Compiled:
    return compile_job(replace(subject, plan=plan, instances=1))


def _simulation(
    subject: Job, program: Program, prefix: str, repeat: int
) -> Iterator[tuple[str, float]]:
    encoded = encode(program, subject.machine)
    memory = subject.kernel.memory(
        subject.parameters, subject.contract, np.random.default_rng([0, 0])
    )
    run_compiled(encoded, memory)  # loads the compiled loop
    yield f"{prefix}encode", _least(lambda: encode(program, subject.machine), min(repeat, 3))
    yield f"{prefix}simulate", _least(lambda: run_compiled(encoded, memory), repeat)


def _verify(subject: Job, program: Program) -> None:
    verify_program(replace(subject, instances=INPUTS, seed=0), program)


def _least(work: Callable[[], object], repeat: int) -> float:
    """The least seconds of `repeat` times `work`."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)
