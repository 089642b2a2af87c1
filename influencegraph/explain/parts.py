"""From scores and their graph to the parts of one account's reach."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.errors import InvalidArgument
from influencegraph.explain.contributions import Contributions
from influencegraph.ghosts import count_contacts
from influencegraph.graph import FollowerGraph
from influencegraph.scored import find_scored
from influencegraph.scores import Scores
from influencegraph.sums import add_up
from influencegraph.worth import find_room

Floats = NDArray[np.float64]

_ROUNDING = 2.0**-46
"""More than the roundings of all parts, as a fraction of the reach: tells a wrong graph from rounding."""


class Source(NamedTuple):
    """What explanations are made from.

    Attributes
    ----------
    scores, whole : Scores
        As given, and before anything was redacted.
    graph : FollowerGraph
    attention : Attention
    shown_at : ndarray of int64, shape (n_accounts,), or None
        Each account's place among those shown, their number where it is hidden; None where all are shown.
    """

    scores: Scores
    whole: Scores
    graph: FollowerGraph
    attention: Attention
    shown_at: NDArray[np.int64] | None


class Parts(NamedTuple):
    """What a reach is made of, under the names of the fields of `Explanation`."""

    launch: float
    contributions: Contributions
    unresolved: float
    unresolved_max: float
    withheld: float
    withheld_by_capacity: float
    mutual_contacts: int


def find_source(
    scores: Scores, graph: FollowerGraph | None, question: str, *, subject: str = "scores", has_check: bool
) -> Source:
    """Find what explanations of `scores` are made from; arguments are those of `find_scored`.

    Raises
    ------
    InvalidArgument
        If the method propagates no attention, or the graph is missing or another one.
    """
    found = find_scored(scores, graph, question, subject=subject, has_check=has_check)
    shown_at = None
    if found.whole is not scores:
        shown_at = np.where(found.hidden, len(scores), np.cumsum(~found.hidden) - 1)
    return Source(scores, found.whole, found.graph, found.attention, shown_at)


def split_reach(source: Source, position: int, passed_on: float, reach: float) -> Parts:
    """Split `reach`, the part `passed_on` of the reach of the account at `position`; O(its followers).

    Raises
    ------
    InvalidArgument
        If the parts do not add up: the graph is not the one that was scored.
    """
    whole, graph = source.whole, source.graph
    node = int(graph.node_of[position])
    positions, columns = _weigh_followers(source, node, passed_on)
    contributions = _shown(source, positions, columns)
    launch = passed_on * float(whole.launch[position])
    unresolved = contributions.left_of(reach, -launch)
    widest = max(whole.upper[position] - whole.reach[position], whole.reach[position] - whole.lower[position])
    unresolved_max = passed_on * float(widest)
    is_given = graph is not whole.graph
    if is_given and abs(unresolved) > unresolved_max + _ROUNDING * reach:
        raise InvalidArgument.because(
            f"what arrives by these follows misses the reach by {abs(unresolved):.3g} accounts, and the "
            f"certificate leaves only {unresolved_max:.3g} open",
            "graph is the graph that was scored",
            "Load or build that one, or score this graph.",
            name="graph",
        )
    return Parts(
        launch,
        contributions,
        unresolved,
        unresolved_max,
        contributions.total("withheld"),
        contributions.total("withheld_by_capacity"),
        int(graph.mutual_counts[node]),
    )


def _weigh_followers(
    source: Source, node: int, passed_on: float
) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
    """Return the followers' positions, and the columns of their contributions."""
    attention = source.attention
    follows = attention.into(node)
    positions = source.graph.position_of[follows.nodes].astype(np.int64)
    follower_reach = source.whole.reach[positions]
    arriving = passed_on * attention.damping * follows.part * follower_reach
    withheld = (1.0 - follows.theta) * arriving
    by_capacity = _blame_capacity(source, node, follows.nodes)
    return positions, {
        "reach": follows.theta * arriving,
        "withheld": withheld,
        "withheld_by_capacity": by_capacity * withheld,
        "dilution": follows.part,
        "theta": follows.theta,
        "follower_reach": follower_reach,
        "is_mutual": follows.is_mutual,
    }


def _blame_capacity(source: Source, node: int, followers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what share of the discount of each mutual follow is withheld only for want of room."""
    settings, transition = source.whole.settings, source.attention.transition
    assert settings.mutual_worth is not None
    assert settings.mutual_capacity is not None
    full = np.full(len(followers), settings.mutual_worth)
    if transition.giving is not None:
        full = transition.giving.regard[followers]
    graph = source.graph
    contacts = (graph.mutual_counts if graph.ghosts is None else count_contacts(graph))[[node]]
    worth = full * find_room(contacts, settings.mutual_capacity)
    share = np.zeros(len(followers))
    np.divide(full - worth, 1.0 - worth, out=share, where=worth < full)
    return share


def _shown(source: Source, positions: NDArray[np.int64], columns: dict[str, NDArray[Any]]) -> Contributions:
    """Take hidden followers together, in one line after the others."""
    labels = source.scores.labels
    if source.shown_at is None:
        return Contributions(labels, positions, columns)
    places = source.shown_at[positions]
    hidden = places == len(labels)
    if not hidden.any():
        return Contributions(labels, places, columns)
    sums = ("reach", "withheld", "withheld_by_capacity")
    lines = {}
    for name, values in columns.items():
        unknown = False if name == "is_mutual" else math.nan
        redacted = add_up(values[hidden]) if name in sums else unknown
        lines[name] = np.append(values[~hidden], redacted)
    return Contributions(labels, np.append(places[~hidden], len(labels)), lines)
