"""polars: two columns of integers out of a text file."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.peers import Follows

TITLE = "polars read_csv"
REQUIREMENTS = ("polars==2.1.0", "numpy==2.4.6")
PACKAGES = ("polars",)


def read_columns(follows: Follows, n_threads: int, path: str) -> dict[str, Any]:
    import polars

    schema = {"follower": polars.Int64, "followed": polars.Int64}
    start = time.perf_counter()
    frame = polars.read_csv(path, has_header=False, separator="\t", schema=schema)
    columns = [frame[name].to_numpy() for name in schema]
    seconds = time.perf_counter() - start
    equal = all(np.array_equal(column, ids) for column, ids in zip(columns, follows[:2], strict=True))
    return {"read_seconds": seconds, "equal": equal}
