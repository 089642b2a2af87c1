"""Does attention that is known to be real tell more than follows alone? Half of the retweets, by lot.

Fixed before anything was measured: cap 20 a pair, weight 1, half 3, all defaults; 10 splits; each single
retweet falls into one half or the other with even odds. One half becomes a layer, and Spearman's correlation
of reach is taken with the engagement that each account receives: the other half, mentions, likes.

The splits share their follows, so their spread says little about other people. The interval of a difference
is the bootstrap's, over accounts, of its mean over the splits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

import influencegraph
from benchmarks.reasons.people import Acts, People
from benchmarks.tables import table
from influencegraph.lab.agreement import classify, spearman

TITLE = "What half of the retweets tells about the other half"
N_SPLITS, SEED = 10, 20190301
CAP_PER_PAIR, WEIGHT, ENGAGEMENT_HALF = 20, 1.0, 3.0
N_RESAMPLES, CONFIDENCE = 1000, 0.95
KNOWN = ("PageRank", "structure only")
LAYERED = "with half of the retweets"
TARGETS = ("the other half", "mentions", "likes")

Predict = Callable[[influencegraph.FollowerGraph, Acts], np.ndarray]


class Measured(NamedTuple):
    """Spearman of each method with one target, (n_splits,) each, and the layer's gains over the others.

    `gains` holds, by method, the mean over the splits and both ends of its interval.
    """

    target: str
    spearman: dict[str, np.ndarray]
    gains: dict[str, tuple[float, float, float]]


def predict_reach(graph: influencegraph.FollowerGraph, half: Acts) -> np.ndarray:
    """Return the reach of all accounts with `half` of the retweets as a layer."""
    layered = graph.with_layer("retweets", *half, weight=WEIGHT, cap_per_pair=CAP_PER_PAIR)
    return influencegraph.score(layered, engagement_half=ENGAGEMENT_HALF).reach


def measure(people: People, predict: Predict = predict_reach) -> list[Measured]:
    """Split, score and correlate."""
    known = {
        "PageRank": influencegraph.score(people.graph, method="pagerank").reach,
        "structure only": influencegraph.score(people.graph).reach,
    }
    values: dict[str, list[tuple[dict[str, np.ndarray], np.ndarray]]] = {target: [] for target in TARGETS}
    for split in range(N_SPLITS):
        half, rest = split_acts(people.acts["retweets"], np.random.default_rng([SEED, split]))
        methods = {**known, LAYERED: predict(people.graph, half)}
        for target, acts in zip(TARGETS, (rest, people.acts["mentions"], people.acts["likes"]), strict=True):
            values[target].append((methods, people.received(acts)))
    return [_correlate(target, splits) for target, splits in values.items()]


def split_acts(acts: Acts, rng: np.random.Generator) -> tuple[Acts, Acts]:
    """Put each single act into one of two halves, by lot; pairs of which none is left are left out."""
    kept = rng.binomial(acts.count, 0.5)
    halves = (kept, acts.count - kept)
    first, second = (
        Acts(acts.actor[count > 0], acts.target[count > 0], count[count > 0]) for count in halves
    )
    return first, second


def _correlate(target: str, splits: list[tuple[dict[str, np.ndarray], np.ndarray]]) -> Measured:
    names = (*KNOWN, LAYERED)
    classes = [([classify(methods[name]) for name in names], classify(truth)) for methods, truth in splits]
    found = compare_splits(classes, None)
    rng, n = np.random.default_rng(SEED), len(splits[0][1])
    drawn = (np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(N_RESAMPLES))
    resampled = np.array([_gain(compare_splits(classes, counts)) for counts in drawn])
    ends = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    means = _gain(found)
    gains = {name: (float(means[i]), float(ends[0, i]), float(ends[1, i])) for i, name in enumerate(KNOWN)}
    return Measured(target, dict(zip(names, found.T, strict=True)), gains)


def compare_splits(
    splits: list[tuple[list[np.ndarray], np.ndarray]], counts: np.ndarray | None
) -> np.ndarray:
    """Return Spearman of each split and method; accounts count `counts` times."""
    return np.array([[spearman(values, truth, counts) for values in methods] for methods, truth in splits])


def _gain(found: np.ndarray) -> np.ndarray:
    """Return what the layer gains over each known method, mean over the splits."""
    return (found[:, -1:] - found[:, :-1]).mean(axis=0)


def write(people: People) -> Iterator[str]:
    """Yield how it was measured, and the table."""
    yield (
        "Each retweet falls into one of two halves by lot, and one half becomes a layer. Fixed before "
        f"anything was measured: `cap_per_pair={CAP_PER_PAIR}`, `weight={WEIGHT:g}`, "
        f"`engagement_half={ENGAGEMENT_HALF:g}`. Spearman's correlation of reach with the engagement that "
        f"accounts receive: mean over {N_SPLITS} splits, the least and the largest in brackets. Gains are "
        f"the layer's over the others, with a {CONFIDENCE:.0%} interval from {N_RESAMPLES:,} resamples of "
        "the accounts."
    )
    header = ["engagement received", *KNOWN, LAYERED, *(f"gain over {name}" for name in KNOWN)]
    yield table(header, map(_line, measure(people)))


def _line(measured: Measured) -> list[str]:
    cells = [measured.target]
    for name in (*KNOWN, LAYERED):
        values = measured.spearman[name]
        cells.append(f"{values.mean():.3f} [{values.min():.3f}, {values.max():.3f}]")
    cells += ["{:+.3f} [{:+.3f}, {:+.3f}]".format(*measured.gains[name]) for name in KNOWN]
    return cells
