"""The verb that makes a program shorter."""

from __future__ import annotations

from collections.abc import Callable

from slotweave.arguments import function_of, limits_of, seed_of
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.extensions import kernels
from slotweave.names import (
    AnyFacts,
    AnyMachine,
    AnyProgram,
    effort_named,
    facts_name,
    facts_of,
    machine_of,
    program_of,
)
from slotweave.results.shortened import Repacked
from slotweave.results.shown import shown_as


def repack(
    program: AnyProgram,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    vectorize: bool | None = None,
    rewrite: bool = True,
    effort: str = "default",
    seed: int = 0,
    time_limit: float | None = None,
    evaluations: int | None = None,
    grace: float | None = None,
    watch: Callable[[str, int, int], None] = lambda _what, _cycles, _evaluations: None,
) -> Repacked:
    """Turn `program` into a shorter one that is proved to do the same under `facts`.

    It is never longer than what was given. What it claims of its origin is what the facts of the
    proof support. `vectorize` None tries both; without `rewrite` operations are only placed again.
    `watch` is told what is done ("" for one more evaluation), the fewest cycles so far, and how
    many evaluations were made. What is under way `grace` seconds after the limit is abandoned.

    Raises InputError (SW219) for a program that cannot be lifted, CheckFailed (SW404) where the
    facts are not those of the program.

    >>> slow = sw.compile("dot", n=16, plan="unrolled").program
    >>> sw.repack(slow, evaluations=2).cycles <= len(slow.bundles)
    True
    """
    from slotweave.anatomy.given_words import given_words
    from slotweave.repacking import RepackOptions, origin_of
    from slotweave.repacking import repack as repacked
    from slotweave.repacking.deadline import abandoning

    if vectorize and not rewrite:
        reason = "vectorizing changes operations, and without rewriting operations are kept"
        raise InputError(Diagnostic("SW212", reason))
    held, seed = program_of(program), seed_of(seed)
    options = RepackOptions(rewrite=rewrite, vectorize=vectorize, effort=effort_named(effort),
                            seed=seed)  # fmt: skip
    limits = limits_of(evaluations, time_limit, grace)
    target, known = machine_of(held, machine), facts_of(facts, held)
    tell, origin = function_of("watch", watch), origin_of(held, kernels())
    with abandoning(limits, "the program was still being looked at"):
        words = given_words(held, target, known)
    made = repacked(held, target, known, options, tell, limits, origin)
    return shown_as(
        Repacked, made, seed=seed, facts_name=facts_name(facts), words=words, rewrote=rewrite
    )
