"""Memory that is there when the clock starts.

A virtual machine may hand free memory back to its host, and take long to have it again: seconds a GiB on
the machine of docs/benchmarks.md, some twenty times what a page costs that was free but still there. Whoever
ran when pages were gone paid for that. So before anything is timed, memory is touched and freed.
"""

from __future__ import annotations

import contextlib

import numpy as np

BUILD_BYTES, SOLVE_BYTES = 96, 32
"""For each follow: above what any contender takes. Accounts are an eighth of the follows or fewer."""
_PAGE = 4096


def ready_memory(n_bytes: int) -> None:
    """Touch `n_bytes` and free them, but no more than half of what is available."""
    room = np.empty(min(n_bytes, _available_bytes() // 2), np.uint8)
    room[::_PAGE] = 1


def _available_bytes() -> int:
    with contextlib.suppress(OSError, StopIteration), open("/proc/meminfo") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    return 1 << 30
