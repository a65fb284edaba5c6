"""What a repacked program may claim: its origin, as far as the facts of the proof support it.

A program names its origin in `meta`: a kernel, parameters and a contract. That is a claim: on all
memories that the contract allows, it leaves what the kernel defines. What is made of the program
under facts does the same only on the memories that these allow, and only in what they judge. So it
may claim a contract C only if the proof holds under the facts of C (`holds_under`), and if what the
given program claimed holds under them, too. If there is no such contract, it claims nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from slotweave.analysis.implied_facts import holds_under
from slotweave.frontend.kernel import Kernel
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program

#: The entries of `meta` that are a claim.
CLAIMED = frozenset({"kernel", "params", "contract", "promises"})


@dataclass(frozen=True)
class Origin:
    """The facts of each contract of the kernel that a program names, with the program's parameters.

    Contracts of one kernel differ in which memories they allow and which words they judge, never in
    what a word that several of them judge must be.
    """

    contracts: Mapping[str, Facts]


def origin_of(program: Program, kernels: Mapping[str, Kernel]) -> Origin | None:
    """The origin that `program` names, if it is one of `kernels` with parameters in range."""
    name, params = program.meta.get("kernel"), program.meta.get("params")
    kernel = kernels.get(name) if isinstance(name, str) else None
    if kernel is None or not isinstance(params, Mapping):
        return None
    values = {name: one.default for name, one in kernel.parameters.items()}
    values.update({name: value for name, value in params.items() if name in values})
    for name, one in kernel.parameters.items():
        if type(values[name]) is not int or not one.lowest <= values[name] <= one.highest:
            return None
    return Origin({contract: kernel.facts(values, contract) for contract in kernel.contracts})


def supported_origin(program: Program, facts: Facts, origin: Origin | None) -> Program:
    """`program` with the strongest claim that a proof under `facts` supports, or without one.

    `origin` is the one that `program` names. Without it nothing is known of what the program
    claims, and only a proof on all memories that judges all of memory supports that.
    """
    if CLAIMED.isdisjoint(program.meta) or holds_under(facts, Facts()):
        return program
    contract = None if origin is None else _contract(program.meta.get("contract"), facts, origin)
    meta = dict(program.meta)
    if contract is None:
        meta = {key: said for key, said in meta.items() if key not in CLAIMED}
    elif contract != meta["contract"]:
        meta["contract"] = contract
    return replace(program, meta=MappingProxyType(meta))


def _contract(claimed: object, facts: Facts, origin: Origin) -> str | None:
    """The strongest contract that follows from the one `claimed` and holds under `facts`."""
    contracts = origin.contracts
    if not isinstance(claimed, str) or claimed not in contracts:
        return None
    own = contracts[claimed]
    supported = {
        name: weaker
        for name, weaker in contracts.items()
        if holds_under(facts, weaker) and holds_under(own, weaker)
    }
    if claimed in supported:
        return claimed
    strongest = (
        name
        for name, one in supported.items()
        if all(holds_under(one, other) for other in supported.values())
    )
    return next(strongest, next(iter(supported), None))
