"""Certificates of lower bounds: no bound is believed that its certificate does not show.

Guarantees, if no fault is returned for a problem without faults: no legal schedule of the problem
has fewer cycles than claimed. Heads and tails are computed here, from the edges alone, and all
prices are exact. Reads only Problem and Certificate; knows no bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from slotweave.analysis.topological_order import topological_order
from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.certificate import Certificate, PathCertificate, PriceCertificate
from slotweave.ir.problem import DATA, Problem


def certificate_faults(
    certificate: Certificate, cycles: int, problem: Problem
) -> Iterator[Diagnostic]:
    """Why `certificate` does not show that `problem` takes at least `cycles` cycles (SW412)."""
    if isinstance(certificate, PathCertificate):
        reasons = _path_faults(certificate, cycles, problem)
    else:
        reasons = _price_faults(certificate, cycles, problem)
    for reason in reasons:
        yield Diagnostic("SW412", reason)


def _path_faults(certificate: PathCertificate, cycles: int, problem: Problem) -> Iterator[str]:
    operation = certificate.operation
    if not -1 <= operation < problem.size:
        yield f"it names operation {operation}, and there are {problem.size}"
        return
    shown = 0
    if operation >= 0:
        slack = _slack(problem)
        must_issue = slack.behind[operation] is not None
        shown = slack.before[operation] + slack.shortest[operation] if must_issue else 0
        shown += slack.behind[operation] or 0
    if cycles > shown:
        yield f"the chain through operation {operation} takes {shown} cycles, not {cycles}"


def _price_faults(certificate: PriceCertificate, cycles: int, problem: Problem) -> Iterator[str]:
    columns = (certificate.prices, certificate.first, certificate.last)
    if any(len(column) != len(problem.engines) for column in columns):
        yield f"it does not have one entry for each of {len(problem.engines)} engines"
        return
    for name, price, first, last in zip(problem.engines, *columns, strict=True):
        if price < 0 or first < 0 or last < 0:
            yield f"a price or a window of {name} is negative"
            return
    if cycles <= 0:
        return
    paid, cost = _paid(certificate, problem), _cost(certificate, problem, cycles - 1)
    if paid <= cost:
        yield (
            f"the operations pay at least {float(paid):.2f}, for which the slots of {cycles - 1} "
            f"cycles can be had (they cost {float(cost):.2f})"
        )


def _cost(certificate: PriceCertificate, problem: Problem, cycles: int) -> Fraction:
    """What all slots in the windows cost together in a schedule of `cycles` cycles."""
    rows = zip(
        certificate.prices, certificate.first, certificate.last, problem.slots, strict=True
    )  # a window that begins after its end holds no slot
    return sum(
        (price * slots * max(0, cycles - first - last) for price, first, last, slots in rows),
        Fraction(0),
    )


def _paid(certificate: PriceCertificate, problem: Problem) -> Fraction:
    """What all operations pay at least, each in its cheapest mode."""
    slack = _slack(problem)
    offset = problem.mode_offset.tolist()
    modes = list(zip(problem.mode_engine.tolist(), problem.mode_slots.tolist(), strict=True))
    paid = Counter[tuple[tuple[int, int], ...]]()
    for op in range(problem.size):
        priced = tuple(
            (engine, slots if _inside(certificate, engine, slack, op) else 0)
            for engine, slots in modes[offset[op] : offset[op + 1]]
        )
        paid[priced] += 1
    return sum(
        (
            count * min(slots * certificate.prices[engine] for engine, slots in priced)
            for priced, count in paid.items()
        ),
        Fraction(0),
    )


def _inside(certificate: PriceCertificate, engine: int, slack: _Slack, op: int) -> bool:
    """Whether the operation issues within the window of the engine in every schedule."""
    behind = slack.behind[op]
    return (
        engine >= 0
        and slack.before[op] >= certificate.first[engine]
        and behind is not None
        and behind >= certificate.last[engine]
    )


@dataclass(frozen=True)
class _Slack:
    """By operation: cycles before its first slot, cycles it takes, cycles after its last slot.

    `behind` is None where neither the operation nor anything after it must have a slot.
    """

    before: list[int]
    shortest: list[int]
    behind: list[int | None]


def _slack(problem: Problem) -> _Slack:
    """The longest paths to and from each operation, each in its fastest mode."""
    shortest, latency, idle = _fastest_modes(problem)
    before = [0] * problem.size
    behind: list[int | None] = [None if free else 0 for free in idle]
    offset = problem.pred_offset.tolist()
    preds, kinds, lags = (
        column.tolist() for column in (problem.pred, problem.pred_kind, problem.pred_lag)
    )
    order = topological_order(problem).tolist()
    for op in order:
        for edge in range(offset[op], offset[op + 1]):
            pred = preds[edge]
            lag = latency[pred] if kinds[edge] == DATA else lags[edge]
            before[op] = max(before[op], before[pred] + shortest[pred] - 1 + lag)
    for op in reversed(order):
        rest = behind[op]
        if rest is None:
            continue
        for edge in range(offset[op], offset[op + 1]):
            pred = preds[edge]
            lag = latency[pred] if kinds[edge] == DATA else lags[edge]
            after, known = lag + shortest[op] - 1 + rest, behind[pred]
            behind[pred] = after if known is None else max(known, after)
    return _Slack(before, shortest, behind)


def _fastest_modes(problem: Problem) -> tuple[list[int], list[int], list[bool]]:
    """By operation: cycles from its first to its last slot, least latency, whether a mode is free.

    A mode without slots takes one cycle here, as if it had a slot of its own.
    """
    offset, engines = problem.mode_offset.tolist(), problem.mode_engine.tolist()
    slots, latencies = problem.mode_slots.tolist(), problem.mode_latency.tolist()
    spans, least, idle = [], [], []
    for op in range(problem.size):
        row = range(offset[op], offset[op + 1])
        spans.append(min(-(-slots[m] // problem.slots[engines[m]]) if slots[m] else 1 for m in row))
        least.append(min(latencies[m] for m in row))
        idle.append(any(slots[m] == 0 for m in row))
    return spans, least, idle
