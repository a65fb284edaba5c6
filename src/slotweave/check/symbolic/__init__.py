"""Graphs and programs run on terms, and compared."""
