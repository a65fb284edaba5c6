"""What is registered: that which comes with Slotweave, then the entry points of other packages.

Three groups of entry points. `slotweave.kernels`: a Kernel, a function that the decorator `kernel`
was put on, several of these, or an `Extension`, which is to be called EXTENSION.
`slotweave.machines`: a Machine, the text of a TOML description, or several of these. A package that
cannot be loaded is left out, and named by `broken`. `slotweave.commands`: a function that adds the
command that the entry point is called to the `typer.Typer` that it is given; it is loaded when the
command is run, or when all are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, TypeVar, cast

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions.extension import Extension

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.machine import Machine

Found = TypeVar("Found")

KERNELS, MACHINES = "slotweave.kernels", "slotweave.machines"
COMMANDS = "slotweave.commands"

#: What comes with Slotweave, in the form that entry points have.
_OURS = {
    KERNELS: {
        "challenge": "slotweave.challenge.extension:EXTENSION",
        "library": "slotweave.kernels:LIBRARY",
    },
    COMMANDS: {"ladder": "slotweave.challenge_cli.ladder:add_to"},
}
_EXTENSION = "EXTENSION"


@dataclass(frozen=True)
class _Loaded:
    """What the entry points of a group hold, by how each is called; and why others hold nothing."""

    found: Mapping[str, object]
    broken: tuple[str, ...]


def extensions() -> tuple[Extension, ...]:
    """All extensions, ours first."""
    found = _loaded(KERNELS, True).found.values()
    return tuple(each for each in found if isinstance(each, Extension))


@cache
def kernels() -> Mapping[str, Kernel]:
    """All kernels by name, those of the first extension first.

    Raises InputError (SW225) if two packages bring kernels of one name.
    """
    named = ((source, kernel.name, kernel) for source, kernel in _kernels())
    return _by_name("kernel", named)


@cache
def machines() -> Mapping[str, Machine]:
    """All machines by name, ours first. Raises InputError (SW225) as `kernels` does."""
    from slotweave.machine import BUILTIN

    ours = (("slotweave", name, machine) for name, machine in BUILTIN.items())
    others = ((source, machine.name, machine) for source, machine in _machines())
    return _by_name("machine", [*ours, *others])


@cache
def commands() -> tuple[str, ...]:
    """The names of the commands that are registered, ours first; none of them is loaded."""
    return tuple(dict.fromkeys(point.name for _source, point in _points(COMMANDS)))


def command_adder(name: str) -> Callable[..., object]:
    """What adds the registered command `name` to an application.

    Raises InputError: SW225 if two packages bring one of that name, SW212 if it cannot be loaded.
    """
    rows = ((source, point.name, point) for source, point in _points(COMMANDS))
    point = _by_name("command", [row for row in rows if row[1] == name])[name]
    try:
        found = point.load()
    except Exception as error:
        reason = f"the command {name} cannot be loaded from {point.value}: {_said(error)}"
        raise InputError(Diagnostic("SW212", f"{reason}; uninstall or mend its package")) from error
    return cast("Callable[..., object]", found)


def broken() -> tuple[str, ...]:
    """What is registered and cannot be used, with the reason."""
    return (*_loaded(KERNELS, False).broken, *_loaded(MACHINES, False).broken)


def _by_name(what: str, named: Iterable[tuple[str, str, Found]]) -> Mapping[str, Found]:
    found: dict[str, Found] = {}
    sources: dict[str, str] = {}
    for source, name, each in named:
        if name in found:
            reason = f"two packages bring a {what} called {name!r}: {sources[name]} and {source}"
            raise InputError(Diagnostic("SW225", f"{reason}; uninstall one of them"))
        found[name], sources[name] = each, source
    return found


def _kernels() -> Iterator[tuple[str, Kernel]]:
    for source, given in _loaded(KERNELS, False).found.items():
        for kernel in given.kernels() if isinstance(given, Extension) else _several(given):
            yield source, cast("Kernel", kernel)


def _machines() -> Iterator[tuple[str, Machine]]:
    for source, given in _loaded(MACHINES, False).found.items():
        for machine in _several(given):
            yield source, cast("Machine", machine)


@cache
def _loaded(group: str, light: bool) -> _Loaded:
    """What the entry points of `group` hold; if `light`, only those that are extensions."""
    found: dict[str, object] = {}
    broken: list[str] = []
    for source, point in _points(group):
        if light and point.attr != _EXTENSION:
            continue
        try:
            given = _checked(group, point.load())
        except Exception as error:
            broken.append(f"{source}: {point.value} cannot be used: {_said(error)}")
        else:
            found[source] = given
    return _Loaded(found, tuple(broken))


def _points(group: str) -> Iterator[tuple[str, EntryPoint]]:
    """How each is called, and the entry point; ours once, whether they are installed or not."""
    ours = _OURS.get(group, {})
    for name, value in ours.items():
        yield f"slotweave ({name})", EntryPoint(name, value, group)
    for point in entry_points(group=group):
        if point.value not in ours.values():
            whose = point.dist.name if point.dist else "?"
            yield f"{whose} ({point.name})", point


def _checked(group: str, given: object) -> object:
    """`given`, machines read from their text; raises TypeError for what does not belong there."""
    if group == MACHINES:
        return tuple(_machine(each) for each in _several(given))
    if isinstance(given, Extension):
        return given
    return tuple(_kernel(each) for each in _several(given))


def _kernel(given: object) -> Kernel:
    """`given`, or the kernel of a function that the decorator `kernel` was put on."""
    from slotweave.frontend.kernel import Kernel
    from slotweave.frontend.kernel_function import KernelFunction
    from slotweave.frontend.load import kernel_of_function

    if isinstance(given, KernelFunction):
        return kernel_of_function(given, given.name)
    if not isinstance(given, Kernel):
        raise TypeError(f"a kernel or an extension is wanted, not {type(given).__name__}")
    return given


def _machine(given: object) -> Machine:
    from slotweave.machine import Machine, machine_from_toml

    if isinstance(given, str):
        return machine_from_toml(given, file="entry point")
    if not isinstance(given, Machine):
        raise TypeError(f"a machine or the text of one is wanted, not {type(given).__name__}")
    return given


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _several(given: object) -> tuple[object, ...]:
    return tuple(given) if isinstance(given, list | tuple) else (given,)
