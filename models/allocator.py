"""Gives freed memory back to the system, which glibc keeps in pieces between training steps."""

from __future__ import annotations

import ctypes


def return_freed_memory() -> None:
    """Return all free pages to the system; a no-op without glibc (malloc_trim(3)).

    Batches of ever different shapes leave gaps that no later tensor fits into. Left alone they grow a
    training's memory by half over its course.
    """
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
