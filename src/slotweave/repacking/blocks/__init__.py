"""A program whose jumps depend on data, repacked block by block."""
