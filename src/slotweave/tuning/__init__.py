"""Search over plans: what the kernel leaves open, and when its items start."""
