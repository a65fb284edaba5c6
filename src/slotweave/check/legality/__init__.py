"""Schedules, allocations, orders, bounds and derivations, each held against its rules."""
