"""The kernels that ship beside the challenge's, each with its plain NumPy reference."""

from slotweave.kernels.library import LIBRARY

__all__ = ["LIBRARY"]
