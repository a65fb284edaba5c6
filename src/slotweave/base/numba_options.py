"""Options of `numba.njit` that several compiled loops share. Nothing here loads Numba."""

from __future__ import annotations

from typing import Any

#: Of functions that compiled functions alone call: without the wrappers by which Python and C call
#: them, a loop is compiled in two thirds of the time.
INNER: dict[str, Any] = {"cache": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
