"""From changes of reach to changes of score, by the logarithmic mean.

    score = kappa ln T, clipped to [0, 100];    kappa = 100 / ln n
    score1 - score0 = m (T1 - T0) + scale + clipping
    m = (kappa0 + kappa1) / 2 / L(T0, T1),    L(a, b) = (b - a) / (ln b - ln a)
    scale = (kappa1 - kappa0) (ln T0 + ln T1) / 2

On one scale without clipping the first term is all there is, so that each part of a change of reach is worth
its size times `m` in points. Reach below 1 stands as 1 under the logarithms; what that hides, and what
exceeds 100, is `clipping`. An account that is not there has a score of 0, on the scale of the other snapshot.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.compare.snapshots import Snapshot
from influencegraph.scale import Scale

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Points(NamedTuple):
    """How changes of reach turn into points, each (k,).

    Attributes
    ----------
    per_account : ndarray of float64
        Points for one account of reach: `m`.
    scale, clipping : ndarray of float64
        Points that no change of reach brought.
    """

    per_account: Floats
    scale: Floats
    clipping: Floats


def find_points(one: Snapshot, other: Snapshot, accounts: Places) -> Points:
    """Return what turns changes of reach of `accounts` (numbers) into points."""
    before, after = one.reach[accounts], other.reach[accounts]
    is_there, will_be_there = one.node_of[accounts] >= 0, other.node_of[accounts] >= 0
    stretch, other_stretch = _stretch(one.scale), _stretch(other.scale)
    old = np.where(is_there, stretch, other_stretch)
    new = np.where(will_be_there, other_stretch, stretch)
    low, high = np.maximum(before, 1.0), np.maximum(after, 1.0)
    per_account = 0.5 * (old + new) / average_logarithmically(low, high)
    scale = 0.5 * (new - old) * (np.log(low) + np.log(high))
    is_clipped = _is_clipped(before, one.scale) | _is_clipped(after, other.scale)
    points = other.score[accounts] - one.score[accounts]
    clipping = points - (per_account * (after - before) + scale)
    return Points(per_account, scale, np.where(is_clipped, clipping, 0.0))


def average_logarithmically(one: Floats, other: Floats) -> Floats:
    """Return the logarithmic mean of numbers >= 1: ``(b - a) / (ln b - ln a)``, a where they are equal.

    Examples
    --------
    >>> average_logarithmically(np.array([1.0, 2.0]), np.array([np.e, 2.0])).round(6).tolist()
    [1.718282, 2.0]
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    ratio = (high - low) / low
    means: Floats = low * np.divide(ratio, np.log1p(ratio), out=np.ones_like(ratio), where=ratio > 0.0)
    return means


def _stretch(scale: Scale) -> float:
    return 100.0 / math.log(scale.n_accounts) if scale.n_accounts > 1 else 0.0


def _is_clipped(reach: Floats, scale: Scale) -> NDArray[np.bool_]:
    return (reach < 1.0) | (reach > max(1, scale.n_accounts))
