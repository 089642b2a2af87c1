"""Half of the acts of one kind as a layer, and the other half as what is to be told.

Settings and splits are those of `benchmarks.reasons.engagement`, fixed there before anything was measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import influencegraph
from benchmarks.reasons.engagement import N_SPLITS, SEED, compare_splits, predict_reach, split_acts
from benchmarks.reasons.people import People
from influencegraph.lab.agreement import classify

KNOWN = ("PageRank", "structure only")
LAYERED = "with half as a layer"
CONFIDENCE = 0.95


class Halves(NamedTuple):
    """Spearman of each method with the other half, (n_splits,) each, and the layer's gains over the others.

    `gains` holds, by method, the mean over the splits and both ends of its interval.
    """

    kind: str
    spearman: dict[str, np.ndarray]
    gains: dict[str, np.ndarray]


def measure_halves(people: People, n_resamples: int) -> list[Halves]:
    """Measure every kind of engagement, and their mean, which is the last."""
    known = {
        "PageRank": classify(influencegraph.score(people.graph, method="pagerank").reach),
        "structure only": classify(influencegraph.score(people.graph).reach),
    }
    splits = {kind: [_split(people, known, kind, i) for i in range(N_SPLITS)] for kind in people.acts}
    n = len(people.graph)
    rng = np.random.default_rng(SEED)
    found = _compare(splits, None)
    drawn = np.array(
        [
            _compare(splits, np.bincount(rng.integers(0, n, n), minlength=n)).mean(axis=1)
            for _ in range(n_resamples)
        ]
    ).reshape(-1, len(splits), len(KNOWN) + 1)
    parts = [_tell(kind, found[i], drawn[:, i]) for i, kind in enumerate(splits)]
    return [*parts, _tell("mean", found.mean(axis=0), drawn.mean(axis=1))]


def _split(people: People, known: dict[str, np.ndarray], kind: str, split: int) -> tuple[list, np.ndarray]:
    half, rest = split_acts(people.acts[kind], np.random.default_rng([SEED, split]))
    layered = classify(predict_reach(people.graph, half))
    return [*known.values(), layered], classify(people.received(rest))


def _compare(splits: dict[str, list], counts: np.ndarray | None) -> np.ndarray:
    """Return Spearman, shape (kinds, splits, methods)."""
    return np.array([compare_splits(each, counts) for each in splits.values()])


def _tell(kind: str, found: np.ndarray, drawn: np.ndarray) -> Halves:
    ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    gains = {}
    for i, name in enumerate(KNOWN):
        low, high = np.quantile(drawn[:, -1] - drawn[:, i], ends)
        gains[name] = np.array([(found[:, -1] - found[:, i]).mean(), low, high])
    return Halves(kind, dict(zip((*KNOWN, LAYERED), found.T, strict=True)), gains)
