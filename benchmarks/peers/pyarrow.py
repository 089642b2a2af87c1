"""pyarrow: two columns of integers out of a text file."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.peers import Follows

TITLE = "pyarrow csv"
REQUIREMENTS = ("pyarrow==26.0.1", "numpy==2.4.6")
PACKAGES = ("pyarrow",)


def read_columns(follows: Follows, n_threads: int, path: str) -> dict[str, Any]:
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(n_threads)
    names = ["follower", "followed"]
    options = {
        "read_options": csv.ReadOptions(column_names=names),
        "parse_options": csv.ParseOptions(delimiter="\t"),
        "convert_options": csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.int64())),
    }
    start = time.perf_counter()
    table = csv.read_csv(path, **options)
    columns = [table[name].to_numpy() for name in names]
    seconds = time.perf_counter() - start
    equal = all(np.array_equal(column, ids) for column, ids in zip(columns, follows[:2], strict=True))
    return {"read_seconds": seconds, "equal": equal}
