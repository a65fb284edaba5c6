"""The page of machine files: each key that the parser accepts is there, and does what it says."""

from __future__ import annotations

import tomllib

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.isa import FORMS, Shape
from slotweave.machine import Machine, Mode, machine_from_toml, machine_to_toml
from slotweave.machine.keys import ENGINE, KEYS, OPERATION, MachineKey
from support.reference.machines import ENGINES, example, page


def without(key: MachineKey) -> str:
    """The example less the line of `key`."""
    lines = example().splitlines()
    start = lines.index(f"[{key.table}]") if key.table else 0
    names = {ENGINE: ENGINES.get(key.table, ""), OPERATION: "xor"}
    name = ".".join(names.get(part, part) for part in (key.path[1:] if key.table else key.path))
    line = next(i for i in range(start, len(lines)) if lines[i].startswith(f"{name} = "))
    return "\n".join(lines[:line] + lines[line + 1 :])


def test_the_example_is_a_machine_with_every_key() -> None:
    machine = machine_from_toml(example())
    assert machine.slots == {"alu": 2, "mem": 1}
    assert Mode("xor", Shape.VECTOR, "alu", per_lane=True, latency=3) in machine.modes
    table = tomllib.loads(example())
    assert set(table) == {key.path[0] for key in KEYS}
    assert tomllib.loads(machine_to_toml(machine)) == table


def slow_xor(machine: Machine) -> int:
    return max(mode.latency for mode in machine.modes if mode.operation == "xor")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ".".join(key.path))
def test_a_key_that_is_left_out_means_what_the_page_says(key: MachineKey) -> None:
    if key.default is None:
        with pytest.raises(InputError, match="SW205"):
            machine_from_toml(without(key))
        return
    if key.table in ("word", "per_lane", "vector"):
        assert key.default == "no operations"
        assert not tomllib.loads(without(key))[key.table]
        return
    assert slow_xor(machine_from_toml(without(key))) == int(key.default)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ".".join(key.path))
def test_a_value_of_another_type_is_refused(key: MachineKey) -> None:
    wrong = '"one"' if key.kind is not str else "1"
    text = without(key) + "\n"
    table = f"[{key.table}]\n" if key.table else ""
    names = {ENGINE: ENGINES.get(key.table, ""), OPERATION: "xor"}
    name = ".".join(names.get(part, part) for part in (key.path[1:] if key.table else key.path))
    if table:
        text = text.replace(table, f"{table}{name} = {wrong}\n")
    else:
        text = f"{name} = {wrong}\n{text}"
    with pytest.raises(InputError, match=f"'{name.split('.')[-1]}' must be"):
        machine_from_toml(text)


def test_each_other_key_is_refused() -> None:
    with pytest.raises(InputError, match="unknown key 'cache'"):
        machine_from_toml(f"cache = 1\n{example()}")


def test_every_operation_that_a_list_can_hold_is_on_the_page() -> None:
    assert FORMS
    for form in FORMS:
        assert f"| `{form.operation}` |" in page()
        assert f"`{form.mnemonic}".replace("|", "\\|") in page()
