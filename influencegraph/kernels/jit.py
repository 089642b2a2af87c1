"""The one compilation policy: how kernels are compiled, cached, and spread over threads.

Kernels are serial machine code that releases the interpreter's lock; threads are ordinary Python
threads, each working through spans of rows (docs/decisions/0002). numba's own threading layers are
never started, so there is nothing in them to clash with: any number of Python threads may score at
once, a forked child works like its parent, and no thread count of the process is touched.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import numba
from numba.core import config
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

Kernel = Callable[..., Any]
Item = TypeVar("Item")

_DISPATCHERS: list[Any] = []
"""Every kernel that numba compiles, to be counted by `take_stock`."""


class Kernels(NamedTuple):
    """How many kernels this process compiled and how many it loaded, each type of arguments counted once.

    `folders` are where they are kept, by name; none where no folder is safe or writable, or numba is off.
    """

    compiled: int
    loaded: int
    folders: list[str]


class _PatientCache:
    """Stands before numba's cache of one function, so that a damaged or unwritable file never ends a run.

    numba forgives a missing cache, but raises what `pickle` or the file system raises on a damaged or
    full one. Compiling again is always right, so that is what happens then.
    """

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def load_overload(self, signature: Any, context: Any) -> Any:
        """Load a kernel without what numba needs to compile one: that takes 0.3 s, and imports SciPy."""
        try:
            load = self._cache._load_overload
            rtsys.initialize(context)
        except AttributeError:  # another numba
            load = self._cache.load_overload
        try:
            return load(signature, context)
        except Exception:  # noqa: BLE001,RUF100 - a damaged pickle raises anything at all
            return None

    def save_overload(self, *args: Any) -> None:
        try:
            self._cache.save_overload(*args)
        except Exception:  # noqa: BLE001,RUF100 - so does a folder that went away
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


def _others_can_write(folder: str) -> bool:
    """Return whether somebody else could plant a cached kernel in `folder`, or put another in its place."""
    if not hasattr(os, "getuid"):
        return False
    place = folder = os.path.realpath(folder)
    while True:
        try:
            status = os.stat(place)
        except OSError:
            return True
        shared = status.st_mode & stat.S_IWOTH and not (place != folder and status.st_mode & stat.S_ISVTX)
        if shared or status.st_uid not in (os.getuid(), 0):
            return True
        if place == os.path.dirname(place):
            return False
        place = os.path.dirname(place)


def compiled(function: Kernel) -> Kernel:
    """Compile `function` on first use, without the interpreter's lock, cached where that is safe.

    The cache lies beside the source or where ``NUMBA_CACHE_DIR`` says; it is skipped where the folder
    is not writable, where others could write to it, and under numba's debugging switches, because
    the key of the cache knows nothing of those switches (numba issue 6845).
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    if hasattr(dispatcher, "stats"):  # not where NUMBA_DISABLE_JIT is set
        _DISPATCHERS.append(dispatcher)
    debugging = config.BOUNDSCHECK or config.DEBUG_JIT or int(config.OPT) != 3
    if debugging or not hasattr(dispatcher, "enable_caching"):
        return dispatcher  # type: ignore[no-any-return] # numba is untyped
    with contextlib.suppress(RuntimeError, OSError):  # no folder to keep the cache in
        cache = FunctionCache(function)
        if not _others_can_write(cache.cache_path):
            dispatcher._cache = _PatientCache(cache)
    return dispatcher  # type: ignore[no-any-return] # numba is untyped


def take_stock() -> Kernels:
    """Count the kernels that this process has compiled or loaded so far."""
    stats = [dispatcher.stats for dispatcher in _DISPATCHERS]
    return Kernels(
        sum(sum(each.cache_misses.values()) for each in stats),
        sum(sum(each.cache_hits.values()) for each in stats),
        sorted({each.cache_path for each in stats if each.cache_path}),
    )


def available_threads() -> int:
    """Return how many threads this process may use: its processors, or fewer by ``NUMBA_NUM_THREADS``."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(processors, int(config.NUMBA_NUM_THREADS)))


class Crew:
    """A few threads for the length of one call, the calling one among them.

    Made anew for each call: starting a thread takes some 50 µs, and threads that outlive a call are
    what breaks a forked child.

    Parameters
    ----------
    n_threads : int
        1 runs everything in the calling thread.
    """

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads
        self._pool = ThreadPoolExecutor(n_threads - 1) if n_threads > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def run(self, work: Callable[[Item], object], items: Iterable[Item]) -> None:
        """Call ``work(item)`` for every item, in no promised order; return when all are done."""
        waiting = deque(items)
        if self._pool is None or len(waiting) < 2:
            for item in waiting:
                work(item)
            return

        def drain() -> None:
            while True:
                try:
                    item = waiting.popleft()
                except IndexError:
                    return
                work(item)

        helpers = min(self.n_threads - 1, len(waiting) - 1)
        futures = [self._pool.submit(drain) for _ in range(helpers)]
        try:
            drain()
            for future in futures:
                future.result()
        except BaseException:
            waiting.clear()  # Ctrl-C: the others stop after the span they are in
            raise
