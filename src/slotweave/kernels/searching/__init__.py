"""Kernels that sort, count and search."""
