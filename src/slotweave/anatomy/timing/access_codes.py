"""How the arrays of retiming say what an operation does to memory; here nothing is compiled."""

from __future__ import annotations

NO_ACCESS, LOAD, STORE, TRACE = 0, 1, 2, 3
