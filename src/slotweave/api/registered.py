"""The verbs that show what is registered, and what is kept: kernels, machines, the cache."""

from __future__ import annotations

from slotweave.names import AnyKernel, AnyMachine, kernel_of, machine_named
from slotweave.results.registered import CacheCleared, CacheShown, KernelShown, MachineShown


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
