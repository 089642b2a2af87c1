"""How far two orders of the same accounts agree: Spearman, Kendall, and who is at the top.

Values are handed over as *classes*: equal values are one class, numbered upwards (`classify`). Every account
may count several times (`counts`), which is what a bootstrap draws, and costs no sorting:

    spearman   correlation of ranks; accounts of one class share their mean rank
    kendall    tau-b = (agreeing - disagreeing pairs) / sqrt(pairs untied in one x pairs untied in the other)
    overlap    the part of one's top k that is in the other's, where lots decide among equals at the border

Undefined where all accounts are equal in one of the orders: NaN.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.int64]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def classify(values: NDArray[np.float64]) -> Classes:
    """Return the number of each value among the distinct ones, upwards, shape (n_accounts,).

    Examples
    --------
    >>> classify(np.array([2.5, 1.0, 2.5, 7.0])).tolist()
    [1, 0, 1, 2]
    """
    classes: Classes = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return classes


def spearman(one: Classes, other: Classes, counts: Counts | None = None) -> float:
    """Return Spearman's correlation in [-1, 1]; O(accounts).

    Examples
    --------
    >>> spearman(np.array([0, 1, 2]), np.array([0, 2, 1]))
    0.5
    """
    counts = np.ones(len(one), np.int64) if counts is None else counts
    left, right = _rank(one, counts), _rank(other, counts)
    spread = math.sqrt(float((counts * left * left).sum()) * float((counts * right * right).sum()))
    return float((counts * left * right).sum()) / spread if spread > 0 else math.nan


def kendall(one: Classes, other: Classes, counts: Counts | None = None) -> float:
    """Return Kendall's tau-b in [-1, 1]; O(accounts log accounts).

    Examples
    --------
    >>> round(kendall(np.array([0, 1, 2]), np.array([0, 2, 1])), 4)
    0.3333
    """
    from scipy.stats import kendalltau  # late: it takes as long to load as numba

    if counts is not None:
        one, other = np.repeat(one, counts), np.repeat(other, counts)
    if not _varies(one) or not _varies(other):
        return math.nan
    return float(kendalltau(one, other, method="asymptotic").statistic)  # exact would concern its p only


def overlap(one: Classes, other: Classes, top: int, counts: Counts | None = None) -> float:
    """Return the part of the top `top` of one order that is in that of the other, in [0, 1]; O(accounts).

    Where equals straddle the border, each has the same chance to be above it, in both orders apart: the
    number is the expectation. Where there are no more than `top` accounts, it is 1.

    Examples
    --------
    >>> overlap(np.array([0, 1, 2, 3]), np.array([2, 0, 1, 3]), top=2)
    0.5
    """
    counts = np.ones(len(one), np.int64) if counts is None else counts
    held = min(top, int(counts.sum()))
    if not held:
        return math.nan
    return float((counts * _chance(one, held, counts) * _chance(other, held, counts)).sum()) / held


def _rank(classes: Classes, counts: Counts) -> Floats:
    """Return mean ranks, less their mean."""
    sizes = np.bincount(classes, counts)
    ranks = np.cumsum(sizes) - sizes / 2
    centred: Floats = ranks[classes] - counts.sum() / 2
    return centred


def _chance(classes: Classes, top: int, counts: Counts) -> Floats:
    """Return each account's chance to be among the first `top`."""
    sizes = np.bincount(classes, counts)
    above = sizes.sum() - np.cumsum(sizes)
    chances: Floats = np.clip((top - above) / np.maximum(sizes, 1), 0.0, 1.0)[classes]
    return chances


def _varies(classes: Classes) -> bool:
    return len(classes) > 0 and bool(np.any(classes != classes[0]))


def separate(
    good: Classes, bad: Classes, good_counts: Counts | None = None, bad_counts: Counts | None = None
) -> float:
    """Return the chance that one of `good` is above one of `bad`, equals counted half: the AUC, in [0, 1].

    Both are numbered as one (`classify`); O(accounts).

    Examples
    --------
    >>> separate(np.array([2, 3]), np.array([1, 2]))
    0.875
    """
    last = 1 + max(good.max(initial=-1), bad.max(initial=-1))
    sizes = np.bincount(good, good_counts, minlength=last), np.bincount(bad, bad_counts, minlength=last)
    pairs = float(sizes[0].sum() * sizes[1].sum())
    won = float((sizes[0] * (np.cumsum(sizes[1]) - sizes[1] / 2)).sum())
    return won / pairs if pairs else math.nan
