"""What engagement and memory say about follows: how much there is of either, and what discount it makes.

    k_uv = sum over layers of weight min(count_uv, cap_per_pair)
    count_uv = sum over u's acts on v of 2^(-(as_of - time) / half_life);  without half_life, their number
    w_uv = base weight + k_uv
    theta_uv = rho_uv + (1 - rho_uv) e_uv on mutual follows,   e_uv = k_uv / (k_uv + engagement_half)

u decides what u does, so v can forge neither k_uv nor e_uv alone, and friends who talk to each other keep
their worth. Source: docs/mathematics.md; `k` and `e` take no part in the capacity.

A follow that was returned once, and that is remembered with strength s (`influencegraph.ghosts`), keeps s of
the discount of a mutual one:

    theta_uv = (1 - s) + s (rho_uv + (1 - rho_uv) e_uv) = 1 - s (1 - rho_uv) (1 - e_uv)

The first form adds what is not negative, so that rounding stays relative to theta.

rho depends on both ends, or where followers count alike on v alone (`influencegraph.worth`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.ghosts import Ghosts, find_followed
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.engagement import spare_follows
from influencegraph.settings import Settings

Floats = NDArray[np.float64]

ROUNDINGS = 12
"""Behind theta w: k counts as it was computed, w one; e two; rho two, 1 - rho one (and rho's again, of a
part that theta holds as well), their product and sum two; theta w one; W, of rounded weights, one."""
GHOST_ROUNDINGS = 2
"""Behind theta of a ghost besides: the product with s, and the sum. 1 - s, the other term of that sum, has
fewer than the product. Those of a contact count that is no integer come twice, as rho does."""
GIVING_ROUNDINGS = 14
"""Behind rho where it depends on giving: the share five (besides what long sums of weights lose), two more
where returns are remembered, three from there to `c`, two for what it is multiplied or divided by, two to
spare. In theta they count twice, as rho's do above."""


class Engaged(NamedTuple):
    """Follows with engagement, each array (n_follows,) float64 unless said, aligned with the graph's rows.

    Attributes
    ----------
    engagement : ndarray
        `k`.
    weights : ndarray
        `w`: attention is shared out by it.
    theta : ndarray
        What of a follow's part counts, in [0, 1].
    passed : ndarray
        ``theta w``.
    worth : ndarray, shape (n_accounts,)
        `rho_v`, by node; where followers do not count alike, its least.
    half : float
        Engagement at which half of the discount is spared; inf spares nothing.
    is_scaled : bool
        Whether `weights` were scaled, each follower's alike; `engagement` never is.
    """

    engagement: Floats
    weights: Floats
    theta: Floats
    passed: Floats
    worth: Floats
    half: float
    is_scaled: bool = False


def add_engagement(graph: FollowerGraph, settings: Settings) -> tuple[Floats, Floats]:
    """Return `k` and `w` of each follow, both (n_follows,); O(follows + acts)."""
    k = count_engagement(graph, settings.half_life, settings.as_of)
    return k, k + (1.0 if graph.follow_weights is None else graph.follow_weights)


def engage(
    graph: FollowerGraph, settings: Settings, room: Floats, k: Floats, weights: Floats,
    regard: Floats | None = None, ghosts: Ghosts | None = None,
) -> Engaged:  # fmt: skip
    """Return what of each follow counts where it is not its receiver alone who decides; O(follows).

    Parameters
    ----------
    graph : FollowerGraph
    settings : Settings
        Without `engagement_half` no discount is spared, and weights have their layers all the same.
    room : ndarray of float64, shape (n_accounts,)
        ``min(1, B / m_v)``, by node.
    k, weights : ndarray of float64, shape (n_follows,)
        As `add_engagement` returns them.
    regard : ndarray of float64, shape (n_accounts,), optional
        ``c_u``, by node, where followers do not count alike.
    ghosts : Ghosts, optional
        Those of one-way follows, where they are to count.
    """
    assert settings.mutual_worth is not None
    theta, passed = np.empty(graph.n_follows), np.empty(graph.n_follows)
    half = np.inf if settings.engagement_half is None else settings.engagement_half
    least = room * settings.mutual_worth
    worth = least if regard is None else room
    spare_follows(
        graph.followers, graph.mutual_start, worth, regard, weights, k, half, 0, graph.n_accounts, theta,
        passed,
    )  # fmt: skip
    if ghosts is not None:
        follows, strengths = ghosts.follows, ghosts.strengths
        rho = worth[find_followed(graph, follows)]
        if regard is not None:
            rho *= regard[graph.followers.indices[follows]]
        spared = k[follows] / (k[follows] + half)
        theta[follows] = (1.0 - strengths) + strengths * (rho + (1.0 - rho) * spared)
        passed[follows] = theta[follows] * weights[follows]
    return Engaged(k, weights, theta, passed, least, half)


def count_engagement(graph: FollowerGraph, half_life: float | None, as_of: float | None) -> Floats:
    """Return `k` of each follow, shape (n_follows,), in follows' worth.

    Raises
    ------
    InvalidArgument
        If engagement is to fade and a layer has no times, or an act lies in the future.
    """
    total = np.zeros(graph.n_follows)
    for layer in graph.layers:
        counts = layer.counts
        if half_life is not None:
            assert as_of is not None
            if layer.times is None:
                raise InvalidArgument.because(
                    f"half_life is {half_life:g}, and layer {layer.name!r} has no times",
                    "acts that fade have a time",
                    "Give the layer times=, or leave half_life out.",
                    name="half_life",
                )
            if len(layer.times) and layer.times.max() > as_of:
                raise InvalidArgument.because(
                    f"as_of is {as_of!r}, and layer {layer.name!r} has acts up to {layer.times.max()!r}",
                    "no act lies in the future",
                    "Use a later as_of, or leave those acts out of the layer.",
                    name="as_of",
                )
            with np.errstate(over="ignore"):  # of an age: such acts count nothing
                counts = counts * np.exp2((layer.times - as_of) / half_life)
        sums = np.bincount(layer.follows, counts, minlength=graph.n_follows)
        total += layer.weight * np.minimum(sums, layer.cap_per_pair)
    return total
