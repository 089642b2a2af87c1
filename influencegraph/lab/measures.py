"""What an attack came to under one method: what the gainers gain, and what it does to all others."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks.outcome import AttackOutcome
from influencegraph.graph import FollowerGraph
from influencegraph.lab.agreement import classify, separate
from influencegraph.lab.standing import Standing, enter

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

TOP = 100
"""Accounts whose displacement is counted."""
MATCHED_MAX = 200
"""Gainers that honest accounts are matched to: more tell little more, and each looks through all accounts."""


class Roles(NamedTuple):
    """Who is what in an attack, in positions of the attacked network.

    Attributes
    ----------
    gainers : ndarray of int64
        Those that there were before, if any; otherwise fakes. Of an attack from which nobody gains, those
        who pay.
    are_new : bool
        Whether they are fakes.
    others : ndarray of int64
        Honest accounts that have no part in the attack, ascending.
    """

    gainers: Ids
    are_new: bool
    others: Ids


def assign_roles(outcome: AttackOutcome, honest: Ids) -> Roles:
    """Return who gains, and which of the accounts `honest` (positions) have no part in the attack."""
    n_before = outcome.before.n_accounts
    accounts = outcome.graph.accounts
    gainers, payers = (np.unique(accounts.positions(each)) for each in (outcome.gainers, outcome.payers))
    involved = np.union1d(gainers, payers)
    gainers = gainers if len(gainers) else payers
    existed = gainers[gainers < n_before]
    others = np.setdiff1d(honest, involved)
    return Roles(existed if len(existed) else gainers, not len(existed), others)


def measure(
    outcome: AttackOutcome, roles: Roles, before: Standing, after: Standing, evidence: Floats | None
) -> dict[str, float]:
    """Return what `Record` says that the attack came to, by name; nan where it has no meaning.

    O(accounts x matched gainers).
    """
    gainers, n_before = roles.gainers, outcome.before.n_accounts
    was = np.empty(0, np.int64) if roles.are_new else gainers
    value_before = float(before.amounts[was].sum())
    value_launching = float(after.amounts[gainers].sum())
    value_after = value_launching if roles.are_new else float(after.honest[gainers].sum())
    share_before = _divide(value_before, before.amounts.sum())
    amplification, launching = _divide(value_after, value_before), _divide(value_launching, value_before)
    if roles.are_new:
        share_before = len(gainers) / max(outcome.graph.n_accounts, 1)
        amplification = launching = _multiply(after, gainers)
    share = _divide(value_launching, after.amounts.sum())
    gain = _divide(value_after - value_before, before.amounts.sum() / max(n_before, 1))
    return {
        "value_before": value_before,
        "value_after": value_after,
        "value_launching": value_launching,
        "value_per_gainer": _divide(value_after, len(gainers)),
        "amplification": amplification,
        "amplification_launching": launching,
        "share_amplification": _divide(share, share_before),
        "rank_before": _rank(before, was),
        "rank_after": _rank(after, gainers),
        "percentile_before": _percentile(before, was, n_before),
        "percentile_after": _percentile(after, gainers, n_before),
        "gain": gain,
        "gain_per_follow": _divide(gain, outcome.n_made),
        "gain_per_fake": _divide(gain, len(outcome.fakes)),
        "displaced": _displace(before, after, roles),
        "collateral": _spill(outcome, roles, before, after),
        "auc": math.nan if evidence is None else _detect(outcome.graph, roles, after, evidence),
    }


def match(graph: FollowerGraph, values: Floats, chosen: Ids, candidates: Ids) -> tuple[Ids, Ids]:
    """Return some of `chosen`, and for each the account of `candidates` most like it, each used once.

    Alike are percentiles of value, followers and followings; of a method that gives blame, no values are
    above 0, and these are left out. Gainers choose in order.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([0, 1, 2, 3], [2, 2, 0, 1])
    >>> values = np.array([1.0, 2.0, 3.0, 1.0])
    >>> match(graph, values, np.array([0]), np.array([1, 2, 3]))[1].tolist()
    [1]
    """
    columns: list[NDArray[Any]] = [graph.follower_counts, graph.out_degrees[graph.node_of]]
    columns += [values] if values.max(initial=0.0) > 0 else []
    places = np.array([_rank_share(column) for column in columns])
    step = -(-len(chosen) // MATCHED_MAX)
    some = chosen[:: max(step, 1)][: len(candidates)]
    free, theirs = places[:, candidates], np.zeros(len(candidates))
    matched = np.empty(len(some), np.int64)
    for i, position in enumerate(some.tolist()):
        nearest = int(np.argmin(((free - places[:, position, None]) ** 2).sum(axis=0) + theirs))
        matched[i], theirs[nearest] = candidates[nearest], np.inf
    return some, matched


def _divide(value: float, by: float) -> float:
    return float(value / by) if by > 0 else math.nan


def _multiply(standing: Standing, members: Ids) -> float:
    """Return the members' reach over what they launch and what enters from outside."""
    if standing.scores is None or standing.scores.propagation is None:
        return math.nan
    return _divide(float(standing.scores.reach[members].sum()), enter(standing.scores, members))


def _rank(standing: Standing, accounts: Ids) -> float:
    """Return the median rank of `accounts`; equals have the best of theirs."""
    if not len(accounts):
        return math.nan
    ascending = np.sort(standing.values)
    better = len(ascending) - np.searchsorted(ascending, standing.values[accounts], "right")
    return float(np.median(better + 1))


def _percentile(standing: Standing, accounts: Ids, n_before: int) -> float:
    """Return how many accounts that there were before are below `accounts`, on average, in per cent."""
    if not len(accounts):
        return math.nan
    ascending = np.sort(standing.values[:n_before])
    below = np.searchsorted(ascending, standing.values[accounts], "left")
    upto = np.searchsorted(ascending, standing.values[accounts], "right")
    return float((below + upto).mean() * 50 / max(n_before, 1))


def _rank_share(values: NDArray[Any]) -> Floats:
    """Return what part of all accounts is below each, equals counted half."""
    ascending = np.sort(values)
    below = np.searchsorted(ascending, values, "left") + np.searchsorted(ascending, values, "right")
    shares: Floats = below / (2 * max(len(values), 1))
    return shares


def _displace(before: Standing, after: Standing, roles: Roles) -> float:
    """Return how many of the top 100 before, of those without a part in the attack, are not there after."""
    top = np.argsort(-before.values, kind="stable")[:TOP]
    top_after = np.argsort(-after.values, kind="stable")[:TOP]
    honest = np.intersect1d(top, roles.others)
    return float(len(np.setdiff1d(honest, top_after)))


def _spill(outcome: AttackOutcome, roles: Roles, before: Standing, after: Standing) -> float:
    """Return by what part the accounts change, on average, that were like the gainers before."""
    if roles.are_new:
        _, matched = match(outcome.graph, after.amounts, roles.gainers, roles.others)
    else:
        _, matched = match(outcome.before, before.amounts, roles.gainers, roles.others)
    had = before.amounts[matched]
    changes = after.honest[matched][had > 0] / had[had > 0] - 1.0
    return float(changes.mean()) if len(changes) else math.nan


def _detect(graph: FollowerGraph, roles: Roles, after: Standing, evidence: Floats) -> float:
    unknown = roles.gainers[~np.isnan(evidence[roles.gainers])]
    suspects, innocents = match(graph, after.amounts, unknown, roles.others)
    classes = classify(evidence[np.concatenate([suspects, innocents])])
    return separate(classes[: len(suspects)], classes[len(suspects) :])
