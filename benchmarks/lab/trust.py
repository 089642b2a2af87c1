"""Bitcoin-OTC: who rates whom as trustworthy, and which accounts turned out to be fair or frauds."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import influencegraph

FOLDER = "bitcoin_otc"


class Trust(NamedTuple):
    """A network of positive ratings as follows, and positions of fair and fraudulent accounts.

    Accounts are all that rate or are rated, those of negative ratings among them.
    """

    graph: influencegraph.FollowerGraph
    fair: np.ndarray
    fraud: np.ndarray


def read_trust(realdata: Path) -> Trust:
    """Read the folder of ratings in `realdata`."""
    rows = np.array([row[:3] for row in _read(realdata / FOLDER / "ratings.tsv.gz")], np.int64)
    positive = rows[rows[:, 2] > 0]
    accounts = np.unique(rows[:, :2])
    graph = influencegraph.FollowerGraph.from_arrays(positive[:, 0], positive[:, 1], labels=accounts)
    labels = np.array([row[:2] for row in _read(realdata / FOLDER / "labels.tsv.gz")], np.int64)
    places = graph.accounts.locate(labels[:, 0])
    known = places >= 0
    fair, fraud = (places[known & (labels[:, 1] == sign)] for sign in (1, -1))
    return Trust(graph, fair, fraud)


def _read(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from (row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#"))
