"""Schedules, allocations, orders, bounds and derivations, each checked against its rules."""
