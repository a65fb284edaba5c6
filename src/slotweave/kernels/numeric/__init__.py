"""Kernels of numerical work, on integers modulo 2^32."""
