"""Slotweave: short, explained and proven programs for VLIW SIMD machines."""

__version__ = "0.1.0"
