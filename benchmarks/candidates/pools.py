"""Attacks on the candidates: the pool that the rule is about, and those that know the formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import sparse

import influencegraph
from benchmarks.candidates.discounts import Discount, part, reach
from influencegraph.attacks import ATTACKS

N_ACCOUNTS = 12_000
BUDGET = 79_800  # a pool of 400 at density 0.5
POOL, ONE_WAY_SHARE = 400, 0.2
FAKES, BOUGHT, FOLLOWED = 400, 40, 10
CLIQUE = 5
CHOOSING_SEEDS, JUDGED_SEEDS = range(1, 3), range(11, 21)

Matrix = sparse.csr_matrix


class Attack(NamedTuple):
    """A network afterwards, who gains, and who launches attention (fakes come last)."""

    after: Matrix
    gainers: np.ndarray
    launch: np.ndarray


def simulate(seed: int) -> influencegraph.FollowerGraph:
    """Draw a network without cheats."""
    return influencegraph.simulate_network(N_ACCOUNTS, farm_size=0, ring_size=0, rng=seed).graph


def dense_pool(graph: influencegraph.FollowerGraph, seed: int, density: float = 0.5) -> Attack:
    outcome = ATTACKS["follow_pool"](graph, budget=BUDGET, rng=seed, density=density)
    gainers = graph.accounts.locate(outcome.gainers)
    return Attack(outcome.graph.to_scipy(), gainers, np.ones(graph.n_accounts))


def sparse_pool(graph: influencegraph.FollowerGraph, seed: int) -> Attack:
    return dense_pool(graph, seed, density=0.05)


def leaning_pool(graph: influencegraph.FollowerGraph, seed: int) -> Attack:
    """A dense pool of which a share of the pairs follow one way only."""
    rng = np.random.default_rng([seed, 1])
    pool = rng.choice(graph.n_accounts, POOL, replace=False)
    one, other = np.triu_indices(POOL, 1)
    traded = rng.choice(len(one), len(one) // 2, replace=False)
    ways = rng.random(len(traded))
    forth, back = ways >= ONE_WAY_SHARE / 2, (ways < ONE_WAY_SHARE / 2) | (ways >= ONE_WAY_SHARE)
    a, b = pool[one[traded]], pool[other[traded]]
    return _add(graph, np.concatenate([np.c_[a[forth], b[forth]], np.c_[b[back], a[back]]]), 0, pool)


def witnessed_pool(graph: influencegraph.FollowerGraph, seed: int) -> Attack:
    """A dense pool whose members are followed by some fakes, and follow a few others of them."""
    base = dense_pool(graph, seed)
    rng, n = np.random.default_rng([seed, 2]), graph.n_accounts
    fans = np.array([rng.choice(FAKES, BOUGHT + FOLLOWED, replace=False) + n for _ in base.gainers])
    members = np.repeat(base.gainers, BOUGHT), np.repeat(base.gainers, FOLLOWED)
    pairs = [np.c_[fans[:, :BOUGHT].ravel(), members[0]], np.c_[members[1], fans[:, BOUGHT:].ravel()]]
    return _add(base.after, np.concatenate(pairs), FAKES, base.gainers)


def _add(
    before: influencegraph.FollowerGraph | Matrix, pairs: np.ndarray, fakes: int, gainers: np.ndarray
) -> Attack:
    old = Matrix(before if sparse.issparse(before) else before.to_scipy())
    n = old.shape[0] + fakes
    old.resize(n, n)
    new = Matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    launch = np.ones(n)
    launch[n - fakes :] = 0.0
    return Attack(Matrix((old + new) > 0, dtype=np.float64), gainers, launch)


ATTEMPTS: dict[str, Callable[[influencegraph.FollowerGraph, int], Attack]] = {
    "pool of 400": dense_pool,
    "sparse pool": sparse_pool,
    "leaning pool": leaning_pool,
    "witnessed pool": witnessed_pool,
}


def amplify(
    graph: influencegraph.FollowerGraph, attack: Attack, discounts: dict[str, Discount]
) -> dict[str, float]:
    """Return the gainers' summed reach afterwards over before, by discount; honest launch only."""
    before, after = part(graph.to_scipy()), part(attack.after)
    found = {}
    for name, discount in discounts.items():
        sums = reach(before, discount)[attack.gainers].sum(), reach(after, discount, attack.launch)
        found[name] = float(sums[1][attack.gainers].sum() / sums[0])
    return found


def clique_reach(graph: influencegraph.FollowerGraph, discounts: dict[str, Discount]) -> dict[str, float]:
    """Return the reach of one of a few fakes who follow nobody but each other, and launch attention."""
    n = graph.n_accounts
    one, other = np.nonzero(~np.eye(CLIQUE, dtype=bool))
    attack = _add(graph, np.c_[one + n, other + n], CLIQUE, np.arange(n, n + CLIQUE))
    net = part(attack.after)
    return {name: float(reach(net, discount)[-1]) for name, discount in discounts.items()}
