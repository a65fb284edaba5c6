"""Certificates of bounds: right ones hold, and none shows more than any schedule keeps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.schedule import program_order
from slotweave.backend.schedule.list_schedule import Pressure, list_schedule_by
from slotweave.base.diagnostics import InputError
from slotweave.bounds import best_bound, bound_ladder
from slotweave.check.legality.bound_certificates import certificate_faults
from slotweave.ir.certificate import PathCertificate, PriceCertificate
from slotweave.ir.problem import DATA
from slotweave.ir.text.certificate_json import (
    CertifiedBound,
    CertifiedBounds,
    certified_from_json,
    certified_to_json,
    problem_hash,
)
from strategies.problems import NO_SLOTS, Op, problem_of, problems
from support.brute_force import least_makespan
from support.examples import examples


def certified(problem):
    ladder = bound_ladder(problem)
    rows = tuple(CertifiedBound(b.name, b.cycles, b.certificate) for b in ladder)
    return CertifiedBounds("k", {"n": 3}, "graph", "default", "m", problem_hash(problem), rows)


@given(problems(30))
def test_every_bound_is_shown_by_its_certificate(problem):
    for bound in bound_ladder(problem):
        assert not list(certificate_faults(bound.certificate, bound.cycles, problem)), bound


@examples(100)
@given(problems(4), st.data())
def test_no_certificate_shows_more_than_the_optimum(problem, data):
    """Whatever the prices, windows and operations: what is not so cannot be shown."""
    schedule = list_schedule_by(problem, program_order(problem), Pressure(1_000))
    optimum = least_makespan(problem, schedule.makespan)
    count = len(problem.engines)
    prices = st.fractions(0, 2, max_denominator=12)
    column = st.lists(st.integers(0, 6), min_size=count, max_size=count).map(tuple)
    priced = st.builds(
        PriceCertificate,
        st.lists(prices, min_size=count, max_size=count).map(tuple),
        column,
        column,
    )
    paths = st.builds(PathCertificate, st.integers(-2, problem.size))
    certificate = data.draw(priced | paths)
    assert list(certificate_faults(certificate, optimum + 1, problem))


CHAIN = problem_of([Op(), Op(after=((0, DATA, 0),)), Op((NO_SLOTS,), ((1, DATA, 0),))])


@pytest.mark.parametrize(
    ("certificate", "cycles", "reason"),
    [
        (PathCertificate(1), 3, "takes 2 cycles, not 3"),
        (PathCertificate(2), 1, "takes 0 cycles"),
        (PathCertificate(7), 1, "names operation 7, and there are 3"),
        (PriceCertificate((), (), ()), 1, "one entry for each"),
        (PriceCertificate((Fraction(1),), (-1,), (0,)), 1, "negative"),
        (PriceCertificate((Fraction(-1),), (0,), (0,)), 1, "negative"),
        (PriceCertificate((Fraction(1),), (0,), (0,)), 9, "the slots of 8 cycles can be had"),
    ],
)
def test_a_certificate_that_does_not_show_its_bound_is_refused(certificate, cycles, reason):
    (fault,) = certificate_faults(certificate, cycles, CHAIN)
    assert fault.code == "SW412"
    assert reason in fault.message


def test_a_window_that_is_too_late_shows_nothing():
    best = best_bound(bound_ladder(CHAIN))
    late = PriceCertificate((Fraction(1),), (5,), (5,))
    assert list(certificate_faults(late, best.cycles, CHAIN))


@given(problems(12))
def test_certificates_go_through_json(problem):
    written = certified(problem)
    assert certified_from_json(certified_to_json(written)) == written


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"prices": [', '"prices": ["1/0", ', "prices"),
        ('"prices": [', '"prices": ["-1", ', "prices"),
        ('"first": [', '"first": ["a", ', "first"),
        ('"operation": ', '"operation": 1.5, "first": ', "operation"),
        ('"kernel"', '"colonel"', "colonel"),
        ('"cycles": ', '"cycles": -', "cycles"),
        ('"bounds": [', '"bounds": [7, ', "bounds.0"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(old, new, place):
    text = certified_to_json(certified(CHAIN))
    assert old in text
    with pytest.raises(InputError) as refusal:
        certified_from_json(text.replace(old, new, 1), "f.json")
    assert refusal.value.diagnostic.code == "SW220"
    assert place in refusal.value.diagnostic.message


def test_a_file_without_a_key_is_refused():
    with pytest.raises(InputError, match="no key 'schema_version'"):
        certified_from_json("{}")


def test_the_hash_is_of_all_of_the_problem():
    wider = replace(CHAIN, slots=tuple(slots + 1 for slots in CHAIN.slots))
    assert problem_hash(wider) != problem_hash(CHAIN)
