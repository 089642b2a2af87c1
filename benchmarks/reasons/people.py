"""US politicians on Twitter, 2019: who follows whom, who retweets, mentions and likes whom, and names."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np

import influencegraph

FOLDER = "timme_politicians"
ENGAGEMENTS = {"retweets": "retweet", "mentions": "mention", "likes": "favorite"}
_SUFFIXES = {"Jr.", "Sr.", "II", "III"}


class Acts(NamedTuple):
    """One kind of engagement: `actor` acted `count` times on `target`; labels, each (n_pairs,)."""

    actor: np.ndarray
    target: np.ndarray
    count: np.ndarray


class People(NamedTuple):
    """A real network: its follows, names and handles by label, and engagement by kind."""

    graph: influencegraph.FollowerGraph
    names: dict[int, str]
    handles: dict[str, int]
    acts: dict[str, Acts]

    def received(self, acts: Acts) -> np.ndarray:
        """Return how often each account was acted on, in the order of the graph's labels."""
        places = self.graph.accounts.locate(acts.target)
        return np.bincount(places, weights=acts.count, minlength=len(self.graph))


def read_people(realdata: Path) -> People:
    """Read the folder of politicians in `realdata`.

    Acts on oneself are dropped, and those of or on accounts that neither follow nor are followed.
    """
    folder = realdata / FOLDER
    graph = influencegraph.read_follows(folder / "follows.tsv.gz")
    acts = {}
    for kind, name in ENGAGEMENTS.items():
        rows = influencegraph.read_follows(folder / f"{name}.tsv.gz", weight=2).to_arrays()
        known = np.isin(rows.follower, graph.labels) & np.isin(rows.followed, graph.labels)
        assert rows.weights is not None
        acts[kind] = Acts(rows.follower[known], rows.followed[known], rows.weights[known].astype(np.int64))
    with gzip.open(folder / "nodes.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        nodes = [row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#")]
    names = {int(label): say_name(name) for label, _, name, _ in nodes}
    return People(graph, names, {handle: int(label) for label, handle, _, _ in nodes}, acts)


def say_name(name: str) -> str:
    """Return a name as people say it: "Pelosi, Nancy" is Nancy Pelosi."""
    last, *rest = name.split(", ")
    if not rest or rest[0] in _SUFFIXES:
        return name
    return " ".join([rest[0], last, *rest[1:]])
