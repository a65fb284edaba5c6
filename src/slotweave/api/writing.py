"""Verbs that write: a program in another form, what one pass makes, a page with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slotweave.arguments import name_in, path_of, text_of
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.files import read_text
from slotweave.names import (
    AnyFacts,
    AnyMachine,
    AnyPath,
    AnyProgram,
    facts_name,
    facts_of,
    machine_named,
    machine_of,
    program_of,
    write_text,
)
from slotweave.results.written import Exported, OnPage, Page, PassText

if TYPE_CHECKING:
    from slotweave.driver.pass_text import TextPass
    from slotweave.views.page import Reported


def export(program: AnyProgram, form: str) -> Exported:
    """`program` in another form: json, text, perfetto, perfetto-protobuf, or one of an extension's.

    >>> sw.export(sw.compile("saxpy", n=16), "text").content.splitlines()[0]
    'slotweave program 1'
    """
    from slotweave.views.forms import program_forms

    held, known = program_of(program), program_forms()
    chosen = known[name_in(form, "form", known)]
    return Exported(chosen.name, held.machine, len(held.bundles), chosen.write(held))


def run_pass(
    name: str, text: AnyPath, *, machine: AnyMachine = "challenge", called: str = ""
) -> PassText:
    """One pass of the compiler on the text of a graph or a problem, or on a file with one.

    `rewrite` and `lower` take a graph, `schedule` and `bound` a problem. The first two do what
    compiling a kernel of this one block by the usual schedule options does. Errors name the text as
    it is `called`.

    >>> texts = {}
    >>> _ = sw.compile("saxpy", n=8, print_after={"trace": lambda text: texts.update(graph=text)})
    >>> sw.run_pass("rewrite", texts["graph"])
    <rewrite for challenge: 13 lines>
    """
    chosen = text_pass(name)
    given, target = path_of(text, "a graph or a problem"), machine_named(machine)
    name_of_text = text_of("called", called) if called != "" else ""
    held, file = (given, name_of_text) if "\n" in given else (read_text(given, "SW213"), given)
    return PassText(name, target.name, chosen.run(held, file, target))


def text_pass(name: str) -> TextPass:
    """The pass called `name` that runs on a text. Raises InputError (SW212) if none does."""
    from slotweave.driver.pass_text import TEXT_PASSES

    if not isinstance(name, str) or name not in TEXT_PASSES:
        takes = ", ".join(f"{known} (of a {one.reads})" for known, one in TEXT_PASSES.items())
        raise InputError(Diagnostic("SW212", f"no pass {name!r} runs on a text; these do: {takes}"))
    return TEXT_PASSES[name]


def report(
    program: AnyProgram,
    other: AnyProgram | None = None,
    facts: AnyFacts = None,
    *,
    path: AnyPath | None = None,
    svg: AnyPath | None = None,
    machine: AnyMachine | None = None,
) -> Page:
    """The page with the picture of a program, or of two; written to `path` if it is given.

    Its pictures alone are drawn to the file `svg`, if that is given.

    >>> sw.report(sw.compile("saxpy", n=16).program).text.startswith("<!doctype html>")
    True
    """
    from slotweave.views.page import Reported

    held = [program_of(each) for each in (program, other) if each is not None]
    known = [facts_of(facts, each) for each in held]
    names = [facts_name(facts)] * len(held)
    told = [Reported(str(each.meta.get("kernel", "program")), each, machine_of(each, machine),
                     its, assumed=name)
            for each, its, name in zip(held, known, names, strict=True)]  # fmt: skip
    found = page_of(told, names)
    if path is not None:
        write_text(path, found.text)
    if svg is not None:
        write_text(svg, pictures_of(told, names).text)
    return found


def page_of(
    told: Sequence[Reported], facts: Sequence[str], span: tuple[int, int] | None = None
) -> Page:
    """The page of one program or two, under facts that are called so; of the cycles of `span`."""
    from slotweave.views.page import report as drawn

    text = drawn(told[0], told[1] if len(told) > 1 else None, span)
    return Page("page", _on_page(told, facts), text)


def pictures_of(
    told: Sequence[Reported],
    facts: Sequence[str],
    span: tuple[int, int] | None = None,
    wanted: Sequence[str] | None = None,
) -> Page:
    """The pictures of the page, those `wanted` or all, as SVG."""
    from slotweave.views.page import report_svg
    from slotweave.views.svg.program_svg import PICTURES

    for name in wanted or ():
        name_in(name, "picture called", PICTURES)
    return Page("svg", _on_page(told, facts), report_svg(told, span, wanted or PICTURES))


def _on_page(told: Sequence[Reported], facts: Sequence[str]) -> tuple[OnPage, ...]:
    return tuple(
        OnPage(one.name, one.machine.name, len(one.program.bundles), name)
        for one, name in zip(told, facts, strict=True)
    )
