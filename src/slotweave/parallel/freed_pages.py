"""What is done with memory that is freed, in processes that Dask's nanny started.

The nanny starts workers with MALLOC_TRIM_THRESHOLD_=65536, so that they give memory back early. By
that glibc also stops to adapt the size from which on it maps blocks by themselves: each array of
128 KiB or more is mapped when it is made and unmapped when it is freed, and all its pages are
faulted in again. Posing problems makes thousands of these, and takes up to a tenth longer.
"""

from __future__ import annotations

import ctypes
import os

#: What Dask's nanny sets, if nobody has told it otherwise.
_BY_NANNY = ("MALLOC_TRIM_THRESHOLD_", "65536")

#: Parameters of glibc's `mallopt`, and the bytes that they are set to: what glibc itself comes to
#: at most (`DEFAULT_MMAP_THRESHOLD_MAX`; twice that to trim).
_TRIM_THRESHOLD, _MMAP_THRESHOLD = (-1, 1 << 26), (-3, 1 << 25)


def keep_freed_pages() -> None:
    """Keep freed memory as glibc does by itself, if Dask's nanny has changed that."""
    name, value = _BY_NANNY
    if os.environ.get(name) != value:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # another C library has another name for it, or none
        for parameter, size in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            mallopt(parameter, size)
