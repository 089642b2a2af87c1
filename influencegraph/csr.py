"""Compressed rows, as kernels see them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Csr(NamedTuple):
    """Compressed rows: row i is ``indices[indptr[i]:indptr[i + 1]]``.

    `indptr` is int64 (rows + 1,), `indices` uint32 (entries,); both read-only.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.uint32]


def row_of(csr: Csr, node: int) -> NDArray[np.uint32]:
    """Return one row of `csr`."""
    return csr.indices[csr.indptr[node] : csr.indptr[node + 1]]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array`, made read-only."""
    array.flags.writeable = False
    return array
