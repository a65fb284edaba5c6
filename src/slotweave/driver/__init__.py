"""The way from a kernel to a checked program, and what is proved of it."""
