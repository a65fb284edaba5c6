"""The debugger, driven by its own pilot: a fault that was planted in a program is found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from slotweave.cli.debugger import Debugger
from slotweave.ir.program import Program, SourceLines
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.simulate import stepping
from slotweave.simulate.stepping import Stepper
from slotweave.views.stepping_text import listing_text, memory_text
from support.command_line import assert_refused, slotweave

#: Doubles four words, but for the third: its address is one too high.
PLANTED = Program(
    "challenge",
    (
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("load", 8, 0), ("load", 9, 1))},
        {"alu": (("+", 8, 8, 8), ("+", 9, 9, 9)), "load": (("const", 2, 3),)},
        {"store": (("store", 0, 8), ("store", 1, 9)), "load": (("load", 10, 2),)},
        {"alu": (("+", 10, 10, 10),)},
        {"store": (("store", 2, 10),)},
        {"flow": (("halt",),)},
    ),
    names={0: ("first", 1), 2: ("third", 1), 8: ("word", 4)},
)

Script = Callable[[Debugger, Pilot[None]], Awaitable[None]]


def driven(script: Script) -> None:
    async def drive() -> None:
        app = Debugger(PLANTED, Stepper(PLANTED, CHALLENGE, [5, 6, 7, 8]), "planted")
        async with app.run_test(size=(160, 50)) as pilot:
            await script(app, pilot)

    asyncio.run(drive())


async def command(app: Debugger, pilot: Pilot[None], text: str) -> None:
    await pilot.press("colon")
    app.query_one("#line", Input).value = text
    await pilot.press("enter", "escape")


def shown(app: Debugger, name: str) -> str:
    return str(app.query_one(f"#{name}", Static).render())


def test_the_planted_fault_is_found_by_watching_and_going_back() -> None:
    async def script(app: Debugger, pilot: Pilot[None]) -> None:
        await command(app, pilot, "break memory 3")
        await pilot.press("c")
        assert app.said == "stopped at memory 3"
        assert app.stepper.memory == [10, 12, 7, 16], "word 3 was doubled instead of word 2"
        assert "memory 3 = 16" in shown(app, "did")
        await command(app, pilot, "delete 0")
        await command(app, pilot, "break scratch third")
        await pilot.press("r")
        assert app.said == "stopped at scratch 2"
        assert app.stepper.bundle == 3
        await command(app, pilot, "watch third")
        assert shown(app, "words").splitlines()[0].split() == ["2", "third", "3", "0x00000003"]

    driven(script)


def test_keys_step_forward_and_back() -> None:
    async def script(app: Debugger, pilot: Pilot[None]) -> None:
        await pilot.press("s", "s", "right")
        assert app.stepper.cycle == 3
        assert "word[0]" in shown(app, "words")
        await pilot.press("b", "left")
        assert app.stepper.cycle == 1
        assert ">     1" in shown(app, "listing")
        await pilot.press("c")
        assert app.said == "stopped at the end"
        await pilot.press("s")
        assert app.said == "stopped at the end"
        await pilot.press("r")
        assert app.said == "stopped at the beginning"

    driven(script)


def test_the_next_bundle_has_a_line_for_each_slot_with_the_kernels_line() -> None:
    lines = SourceLines(("walk.py:7",), (-1, 0, *[-1] * (PLANTED.slots - 2)), ("a = x[1]  # <b>",))
    stepper = Stepper(PLANTED, CHALLENGE, [5, 6, 7, 8])
    listed = listing_text(replace(PLANTED, lines=lines), stepper, 3).plain.splitlines()
    assert listed[0].split() == [">", "0", "load", "const", "0", "0"]
    assert listed[1].strip() == "load const 1 1  walk.py:7  a = x[1]  # <b>"
    assert listed[2].split(maxsplit=1) == ["1", "load load 8 0 | load load 9 1"]
    stepper.forward()
    assert "walk.py" not in listing_text(PLANTED, stepper, 3).plain


def test_mistakes_in_commands_are_said() -> None:
    async def script(app: Debugger, pilot: Pilot[None]) -> None:
        for text, said in (
            ("break nonsense", "is no breakpoint"), ("go x", "is no number"),
            ("fly", "is no command"), ("delete 0", "is no number"), ("watch 9999", "no number"),
        ):  # fmt: skip
            await command(app, pilot, text)
            assert said in app.said
        await command(app, pilot, "go 4")
        assert app.stepper.cycle == 4
        await command(app, pilot, "go 1")
        assert app.stepper.cycle == 1
        await command(app, pilot, "memory 2")
        assert "0" in shown(app, "held")

    driven(script)


def test_the_command_wants_a_terminal_and_no_result(tmp_path: Path) -> None:
    file = tmp_path / "planted.json"
    file.write_text(program_to_json(PLANTED))
    assert_refused(slotweave("run", file, "--debug"), "SW212", "terminal")
    assert_refused(slotweave("run", file, "--debug", "--json"), "SW212", "leave out")


def test_a_line_of_memory_has_as_many_words_as_fit() -> None:
    stepper = Stepper(PLANTED, CHALLENGE, list(range(20)))
    for width, words in ((8, 1), (31, 2), (52, 2), (53, 4), (96, 4), (97, 8), (400, 8)):
        first, *others = memory_text(stepper, 9, 3, width).plain.splitlines()
        begin = 9 - 9 % words
        assert first.split() == [str(at) for at in (begin, *range(begin, begin + words))]
        assert len(others) <= 2


def test_a_breakpoint_that_is_never_met_is_refused() -> None:
    async def script(app: Debugger, pilot: Pilot[None]) -> None:
        for text in ("memory 4", "scratch 99999", "bundle 7", "cycle -1"):
            await command(app, pilot, f"break {text}")
            assert app.breakpoints == [], text
        await command(app, pilot, "delete 0")
        assert "no number of any there is" in shown(app, "status")
        await command(app, pilot, "break memory 3")
        assert "breakpoints: 0: memory 3" in shown(app, "status")

    driven(script)


ENDLESS = Program(
    "challenge",
    ({"load": (("const", 0, 0),)}, {"alu": (("+", 0, 0, 0),)}, {"flow": (("jump", 1),)}),
)


def test_an_endless_run_stops_at_the_limit_or_by_a_key() -> None:
    async def drive() -> None:
        app = Debugger(ENDLESS, Stepper(ENDLESS, CHALLENGE, [], max_cycles=100), "endless")
        async with app.run_test(size=(160, 50)) as pilot:
            await pilot.press("c")
            assert "the limit of 100 cycles" in shown(app, "status")
            await pilot.press("s")
            assert app.stepper.cycle == 100
        app = Debugger(ENDLESS, Stepper(ENDLESS, CHALLENGE, []), "endless")
        async with app.run_test(size=(160, 50)) as pilot:
            await pilot.press("c")
            await pilot.press("escape")
            assert "stopped by Esc" in shown(app, "status")
            reached = app.stepper.cycle
            await pilot.pause()
            assert app.stepper.cycle == reached > 0
            await command(app, pilot, f"go {2**40}")
            await pilot.press("escape")
            assert reached < app.stepper.cycle < 2**40

    asyncio.run(drive())


def test_what_is_kept_of_a_run_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "MOST_STEPS", 50)
    stepper = Stepper(ENDLESS, CHALLENGE, [])
    assert stepper.run_to() == "the limit of 50 bundles, which is as far as steps are kept"
    assert stepper.at == 50
    assert stepper.back()
