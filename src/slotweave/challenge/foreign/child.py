"""The script that runs a Python file with the challenge's interface and says what it built.

It runs in an interpreter of its own and needs the standard library alone. Its argument is the task,
a JSON object; its answer is a JSON object on the descriptor that ANSWER_VARIABLE of `confined`
names: `program`, `names` and `contract`, or `error`, `line` and `out_of_memory`.
"""

from __future__ import annotations

import ctypes
import importlib.util
import inspect
import json
import operator
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

#: Address space that only the answer may use, for what runs out of memory.
_RESERVE = 1 << 28

_REASON = 500


class UnusableError(Exception):
    """The file has not the challenge's interface; says why."""


def main() -> None:
    """Run the task and answer; threads and exit handlers of the file are not waited for."""
    task = json.loads(sys.argv[1])
    answer_to = int(os.environ["SLOTWEAVE_ANSWER"])
    os.set_inheritable(answer_to, False)
    end_with_parent()
    watched_over(answer_to)
    memory = task["memory_bytes"]
    memory = limit(resource.RLIMIT_AS, memory, memory + _RESERVE)
    limit(resource.RLIMIT_CPU, task["cpu_seconds"], task["cpu_seconds"] + 1)
    limit(resource.RLIMIT_CORE, 0, 0)
    file = task["file"]
    sys.argv = [file]
    sys.path[:0] = [str(Path(file).parent), task["stand_in"]]
    sys.path.append(task["slotweave"])
    try:
        answer = json.dumps(built(file, task["arguments"]))
    except BaseException as error:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        answer = json.dumps(failure(error, file, memory))
    with open(answer_to, "w", encoding="utf-8") as stream:
        stream.write(answer)
    os._exit(0)


def limit(what: int, soft: int, hard: int) -> int:
    """Limit a resource, to what was inherited where that is less; the soft limit that holds.

    Between the two stays as much room as was asked for, as far as there is any.
    """
    _, inherited = resource.getrlimit(what)
    if inherited != resource.RLIM_INFINITY and inherited < hard:
        soft, hard = max(min(soft, inherited - (hard - soft)), inherited // 2), inherited
    resource.setrlimit(what, (soft, hard))
    return soft


def watched_over(answer_to: int) -> None:
    """Go on in a process of its own; this one waits for it, ends what it left, and ends as it did.

    Where the system can (prctl of Linux), whatever it starts stays below this process, also what
    has left its group, cleared its environment, or lost its parent.
    """
    if sys.platform == "linux":
        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)
    worker = os.fork()
    if worker == 0:
        end_with_parent()
        return
    os.close(answer_to)
    _, status = os.waitpid(worker, 0)
    end_descendants(os.getpid())
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError):  # of SIGKILL nobody can say what it does
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(max(code, 0))


def end_descendants(root: int) -> None:
    """Kill what is below process `root`, again until nothing is found; nothing without /proc."""
    for _ in range(100):
        below = descendants(root)
        if not below:
            return
        for pid in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.01)


def descendants(root: int) -> list[int]:
    """The processes below `root` that have not ended."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found, look = [], [root]
    while look:
        below = children.get(look.pop(), [])
        found += below
        look += below
    return found


def end_with_parent() -> None:
    """Where the system can (prctl of Linux), be killed when the parent is gone, however it went."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def built(file: str, arguments: Mapping[str, int]) -> dict[str, Any]:
    """What the file's KernelBuilder makes of the arguments, as JSON can say it."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    make = getattr(module, "KernelBuilder", None)
    if make is None:
        raise UnusableError("has no KernelBuilder; a kernel of your own is named FILE.py:function")
    builder = made_by(make)
    build = getattr(builder, "build_kernel", None)
    if not callable(build):
        raise UnusableError("its KernelBuilder has no function build_kernel")
    returned = call_with(build, arguments)
    program = bundles_in(builder, returned)
    debug_info = builder.debug_info() if hasattr(builder, "debug_info") else None
    return {
        "program": program,
        "names": names_of(getattr(debug_info, "scratch_map", None)),
        "contract": contract
        if isinstance(contract := getattr(module, "CONTRACT", ""), str)
        else "",
    }


def made_by(make: Any) -> Any:
    """A KernelBuilder, made as the judge does."""
    if not callable(make):
        raise UnusableError(f"its KernelBuilder is not a class, but of type {type(make).__name__}")
    try:
        inspect.signature(make).bind()
    except TypeError as error:
        reason = f"its KernelBuilder cannot be made without arguments: {error}"
        raise UnusableError(reason) from None
    except ValueError:  # there is no telling
        pass
    return make()


def bundles_in(builder: Any, returned: Any) -> list[Any]:
    """The program that the builder holds after build_kernel, which has `returned` something."""
    hint = ", and not only return it" if isinstance(returned, list | tuple) else ""
    left = f"its build_kernel must leave the program in self.instrs{hint}"
    if not hasattr(builder, "instrs"):
        raise UnusableError(f"its KernelBuilder has no list `instrs`: {left}")
    try:
        bundles = iter(builder.instrs)
    except TypeError:
        kind = type(builder.instrs).__name__
        raise UnusableError(f"its `instrs` is not a list, but of type {kind}: {left}") from None
    program = [bundle_of(bundle) for bundle in bundles]
    if not program:
        raise UnusableError(f"its build_kernel made no bundle: {left}")
    return program


def call_with(function: Callable[..., Any], arguments: Mapping[str, int]) -> Any:
    """Call it by position, as the judge does; by name if it only takes these arguments by name."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return function(*arguments.values())
    try:
        signature.bind(*arguments.values())
    except TypeError:
        parameters = signature.parameters.values()
        anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        given = {k: v for k, v in arguments.items() if anything or k in signature.parameters}
        try:
            signature.bind(**given)
        except TypeError as error:
            expected = ", ".join(arguments)
            reason = f"its build_kernel{signature} does not take {expected}: {error}"
            raise UnusableError(reason) from None
        return function(**given)
    return function(*arguments.values())


def bundle_of(bundle: Any) -> Any:
    """A bundle with integers of any type as integers; what is none goes on as it is."""
    if not isinstance(bundle, Mapping):
        return plain(bundle)
    return {str(engine): plain(slots) for engine, slots in bundle.items()}


def plain(value: Any) -> Any:
    """`value` with integers of any type as integers, and what JSON cannot say as its text."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, float):
        return value
    try:
        return int(operator.index(value))
    except TypeError:
        return repr(value)


def names_of(scratch_map: Any) -> dict[str, list[Any]]:
    """The names of scratch words; entries that are no names are left out, they change nothing."""
    names = {}
    for address, name in scratch_map.items() if isinstance(scratch_map, Mapping) else ():
        match name:
            case [str(text), int(words)] if isinstance(address, int) and address >= 0:
                names[str(int(address))] = [str(text), int(words)]
    return names


def failure(error: BaseException, file: str, memory: int) -> dict[str, Any]:
    """Why the file came to no program, and on which line of it."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    line = lines[-1] if lines else None
    out_of_memory = isinstance(error, MemoryError)
    if out_of_memory:
        reason = f"needs more than {memory >> 20} MiB of memory"
    elif isinstance(error, UnusableError):
        reason = str(error)
    elif isinstance(error, ModuleNotFoundError) and error.name:
        reason = f"needs the module {error.name!r}, which is neither beside it nor "
        reason += f"installed for {sys.executable}; where another Python has it, name its folder: "
        reason += "PYTHONPATH=FOLDER slotweave ..."
    elif isinstance(error, SystemExit):
        reason = f"ended its interpreter (SystemExit: {error.code!r}) before it had built a program"
    elif isinstance(error, SyntaxError) and error.filename == file:
        line, reason = error.lineno, f"SyntaxError: {error.msg}"
    else:
        reason = f"{type(error).__name__}: {said_by(error)}"
    return {"error": " ".join(reason.split())[:_REASON], "line": line,
            "out_of_memory": out_of_memory}  # fmt: skip


def said_by(error: BaseException) -> str:
    """The message of an exception, whose class may be foreign code, too."""
    try:
        return str(error)
    except BaseException:
        return "(its message cannot be had)"


if __name__ == "__main__":
    main()
