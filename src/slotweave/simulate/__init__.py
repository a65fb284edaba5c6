"""Simulators of programs and graphs: one obviously right, one fast, both exact."""
