"""A year of follows and unfollows, simulated: who follows whom as in the simulated network, and when."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import influencegraph

DAY, YEAR = 86_400.0, 365 * 86_400.0
N_ACCOUNTS, FARM_SIZE, RING_SIZE = 10_000, 200, 100
CHURN_SIZE = 50
CHURN_FOLLOWS, CHURN_CAMPAIGNS, CHURN_AGAIN = 300, 5, 0.25
JOINS_WITH = 0.15  # of its follows an account makes on the day it joins
ANSWER_DAYS, ANSWER_SIGMA = 3.0, 2.0  # of a lognormal delay
ENDS, ENDS_AFTER_DAYS = 0.1, 100.0
CAMPAIGN_DAYS, CHEAT_ANSWER_HOURS = 3.0, 6.0


class Rows(NamedTuple):
    """Spells: follower and followed as numbers, start and stop in seconds (inf: no end)."""

    follower: np.ndarray
    followed: np.ndarray
    start: np.ndarray
    stop: np.ndarray


def simulate_log(seed: int) -> tuple[dict[str, Any], np.ndarray]:
    """Return a log, and the kind of each of its accounts, in the order of their labels."""
    network = influencegraph.simulate_network(N_ACCOUNTS, farm_size=FARM_SIZE, ring_size=RING_SIZE, rng=seed)
    rng = np.random.default_rng([seed, 2])
    names = np.array([f"churn-{i:02d}" for i in range(CHURN_SIZE)], object)
    labels = np.concatenate([network.graph.labels, names])
    kinds = np.concatenate([network.kinds, np.full(CHURN_SIZE, "churn", object)])
    parts = [_date_follows(network, rng), _churn(network.kinds, rng)]
    rows = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    ended = np.flatnonzero(rows.stop <= YEAR)
    begun = np.flatnonzero(rows.start <= YEAR)
    events = np.concatenate([begun, ended])
    log = {
        "times": np.concatenate([rows.start[begun], rows.stop[ended]]),
        "kinds": np.repeat(["follow", "unfollow"], [len(begun), len(ended)]),
        "followers": labels[rows.follower[events]],
        "followed": labels[rows.followed[events]],
    }
    present = np.unique(np.concatenate([rows.follower[begun], rows.followed[begun]]))
    order = np.argsort(labels[present])
    return log, kinds[present][order]


def _date_follows(network: influencegraph.simulate.SimulatedNetwork, rng: np.random.Generator) -> Rows:
    """Give each follow of the network its time, and some an end."""
    csr, _ = network.graph.rows_by_position()
    n = len(network.kinds)
    follower = np.repeat(np.arange(n), np.diff(csr.indptr))
    followed = csr.indices.astype(np.int64)
    trades = np.isin(network.kinds, ["farm", "ring"])
    joined = rng.random(n) * 0.8 * YEAR
    campaigns = rng.random((n, 4)) * (YEAR - CAMPAIGN_DAYS * DAY)
    later = joined[follower] + rng.random(len(follower)) * (YEAR - joined[follower])
    at_once = rng.random(len(follower)) < JOINS_WITH
    start = np.where(at_once, joined[follower] + 3600 * rng.random(len(follower)), later)
    campaign = campaigns[follower, rng.integers(0, 4, len(follower))]
    campaign = campaign + rng.random(len(follower)) * CAMPAIGN_DAYS * DAY
    start = np.where(trades[follower], campaign, start)
    start = _answer(follower, followed, start, trades, n, rng)
    ends = rng.random(len(follower)) < ENDS
    stop = np.where(ends, start + rng.exponential(ENDS_AFTER_DAYS * DAY, len(follower)), np.inf)
    return Rows(follower, followed, start, stop)


def _answer(
    follower: np.ndarray, followed: np.ndarray, start: np.ndarray, trades: np.ndarray, n: int,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Let the later follow of half of the mutual pairs answer the earlier one, of all pairs with a trader."""
    pairs, back = follower * n + followed, followed * n + follower
    places = np.searchsorted(pairs, back).clip(max=len(pairs) - 1)
    first = (pairs[places] == back) & (follower < followed)
    one, other = np.flatnonzero(first), places[first]
    traded = trades[follower[one]] | trades[followed[one]]
    answers = traded | (rng.random(len(one)) < 0.5)
    delay = np.where(
        traded,
        rng.exponential(CHEAT_ANSWER_HOURS * 3600, len(one)),
        rng.lognormal(np.log(ANSWER_DAYS * DAY), ANSWER_SIGMA, len(one)),
    )
    earlier = np.where(trades[follower[one]] | ~trades[followed[one]], one, other)
    answer = np.where(earlier == one, other, one)
    dated = start.copy()
    dated[answer[answers]] = (start[earlier] + delay)[answers]
    return dated


def _churn(kinds: np.ndarray, rng: np.random.Generator) -> Rows:
    """Let some follow organic accounts, end most of it within days, and follow some of them again."""
    n, organic = len(kinds), np.flatnonzero(kinds == "organic")
    rows = []
    for i in range(CHURN_SIZE):
        aims = rng.choice(organic, CHURN_FOLLOWS, replace=False)
        campaign = (rng.random(CHURN_CAMPAIGNS) * 0.9 * YEAR)[rng.integers(0, CHURN_CAMPAIGNS, len(aims))]
        start = campaign + rng.random(len(aims)) * DAY
        stop = np.where(rng.random(len(aims)) < 0.9, start + DAY * (1 + 4 * rng.random(len(aims))), np.inf)
        again = np.isfinite(stop) & (rng.random(len(aims)) < CHURN_AGAIN)
        more = stop[again] + DAY * (1 + 9 * rng.random(int(again.sum())))
        rows.append(Rows(np.full(len(aims), n + i), aims, start, stop))
        rows.append(Rows(np.full(len(more), n + i), aims[again], more, more + 3 * DAY))
    return Rows(*(np.concatenate(column) for column in zip(*rows, strict=True)))
