"""Plans as JSON; `plan_from_json(plan_to_json(plan)) == plan`.

That holds for plans whose choices and origin are made of strings, numbers, booleans, None, tuples
and mappings with string keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from slotweave.ir.plan import MAX_PASSES, MAX_STEPS, METHODS, MODES, ORDERS, Plan, ScheduleOptions
from slotweave.ir.text.file_kind import PLAN
from slotweave.ir.text.json_value import Key, json_text, parse_json
from slotweave.ir.text.program_values import excerpt, frozen_value

PLAN_SCHEMA_VERSION = 1
#: More items than this in a window, or windows or stages at once, are as good as all.
MAX_TOGETHER = 2**20

#: What `due` may be.
_NUMBERS = re.compile(r"([0-9]{1,10}( [0-9]{1,10})*)?", re.ASCII)

_KEYS = ("schema_version", "name", "kernel", "rewrite", "schedule", "choices", "origin", "of")
_SCHEDULE_KEYS = tuple(field.name for field in fields(ScheduleOptions))


def plan_to_json(plan: Plan, indent: int | None = 2) -> str:
    """`plan` as JSON text, in one line if there is no `indent`."""
    return json_text(
        {
            "schema_version": PLAN_SCHEMA_VERSION,
            "name": plan.name,
            "kernel": plan.kernel,
            "rewrite": plan.rewrite,
            "schedule": _options(plan.schedule),
            "choices": plan.choices,
            "origin": plan.origin,
            **({"of": plan.of} if plan.of else {}),
        },
        indent,
    )


def plan_from_json(text: str, file: str = "") -> Plan:
    """The plan that `text` says. Raises InputError (SW209) naming the key.

    Only `name` and `kernel` are required. What the choices mean is the kernel's business.
    """
    root = Key("", "SW209", file)
    table = root.record(parse_json(text, root, PLAN), _KEYS)
    for key in ("name", "kernel"):
        if key not in table:
            (root / key).fail("is missing")
    version = root / "schema_version"
    version.integer(table.get("schema_version", 1), 1, PLAN_SCHEMA_VERSION)
    return Plan(
        name=(root / "name").name(table["name"]),
        kernel=(root / "kernel").name(table["kernel"]),
        rewrite=(root / "rewrite").boolean(table.get("rewrite", True)),
        schedule=_schedule(table.get("schedule", {}), root / "schedule"),
        choices=MappingProxyType((root / "choices").mapping(table.get("choices", {}))),
        origin=MappingProxyType((root / "origin").mapping(table.get("origin", {}))),
        of=(root / "of").name(table.get("of", "")),
    )


def schedule_with(schedule: ScheduleOptions, changed: Mapping[str, Any]) -> ScheduleOptions:
    """`schedule` with what `changed` says instead. Raises InputError (SW209) naming the key."""
    given = {name: frozen_value(value) for name, value in changed.items()}
    return _schedule({**_options(schedule), **given}, Key("", "SW209", ""))


def _options(schedule: ScheduleOptions) -> dict[str, Any]:
    """By name; `asdict` would copy every offset and step."""
    return {name: getattr(schedule, name) for name in _SCHEDULE_KEYS}


def _schedule(value: Any, at: Key) -> ScheduleOptions:
    table: Mapping[str, Any] = at.record(value, _SCHEDULE_KEYS)
    default = ScheduleOptions()
    method = _one_of(table.get("method", default.method), METHODS, at / "method")
    noise = (at / "noise").number(table.get("noise", default.noise))
    if noise < 0:
        (at / "noise").fail("must not be negative")
    offsets = (at / "offsets").elements(table.get("offsets", default.offsets))
    steps = list((at / "steps").elements(table.get("steps", default.steps)))
    if len(steps) > MAX_STEPS:
        (at / "steps").fail(f"must have at most {MAX_STEPS:,} elements")
    return ScheduleOptions(
        method=method,
        stagger=(at / "stagger").number(table.get("stagger", default.stagger)),
        offsets=tuple(place.number(element) for place, element in offsets),
        seed=(at / "seed").integer(table.get("seed", default.seed), 0, 2**63 - 1),
        noise=noise,
        passes=(at / "passes").integer(table.get("passes", default.passes), 0, MAX_PASSES),
        steps=tuple(place.integer(element, 0, 2**63 - 1) for place, element in steps),
        due=_due(table.get("due", default.due), at / "due"),
        order=_one_of(table.get("order", default.order), ORDERS, at / "order"),
        modes=_one_of(table.get("modes", default.modes), MODES, at / "modes"),
        stages_open=_count(table, "stages_open", at, 0),
        window=_count(table, "window", at, 1),
        windows_open=_count(table, "windows_open", at, 0),
        spill=(at / "spill").boolean(table.get("spill", default.spill)),
        pipeline=(at / "pipeline").boolean(table.get("pipeline", default.pipeline)),
        outright=_count(table, "outright", at, 0),
        derived=_count(table, "derived", at, 0),
        zeros=(at / "zeros").boolean(table.get("zeros", default.zeros)),
    )


def _due(value: Any, at: Key) -> str:
    text = at.string(value)
    if not _NUMBERS.fullmatch(text):
        at.fail("must be whole numbers from 0, of at most ten digits, with single spaces between")
    return text


def _count(table: Mapping[str, Any], key: str, at: Key, lowest: int) -> int:
    return (at / key).integer(table.get(key, lowest), lowest, MAX_TOGETHER)


def _one_of(value: Any, allowed: tuple[str, ...], at: Key) -> str:
    text = at.string(value)
    if text not in allowed:
        at.fail(f"must be one of {', '.join(allowed)}, not {excerpt(text)}")
    return text
