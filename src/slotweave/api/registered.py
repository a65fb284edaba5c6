"""The verbs that show what is registered, and what is kept: kernels, machines, rules, the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from slotweave.arguments import name_in, seed_of, wanted
from slotweave.extensions.lookup import NOTHING, contract_called, named_facts
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    facts_given,
    facts_name,
    is_kernel,
    kernel_of,
    machine_named,
    parameters_of,
)
from slotweave.results.registered import (
    CacheCleared,
    CacheShown,
    FactsListed,
    FactsShown,
    KernelShown,
    KernelsListed,
    MachineShown,
    MachinesListed,
    RuleShown,
    RulesListed,
)

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Words


def list_kernels() -> KernelsListed:
    """The kernels of Slotweave and of installed packages.

    Raises InputError (SW225) if two packages bring kernels of one name.

    >>> "saxpy" in sw.list_kernels().kernels
    True
    """
    from slotweave.extensions import kernels

    return KernelsListed(kernels())


def list_machines() -> MachinesListed:
    """The machines of Slotweave and of installed packages.

    Raises InputError (SW225) if two packages bring machines of one name.

    >>> sw.list_machines().to_json()["machines"][0]
    'challenge'
    """
    from slotweave.extensions import machines

    return MachinesListed(machines())


def list_facts() -> FactsListed:
    """The facts about memory that have names, as `facts` and other verbs take them.

    >>> sw.list_facts().facts["none"]
    'nothing is known of memory, all of it is output'
    """
    named = {name: each.text for name, (_extension, each) in named_facts().items()}
    return FactsListed({**named, NOTHING: "nothing is known of memory, all of it is output"})


def show_facts(
    of: AnyFacts | AnyKernel,
    *,
    contract: str | None = None,
    machine: AnyMachine = "challenge",
    **values: int,
) -> FactsShown:
    """Facts about memory (by name, in a file, or as a value), or those of a kernel: what is known
    of memory before a program for it runs.

    `values` are the parameters of the kernel, or what named facts are about. A function is traced
    for the vectors of `machine`. Raises InputError: SW215 for unknown or malformed facts, SW201 for
    what is no kernel, SW202 for a value, SW203 for a file that cannot be read, SW212 for a
    contract.

    >>> sw.show_facts("saxpy", n=16).facts.memory_words
    40
    >>> sw.show_facts("none")
    <facts none: 0 regions>
    """
    if not is_kernel(of):
        if contract is not None:
            raise wanted("SW212", "a contract is for facts of a kernel", of)
        given = cast("AnyFacts", of)
        known = facts_given(given, values)
        return FactsShown(facts_name(given), known)
    chosen = kernel_of(of, machine_named(machine))
    if contract is not None:
        name_in(contract, f"contract of {chosen.name} called", chosen.contracts)
    promise = contract_called(chosen, contract)
    return FactsShown(chosen.name, chosen.facts(parameters_of(chosen, values), promise))


def list_rules() -> RulesListed:
    """The rewrite rules in the order of trial, then the laws of sums.

    >>> sw.list_rules().rules[0].name
    'fold_add'
    """
    from slotweave.rules.catalog import EQUATIONS

    return RulesListed(EQUATIONS)


def show_rule(name: str) -> RuleShown:
    """A rewrite rule or a law: its equation, its terms, and its recorded proof.

    Raises InputError (SW212) for an unknown name.

    >>> sw.show_rule("add_zero")
    <rule add_zero: x + 0  ->  x>
    """
    from slotweave.rules.catalog import EQUATIONS
    from slotweave.rules.proof import recorded_proofs, unproved

    by_name = {rule.name: rule for rule in EQUATIONS}
    rule, proofs = (
        by_name[name_in(name, "rule", by_name, shown_by="slotweave rules list")],
        recorded_proofs(),
    )
    lacks = next((why for _rule, why in unproved([rule], proofs)), "")
    return RuleShown(rule, None if lacks else proofs[rule.name], lacks)


def random_memory(
    kernel: AnyKernel,
    *,
    contract: str | None = None,
    machine: AnyMachine = "challenge",
    seed: int = 0,
    **parameters: int,
) -> Words:
    """A random memory for a kernel of one shape, as words: input for `run`.

    Raises InputError: SW201 for an unknown kernel, SW202 for a parameter, SW208 for a machine,
    SW212 for another option.

    >>> len(sw.random_memory("saxpy", n=16))
    40
    """
    import numpy as np

    chosen = kernel_of(kernel, machine_named(machine))
    values = parameters_of(chosen, parameters)
    if contract is not None:
        name_in(contract, f"contract of {chosen.name} called", chosen.contracts)
    rng = np.random.default_rng(seed_of(seed))
    return chosen.memory(values, contract_called(chosen, contract), rng)


def show_kernel(kernel: AnyKernel, *, machine: AnyMachine = "challenge") -> KernelShown:
    """A kernel: parameters with their ranges, contracts, plans, and what a plan may choose.

    A function is traced for the vectors of `machine`. Raises InputError: SW201 for what is no
    kernel, SW208 for an unknown machine.

    >>> shown = sw.show_kernel("saxpy")
    >>> sorted(shown.to_json()["parameters"])
    ['n']
    """
    return KernelShown(kernel_of(kernel, machine_named(machine)))


def show_machine(machine: AnyMachine) -> MachineShown:
    """A machine: slots a cycle of each engine, words of vectors and scratch, modes with latencies
    in cycles; printed, the text of its file.

    Raises InputError: SW208 for an unknown machine, SW203 for a file that cannot be read.

    >>> sw.show_machine("challenge")
    <machine challenge: alu 12, valu 6, load 2, store 2, flow 1>
    """
    return MachineShown(machine_named(machine))


def show_cache() -> CacheShown:
    """Where results of compiling for many machines are kept, how many, and their bytes.

    >>> sorted(sw.show_cache().to_json())
    ['bytes', 'entries', 'folder']
    """
    from slotweave.recompiling import result_entries

    kept = result_entries()
    sizes = [file.stat().st_size for file in kept.files()]
    return CacheShown(kept.folder, len(sizes), sum(sizes))


def clear_cache() -> CacheCleared:
    """Remove all results that are kept, and say how many there were; studies stay.

    >>> _ = sw.clear_cache()
    >>> sw.show_cache()
    <cache: 0 results>
    """
    from slotweave.recompiling import result_entries

    return CacheCleared(*result_entries().clear())
