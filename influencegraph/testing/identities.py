"""Laws that are equations: what leaves scores as they are, and graphs whose scores are formulas."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from influencegraph.graph import FollowerGraph
from influencegraph.testing.cases import (
    Case,
    draw_case,
    draw_members,
    draw_two,
    draw_weight,
    score_case,
)
from influencegraph.testing.model import find_launch, make_graph
from influencegraph.testing.scoring import Draw, Scoring, expect_same


def check_relabelling(score: Scoring, draw: Draw) -> None:
    """Give the accounts other numbers."""
    case = draw_case(score, draw)
    order = np.array(draw(st.permutations(range(case.n))))
    moved = case._replace(weights=case.weights[np.ix_(order, order)])
    if "teleport" in case.settings:
        moved = moved.use(teleport=case.settings["teleport"][order])
    expect_same(score_case(score, moved), score_case(score, case)[order], "the relabelled value")


def check_rows(score: Scoring, draw: Draw) -> None:
    """Shuffle the rows, and give each follow in two halves."""
    case = draw_case(score, draw)
    follower, followed = np.nonzero(case.weights)
    weights = case.weights[follower, followed] / 2
    rows = np.array(draw(st.permutations(range(2 * follower.size))), np.int64) % max(follower.size, 1)
    halves = weights[rows] if case.weighted else None
    again = FollowerGraph.from_arrays(follower[rows], followed[rows], halves, labels=np.arange(case.n))
    expect_same(score(again, case.settings), score_case(score, case), "with each row twice, the value")


def check_weight_unit(score: Scoring, draw: Draw) -> None:
    """Multiply all weights."""
    case = draw_case(score, draw)
    factor = draw(st.sampled_from((8.0, 0.1, 3.0)))
    scaled = case._replace(weights=case.weights * factor, weighted=True)
    expect_same(score_case(score, scaled), score_case(score, case), f"with weights times {factor}, the value")


def check_symmetry(score: Scoring, draw: Draw) -> None:
    """Everybody follows the same steps ahead on a circle."""
    case = draw_case(score, draw, seeded=False)
    ahead = np.array([draw(st.integers(0, 2)) for _ in range(case.n)], np.float64)
    ahead[0] = 0
    circle = np.array([np.roll(ahead, u) for u in range(case.n)])
    values = score_case(score, case._replace(weights=circle, weighted=True))
    expect_same(values, values[0], "where all accounts are alike, the value")


def check_union(score: Scoring, draw: Draw) -> None:
    """Put two networks side by side."""
    one, two = draw_case(score, draw), draw_case(score, draw)
    two = two._replace(settings={**one.settings})
    launch = find_launch(one.n, one.settings), np.ones(two.n)
    two.settings.pop("teleport", None)
    both = np.zeros((one.n + two.n, one.n + two.n))
    both[: one.n, : one.n], both[one.n :, one.n :] = one.weights, two.weights
    union = Case(both, True, one.settings)
    if "teleport" in one.settings:
        union = union.use(teleport=np.concatenate(launch))
    apart = np.concatenate([score_case(score, one), score_case(score, two)])
    expect_same(score_case(score, union), apart, "side by side, the reach")


def check_isolated(score: Scoring, draw: Draw) -> None:
    """Add accounts that nobody follows and that follow nobody."""
    case = draw_case(score, draw, seeded=False)
    count = draw(st.integers(1, 4))
    larger = case._replace(weights=np.pad(case.weights, (0, count)))
    expected = np.append(score_case(score, case), np.ones(count))
    expect_same(score_case(score, larger), expected, "with isolated accounts added, the reach")


def check_linear(score: Scoring, draw: Draw) -> None:
    """Let attention start here, there, and at both."""
    case = draw_case(score, draw, seeded=False)
    one, two = (np.eye(case.n)[draw(st.integers(0, case.n - 1))] for _ in range(2))
    part = draw(st.sampled_from((0.5, 0.25)))
    mixed = score_case(score, case.use(teleport=part * one + (1 - part) * two))
    apart = [score_case(score, case.use(teleport=each)) for each in (one, two)]
    expect_same(mixed, part * apart[0] + (1 - part) * apart[1], "the reach from a mixed teleport")


def check_no_mutual(score: Scoring, draw: Draw) -> None:
    """Without mutual follows, vary what they are worth."""
    case = draw_case(score, draw)
    case = case._replace(weights=np.where(case.weights.T > 0, np.triu(case.weights), case.weights))
    worth = draw(st.sampled_from((0.0, 0.3, 1.0)))
    capacity, giving = draw(st.sampled_from((0.5, math.inf))), draw(st.sampled_from((0.0, 1.5)))
    other = case.use(mutual_worth=worth, mutual_capacity=capacity, mutual_giving=giving)
    expect_same(score_case(score, other), score_case(score, case), "without mutual follows, the value")


def check_pagerank(score: Scoring, draw: Draw) -> None:
    """Without discount, against the stationary vector of Google's matrix."""
    case = draw_case(score, draw, mutual_worth=1.0, mutual_capacity=math.inf)
    start = case.launch / case.n
    shares = case.model.shares
    rows = np.where(shares.any(axis=1, keepdims=True), shares, start)
    a = case.settings["damping"]
    expected = np.linalg.solve(np.eye(case.n) - a * rows.T, (1 - a) * start)
    values = score_case(score, case)
    expect_same(values / values.sum(), expected, "without discount, the share")


def check_unfollowed(score: Scoring, draw: Draw) -> None:
    """Take an account's followers away."""
    case = draw_case(score, draw)
    v = draw(st.integers(0, case.n - 1))
    weights = case.weights.copy()
    weights[:, v] = 0
    case = case._replace(weights=weights)
    expect_same(score_case(score, case)[v], case.launch[v], "followed by nobody, the reach")


def check_clique(score: Scoring, draw: Draw) -> None:
    """Members of a mutual clique, apart from everybody."""
    case = draw_case(score, draw, seeded=False)
    k = draw(st.integers(2, 6))
    weights = np.pad(case.weights, (0, k))
    weights[case.n :, case.n :] = 1 - np.eye(k)
    values = score_case(score, case._replace(weights=weights))[case.n :]
    a, worth, capacity = (case.settings[name] for name in ("damping", "mutual_worth", "mutual_capacity"))
    expected = 1 / (1 - a * worth * min(1, capacity / (k - 1)))
    expect_same(values, expected, f"in a mutual clique of {k}, the reach")


def check_contributions(score: Scoring, draw: Draw) -> None:
    """Add up the launch and what followers pass on."""
    case = draw_case(score, draw)
    values = score_case(score, case)
    arriving = case.settings["damping"] * (values @ case.model.passed)
    expect_same(values, case.launch + arriving, "the reach, beside its launch and contributions,")


def check_mutual_sum(score: Scoring, draw: Draw) -> None:
    """Compare what mutual followers contribute with their mean, however many there are."""
    case = draw_case(score, draw, min_accounts=3)
    v = draw(st.integers(0, case.n - 1))
    for u in draw_members(draw, case.n):
        if u != v:
            case = case.follow(u, v, draw_weight(draw, case)).follow(v, u, 1.0)
    values, model = score_case(score, case), case.model
    a, capacity = case.settings["damping"], case.settings["mutual_capacity"]
    given, m = (values * model.regard) @ model.mutual[:, v], model.mutual_counts[v]
    cap = a * min(m, capacity) * given / max(m, 1)
    rest = case.launch[v] + a * values @ model.one_way[:, v]
    expect_same(values[v], rest + cap, f"with {m} mutual followers, the reach")


def check_ledger(score: Scoring, draw: Draw) -> None:
    """Add up what was kept, what evaporated and what ended at those who follow nobody."""
    case = draw_case(score, draw)
    values, a = score_case(score, case), case.settings["damping"]
    lost = 1 - case.model.passed.sum(axis=1)
    total = ((1 - a) * values.sum() + a * (values @ lost)) / case.n
    expect_same(total, 1.0, "attention kept, discounted and dangling together")


def check_zero_weights(score: Scoring, draw: Draw) -> None:
    """Add a follow of weight 0, back where there is a follow."""
    case = draw_case(score, draw, min_accounts=2, weighted=True)
    u, v = draw_two(draw, case.n)
    before = case.follow(v, u, 0.0).follow(u, v, draw_weight(draw, case))
    follower, followed = np.nonzero(before.weights)
    weights = np.append(before.weights[follower, followed], 0.0)
    rows = np.append(follower, v), np.append(followed, u)
    again = FollowerGraph.from_arrays(*rows, weights, labels=np.arange(case.n))
    assert make_graph(before.weights).n_follows + 1 == again.n_follows
    expect_same(
        score(again, case.settings), score_case(score, before), "with a follow of weight 0, the value"
    )
