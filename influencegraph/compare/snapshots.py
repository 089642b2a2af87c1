"""Snapshots of a network, their accounts matched by label.

An account's *number* is its place among the accounts of all snapshots compared: those of the last one in
its order, then those that only earlier ones have. Numbers are internal to this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.engagement import count_engagement
from influencegraph.errors import InvalidArgument
from influencegraph.explain.parts import Source, find_source
from influencegraph.ghosts import count_contacts, spread_strengths
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels
from influencegraph.redaction import hidden_in
from influencegraph.scale import Scale
from influencegraph.scored import check_scores
from influencegraph.scores import Scores
from influencegraph.settings import Settings
from influencegraph.solvers.transition import share_one_way

Floats = NDArray[np.float64]


class Snapshot(NamedTuple):
    """One of the networks compared; arrays (n,) by number unless said, 0 where the account is not there.

    Attributes
    ----------
    attention : Attention
    settings : Settings
    scale : Scale
    node_of : ndarray of int64
        Each account's node; -1 where it is not there.
    number_of : ndarray of int64, shape (n_accounts,)
        Each node's number.
    engagement : ndarray of float64, shape (n_follows,), or None
        `k` of each follow, aligned with the graph's rows; None without layers.
    strengths : ndarray of float64, shape (n_follows,), or None
        How strongly each follow's return is remembered; None without ghosts.
    giving : ndarray of float64, shape (n_accounts,), or None
        What share of its attention each node gives one-way; None where followers count alike.
    contacts : ndarray, shape (n_accounts,)
        `m_v` by node.
    reach, lower, upper, launch, score : ndarray of float64
    """

    attention: Attention
    settings: Settings
    scale: Scale
    node_of: NDArray[np.int64]
    number_of: NDArray[np.int64]
    engagement: Floats | None
    strengths: Floats | None
    giving: Floats | None
    contacts: NDArray[Any]
    reach: Floats
    lower: Floats
    upper: Floats
    launch: Floats
    score: Floats

    @property
    def graph(self) -> FollowerGraph:
        """What was scored."""
        return self.attention.graph


class Match(NamedTuple):
    """Snapshots in the order of time, all accounts by number, and which of them are redacted anywhere."""

    snapshots: list[Snapshot]
    accounts: Labels
    hidden: NDArray[np.bool_]


def match_snapshots(path: Sequence[Scores], graphs: Sequence[FollowerGraph | None]) -> Match:
    """Match the accounts of scores by label; O(accounts), and O(follows) for each graph given.

    Raises
    ------
    InvalidArgument
        If a method propagates no attention, a graph is missing or another one, or labels are of two kinds.
    """
    sources = [
        _find_source(scores, graph, place)
        for place, (scores, graph) in enumerate(zip(path, graphs, strict=True))
    ]
    kinds = [source.whole.accounts.kind for source in sources]
    if len(set(kinds)) > 1:
        raise InvalidArgument.because(
            f"labels are {' and '.join(dict.fromkeys(kinds))} in different snapshots",
            "accounts are matched by label, and 1 and '1' are two accounts",
            "Read all snapshots with the same label_type.",
            name="before",
        )
    accounts = sources[-1].whole.accounts
    numbers = []
    for source in reversed(sources):
        accounts, found = _number_accounts(accounts, source.whole.accounts)
        numbers.append(found)
    snapshots, hidden = [], np.zeros(len(accounts), np.bool_)
    for source, found in zip(sources, reversed(numbers), strict=True):
        snapshots.append(_arrange(source, found, len(accounts)))
        hidden[found[hidden_in(source.scores)]] = True
    return Match(snapshots, accounts, hidden)


def _find_source(scores: Scores, graph: FollowerGraph | None, place: int) -> Source:
    subject, question = f"snapshot {place}", "a comparison"
    check_scores(scores, question, subject)
    if graph is None and scores.graph is None and scores.redaction is None:
        raise InvalidArgument.because(
            f"snapshot {place} carries no graph (it was loaded, or pickled)",
            "a comparison needs the follows",
            "Pass graphs=(graph_before, graph_after), what was scored; None where scores carry their own.",
            name="graphs",
        )
    return find_source(scores, graph, question, subject=subject, has_check=False)


def _number_accounts(known: Labels, accounts: Labels) -> tuple[Labels, NDArray[np.int64]]:
    """Return `known` with those of `accounts` that are new, and the numbers of `accounts`."""
    if accounts is known or np.array_equal(accounts.values, known.values):
        return known, np.arange(len(accounts))
    numbers = known.locate(accounts.values)
    is_new = numbers < 0
    if is_new.any():
        numbers[is_new] = len(known) + np.arange(np.count_nonzero(is_new))
        known = Labels(np.concatenate([known.values, accounts.values[is_new]]))
    return known, numbers


def _arrange(source: Source, numbers: NDArray[np.int64], n: int) -> Snapshot:
    """Lay out a snapshot by number."""
    whole, graph, t = source.whole, source.graph, source.attention.transition
    node_of = np.full(n, -1, np.int64)
    node_of[numbers] = graph.node_of

    def spread(values: Floats) -> Floats:
        spread_out = np.zeros(n)
        spread_out[numbers] = values
        return spread_out

    return Snapshot(
        source.attention,
        whole.settings,
        whole.scale,
        node_of,
        numbers[graph.position_of],
        count_engagement(graph, whole.settings.half_life, whole.settings.as_of) if graph.layers else None,
        None if graph.ghosts is None else spread_strengths(graph),
        None if t.giving is None else share_one_way(graph, t.own_weights, t.out_weights),
        graph.mutual_counts if graph.ghosts is None else count_contacts(graph),
        *(spread(values) for values in (whole.reach, whole.lower, whole.upper, whole.launch, whole.score)),
    )
