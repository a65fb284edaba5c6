"""Whether a recorded proof says that a kernel, as it was traced, is its workload's definition."""

from __future__ import annotations

from slotweave.base.verdict import Verdict
from slotweave.frontend.kernel import Kernel, Parameters
from slotweave.ir.fingerprint import fingerprint
from slotweave.ir.graph import Graph

_JUMPS = (
    "`slotweave verify PROGRAM --against KERNEL --prove` tries it on the program itself, "
    "where no jump depends on data"
)


def recorded_verdict(
    kernel: Kernel, parameters: Parameters, contract: str, traced: Graph | None
) -> Verdict[object]:
    """Whether a proof that `traced` is the definition of `kernel` comes with it, and why.

    `traced` is None of a kernel that jumps. Such a proof covers all addresses, so it shows the
    promises of the graph kept, too.
    """
    if kernel.definition is None:
        return Verdict("unknown", f"{kernel.name} comes without a definition to prove it by")
    if traced is None:
        return Verdict("unknown", _JUMPS)
    proofs = kernel.proofs()
    if proofs and fingerprint(traced, kernel.facts(parameters, contract)) in proofs:
        return Verdict(True, "a recorded proof, known by its fingerprint, fits the traced graph")
    how = f"`slotweave verify PROGRAM --against {kernel.name} --prove` tries to prove it"
    return Verdict("unknown", f"no recorded proof fits the traced graph; {how}")
