"""The four rows that honesty is judged by: three kinds of engagement among politicians, and fair traders.

Fixed before the page was made: Spearman's correlation with how often accounts were retweeted, mentioned and
liked, and the chance that a fair trader is above a fraud (AUC). Intervals are the percentile bootstrap's; all
methods are judged on the same resamples, of all politicians, of all fair and of all fraudulent traders.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.lab.trust import Trust, read_trust
from benchmarks.reasons.people import People, read_people
from influencegraph import FollowerGraph
from influencegraph.lab.agreement import classify, separate, spearman

Method = Callable[[FollowerGraph], np.ndarray]

AUC = "fair above fraud"
SEED, N_RESAMPLES, CONFIDENCE = 20261, 1000, 0.95


class Networks(NamedTuple):
    """What methods are judged on."""

    people: People
    trust: Trust

    @property
    def names(self) -> list[str]:
        """Names of the rows."""
        return [*self.people.acts, AUC]

    def truths(self) -> dict[str, np.ndarray]:
        """Return what each politician received, by kind of engagement."""
        return {kind: self.people.received(acts) for kind, acts in self.people.acts.items()}


class Judged(NamedTuple):
    """Rows of each method, shape (methods, rows), and of resamples, (n_resamples, methods, rows)."""

    methods: list[str]
    rows: np.ndarray
    drawn: np.ndarray

    def lost(self, method: str, baseline: str) -> np.ndarray:
        """Return what the mean over the rows of `method` lacks to that of `baseline`, and its interval."""
        one, other = self.methods.index(method), self.methods.index(baseline)
        means, drawn = self.rows.mean(axis=1), self.drawn.mean(axis=2)
        ends = np.quantile(drawn[:, other] - drawn[:, one], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        return np.array([means[other] - means[one], *ends])

    def interval(self, method: str, row: int) -> np.ndarray:
        """Return one number with the ends of its interval."""
        one = self.methods.index(method)
        ends = np.quantile(self.drawn[:, one, row], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        return np.array([self.rows[one, row], *ends])


def read_networks(realdata: Path) -> Networks:
    """Read both networks from the folder of real graphs."""
    return Networks(read_people(realdata), read_trust(realdata))


def judge(networks: Networks, method: Method) -> float:
    """Return the mean of the four rows of one method."""
    return float(judge_all(networks, {"": method}, 0).rows.mean())


def judge_all(networks: Networks, methods: dict[str, Method], n_resamples: int = N_RESAMPLES) -> Judged:
    """Return all rows of all methods."""
    people, trust = networks
    truths = [classify(truth) for truth in networks.truths().values()]
    values = [classify(method(people.graph)) for method in methods.values()]
    trusted = [classify(method(trust.graph)) for method in methods.values()]

    def compare(counts=None, fair=None, fraud=None):
        return [
            [spearman(ours, truth, counts) for truth in truths]
            + [separate(theirs[trust.fair], theirs[trust.fraud], fair, fraud)]
            for ours, theirs in zip(values, trusted, strict=True)
        ]

    rng = np.random.default_rng(SEED)
    sizes = len(people.graph), len(trust.fair), len(trust.fraud)
    drawn = [
        compare(*(np.bincount(rng.integers(0, n, n), minlength=n) for n in sizes)) for _ in range(n_resamples)
    ]
    return Judged(
        list(methods), np.array(compare()), np.array(drawn).reshape(-1, len(methods), len(truths) + 1)
    )
