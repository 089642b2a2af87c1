"""Rows into docs/benchmarks.md, and beside it, raw, into docs/benchmarks.csv."""

import csv
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

import numba
import numpy as np

from benchmarks.convergence import Row

_HEAD = """# Benchmarks

Written by `python -m benchmarks --realdata FOLDER`; nobody types a number. Raw rows:
[benchmarks.csv](benchmarks.csv).

{machine}

## Sweeps and seconds to a certified error

Worth 1 is PageRank (no capacity); 0.5 and 0 have the default capacity of 150. Seconds are the whole call of
`score` on a built graph, median of {rounds} interleaved rounds and their range. The true error is the
distance from a solution certified to 1e-12; it was checked against the certificate before anything was timed.

| graph | accounts | follows | worth | tolerance | sweeps | certified | true error | seconds | range |
|---|---|---|---|---|---|---|---|---|---|
"""


def write(rows: Sequence[Row], folder: Path) -> None:
    machine = (
        f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}, "
        f"NumPy {np.__version__}, numba {numba.__version__}."
    )
    lines = [_line(row) for row in rows]
    head = _HEAD.format(machine=machine, rounds=len(rows[0].seconds))
    (folder / "benchmarks.md").write_text(head + "\n".join(lines) + "\n")
    with (folder / "benchmarks.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows([*row[:-1], " ".join(f"{second:.4f}" for second in row.seconds)] for row in rows)


def _line(row: Row) -> str:
    return (
        f"| {row.graph} | {row.accounts:,} | {row.follows:,} | {row.worth:g} | {row.tolerance:g} "
        f"| {row.sweeps} | {row.certified:.1e} | {row.true_error:.1e} "
        f"| {statistics.median(row.seconds):.3f} | {min(row.seconds):.3f}-{max(row.seconds):.3f} |"
    )
