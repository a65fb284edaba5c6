"""Scheduling problems from anywhere: what is searched, bounded, checked and said of them."""
