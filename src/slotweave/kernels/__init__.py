"""Workloads written in the frontend, each with its plain NumPy reference."""

from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.frontend.kernel import Kernel

KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in (TREE_HASH,)}

__all__ = ["KERNELS"]
