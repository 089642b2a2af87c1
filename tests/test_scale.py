"""The 0-100 scale holds still."""

import math

import numpy as np
import pytest

import influencegraph
from influencegraph import FollowerGraph, InfluenceGraphWarning, InvalidArgument, Scale, score


def star(n):
    return FollowerGraph.from_arrays(np.arange(1, n), np.zeros(n - 1, int))


def test_score__is_the_logarithm_of_reach():
    scores = score(star(50))
    wanted = np.clip(100 * np.log(scores.reach) / math.log(50), 0, 100)
    np.testing.assert_allclose(scores.score, wanted, rtol=1e-15, atol=1e-12)
    assert scores.score[1:].tolist() == [0.0] * 49
    assert scores.scale.n_accounts == 50


def test_score__of_a_float_and_of_an_array():
    scale = Scale(100, score(star(5)).settings, "test")
    assert scale.score(10.0) == pytest.approx(50.0)
    assert isinstance(scale.score(10.0), float)
    assert scale.score([0.0, 0.5, 1.0, 100.0, 1e9]).tolist() == [0.0, 0.0, 0.0, 100.0, 100.0]


def test_score__of_a_single_account_or_none_is_zero():
    alone = score(FollowerGraph.from_arrays([], [], labels=[7]))
    assert alone.score.tolist() == [0.0]
    assert alone.scale.score(5.0) == 0.0
    assert score(FollowerGraph.from_arrays([], [])).score.tolist() == []


def test_scale__frozen_makes_days_comparable():
    small, large = star(50), star(500)
    frozen = Scale.from_scores(score(small), name="2026")
    today = score(large, scale=frozen)
    assert today.scale is frozen
    assert today.reach.tobytes() == score(large).reach.tobytes()
    assert today.score[0] == frozen.score(float(today.reach[0]))
    assert today.score[0] == 100.0
    assert today.is_clipped[0]
    assert score(small, scale=frozen).score.tobytes() == score(small).score.tobytes()


def test_scale__of_other_settings_warns():
    frozen = Scale.from_scores(score(star(5)), name="2026")
    with pytest.warns(InfluenceGraphWarning, match="'2026' was frozen at reach") as caught:
        scores = score(star(5), damping=0.5, scale=frozen)
    assert scores.scale is frozen
    assert caught[0].filename == __file__


@pytest.mark.parametrize("n_accounts", [-1, 1.5, True, "3", None])
def test_scale__of_a_strange_size_is_refused(n_accounts):
    with pytest.raises(InvalidArgument):
        Scale(n_accounts, score(star(5)).settings)


def test_clipped__seeds_may_reach_less_than_one_account():
    scores = influencegraph.score(star(5), teleport=[1])
    assert scores.reach.tolist() == pytest.approx([4.25, 5, 0, 0, 0])
    assert scores.is_clipped.tolist() == [False, False, True, True, True]
    assert scores.score[2] == 0.0
