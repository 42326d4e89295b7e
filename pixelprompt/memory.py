"""What the C library is told about memory."""

import contextlib
import ctypes
import os

M_ARENA_MAX = -8  # of glibc's malloc.h
ARENAS = 2


def use_few_arenas() -> None:
    """glibc gives threads arenas of their own, eight for each core, and what is freed in one is of
    no use to another: with 2,000 threads a hundred megabytes lie idle. MALLOC_ARENA_MAX overrides
    this. Elsewhere it does nothing."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
