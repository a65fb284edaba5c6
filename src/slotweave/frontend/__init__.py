"""Kernels written in Python: the tracer, the values it hands out, and how kernels are found."""
