"""Certified bounds as JSON; `certified_from_json(certified_to_json(it)) == it`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from slotweave.ir.certificate import Certificate, PathCertificate, PriceCertificate
from slotweave.ir.problem import Problem
from slotweave.ir.text.file_kind import CERTIFICATE
from slotweave.ir.text.json_value import Key, json_text, parse_json
from slotweave.ir.text.problem_text import problem_to_text

SCHEMA_VERSION = 1
_LARGEST = 2**62
_FRACTION = re.compile(r"[0-9]{1,200}(/[1-9][0-9]{0,199})?")
_KEYS = (
    "schema_version", "kernel", "params", "contract", "plan", "machine", "problem", "bounds"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CertifiedBound:
    """A claim that a problem takes at least `cycles` cycles, and what shows it."""

    name: str
    cycles: int
    certificate: Certificate


@dataclass(frozen=True)
class CertifiedBounds:
    """Bounds of one problem: what it is made from, and the hash of what that gave."""

    kernel: str
    params: Mapping[str, int]
    contract: str
    plan: str
    machine: str
    problem: str
    bounds: tuple[CertifiedBound, ...]


def problem_hash(problem: Problem) -> str:
    """The SHA-256 of the problem as text."""
    return hashlib.sha256(problem_to_text(problem).encode()).hexdigest()


def certified_to_json(certified: CertifiedBounds) -> str:
    """`certified` as JSON text, prices as fractions."""
    return json_text(
        {
            "schema_version": SCHEMA_VERSION,
            **{key: getattr(certified, key) for key in _KEYS[1:-1]},
            "bounds": [
                {"name": it.name, "cycles": it.cycles, "certificate": _row(it.certificate)}
                for it in certified.bounds
            ],
        }
    )


def _row(certificate: Certificate) -> dict[str, Any]:
    if isinstance(certificate, PathCertificate):
        return {"operation": certificate.operation}
    prices = [str(price) for price in certificate.prices]
    return {"prices": prices, "first": certificate.first, "last": certificate.last}


def certified_from_json(text: str, file: str = "") -> CertifiedBounds:
    """The bounds that `text` holds. Raises InputError (SW220) naming the key."""
    root = Key("", "SW220", file)
    table = root.record(parse_json(text, root, CERTIFICATE), _KEYS)
    for key in _KEYS:
        if key not in table:
            root.fail(f"there is no key {key!r}")
    (root / "schema_version").integer(table["schema_version"], SCHEMA_VERSION, SCHEMA_VERSION)
    place = root / "params"
    params = {
        name: (place / name).integer(value, -_LARGEST, _LARGEST)
        for name, value in place.mapping(table["params"]).items()
    }
    names = {
        key: (root / key).string(table[key])
        for key in ("kernel", "contract", "plan", "machine", "problem")
    }
    rows = (root / "bounds").elements(table["bounds"])
    return CertifiedBounds(params=params, bounds=tuple(_bound(*row) for row in rows), **names)


def _bound(place: Key, value: object) -> CertifiedBound:
    row = place.record(value, ("name", "cycles", "certificate"))
    return CertifiedBound(
        (place / "name").string(row.get("name")),
        (place / "cycles").integer(row.get("cycles"), 0, _LARGEST),
        _certificate(place / "certificate", row.get("certificate")),
    )


def _certificate(place: Key, value: object) -> Certificate:
    row = place.record(value, ("operation", "prices", "first", "last"))
    if "operation" in row:
        operation = (place / "operation").integer(row["operation"], -_LARGEST, _LARGEST)
        return PathCertificate(operation)
    prices = (place / "prices").elements(row.get("prices"))
    first, last = (
        tuple(
            key.integer(count, -_LARGEST, _LARGEST)
            for key, count in (place / side).elements(row.get(side))
        )
        for side in ("first", "last")
    )
    return PriceCertificate(tuple(_price(*price) for price in prices), first, last)


def _price(place: Key, value: object) -> Fraction:
    text = place.string(value)
    if not _FRACTION.fullmatch(text):
        place.fail("must be a fraction like 2/15")
    return Fraction(text)
