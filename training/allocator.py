"""Keeps glibc from handing freed memory back to the system between training steps."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def keep_freed_memory() -> None:
    """Let the C allocator reuse large blocks instead of mapping them afresh; a no-op without glibc.

    Each step frees and allocates the same large tensors. By default every one is a new mapping whose
    pages the kernel must zero, which costs over a tenth of a training step on the CPU (mallopt(3)).
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_MMAP_THRESHOLD, 2**30)
    mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
