import numpy as np

import influencegraph
from influencegraph.attacks import ATTACKS
from tests.attacks.differences import difference

NETWORK = influencegraph.simulate_network(2_000, farm_size=40, ring_size=20)


def test_follow_pool__pairs_trade_until_the_budget_is_spent() -> None:
    outcome = ATTACKS["follow_pool"](NETWORK.graph, budget=2_000, among=NETWORK.members("organic"), rng=3)
    pool = outcome.gainers
    assert len(pool) == 63  # 63 * 62 / 2 = 1,953 follows
    assert 1_850 <= outcome.n_made <= 1_953
    assert set(pool) <= set(NETWORK.members("organic"))
    added, removed = difference(outcome)
    assert added == {tuple(pair) for pair in outcome.graph.labels[outcome.added].tolist()}
    assert not removed
    assert not len(outcome.removed)
    assert np.isin(outcome.graph.labels[outcome.added], pool).all()
