"""Laws that are inequalities: what never pays, what never hurts, and by how much at most."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from influencegraph.testing.cases import (
    Case,
    draw_case,
    draw_members,
    draw_two,
    draw_weight,
    score_case,
)
from influencegraph.testing.model import count_hits
from influencegraph.testing.scoring import Draw, Scoring, expect_at_most


def check_monotone_worth(score: Scoring, draw: Draw) -> None:
    """Raise what mutual follows are worth."""
    case = draw_case(score, draw)
    low, high = sorted(draw(st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0))) for _ in range(2))
    less = score_case(score, case.use(mutual_worth=low))
    more = score_case(score, case.use(mutual_worth=high))
    expect_at_most(less, more, f"at mutual_worth {low} instead of {high}, the reach")


def check_monotone_capacity(score: Scoring, draw: Draw) -> None:
    """Raise how many mutual followers count in full."""
    case = draw_case(score, draw)
    low, high = sorted(draw(st.sampled_from((0.5, 1.0, 1.5, 2.0, math.inf))) for _ in range(2))
    less = score_case(score, case.use(mutual_capacity=low))
    more = score_case(score, case.use(mutual_capacity=high))
    expect_at_most(less, more, f"at mutual_capacity {low} instead of {high}, the reach")


def check_monotone_giving(score: Scoring, draw: Draw) -> None:
    """Raise how much more mutual follows count of those who give."""
    case = draw_case(score, draw)
    low, high = sorted(draw(st.sampled_from((0.0, 0.5, 1.0, 1.5, 5.0))) for _ in range(2))
    less = score_case(score, case.use(mutual_giving=low))
    more = score_case(score, case.use(mutual_giving=high))
    expect_at_most(less, more, f"at mutual_giving {low} instead of {high}, the reach")


def check_strict_follow_back(score: Scoring, draw: Draw) -> None:
    """Follow back where returned follows are worth nothing."""
    case = draw_case(score, draw, min_accounts=2, mutual_worth=0.0)
    u, v = draw_two(draw, case.n)
    before = case.follow(u, v, draw_weight(draw, case)).follow(v, u, 0.0)
    after = before.follow(v, u, draw_weight(draw, case))
    old, new = score_case(score, before), score_case(score, after)
    expect_at_most(new[v], old[v], f"after account {v} followed {u} back, its reach")


def check_follow_back(score: Scoring, draw: Draw) -> None:
    """Follow back, and compare the gain with its bound."""
    case = draw_case(score, draw, min_accounts=2, weighted=False)
    u, v = draw_two(draw, case.n)
    before = case.follow(u, v, 1.0).follow(v, u, 0.0)
    after = before.follow(v, u, 1.0)
    old, new = score_case(score, before), score_case(score, after)
    a, worth = case.settings["damping"], after.model.regard[v]
    d, f = before.weights[v].sum(), before.model.returns[v]
    factor = (1 - f) / (1 - (d * f + a * a * worth) / (d + 1))
    expect_at_most(new[v], old[v] * factor, f"after account {v} followed {u} back, its reach")


def _trade(draw: Draw, case: Case) -> tuple[Case, Case, int, int]:
    u, v = draw_two(draw, case.n)
    before = case.follow(u, v, 0.0).follow(v, u, 0.0)
    after = before.follow(u, v, draw_weight(draw, case)).follow(v, u, draw_weight(draw, case))
    return before, after, u, v


def check_strict_trade(score: Scoring, draw: Draw) -> None:
    """Trade follows where returned follows are worth nothing."""
    before, after, u, v = _trade(draw, draw_case(score, draw, min_accounts=2, mutual_worth=0.0))
    old, new = score_case(score, before), score_case(score, after)
    expect_at_most(new, old, f"after {u} and {v} traded follows, the reach")


def check_trade(score: Scoring, draw: Draw) -> None:
    """Trade follows, and compare each side's gain with its price."""
    before, after, u, v = _trade(draw, draw_case(score, draw, min_accounts=2))
    old, new = score_case(score, before), score_case(score, after)
    counted, visits = after.model.regard[:, None] * after.model.shares, before.model.visits
    damping = before.settings["damping"]
    for one, other in ((u, v), (v, u)):
        gain = visits[one, one] * new[other] * counted[other, one]
        gain += visits[other, one] * new[one] * counted[one, other]
        expect_at_most(
            new[one], old[one] + damping * gain, f"after trading with {other}, the reach of account {one}"
        )


def check_one_way_follower(score: Scoring, draw: Draw) -> None:
    """Gain a one-way follower, or let one follow with more weight."""
    case = draw_case(score, draw, min_accounts=2)
    u, v = draw_two(draw, case.n)
    before = case.follow(v, u, 0.0)
    weight = draw_weight(draw, case)
    if not case.weighted:
        before = before.follow(u, v, 0.0)
    after = before.follow(u, v, before.weights[u, v] + weight)
    old, new = score_case(score, before), score_case(score, after)
    what = f"before account {u} followed {v} (more), the value of account {v}"
    expect_at_most(old[v], new[v], what)
    # Any walk at u that may step elsewhere now comes more often to v; how much more has a lower bound.
    a = case.settings.get("damping", 0.85)
    moved = after.find_share(u, v) - before.find_share(u, v)
    if a * (1 - a) * old[u] * moved > 1e-4 * np.abs(new).max():
        was, became = float(old[v]), float(new[v])
        assert became > was, f"{what} is {was!r} and must be less than after, {became!r}"


def check_ring(score: Scoring, draw: Draw) -> None:
    """Link some accounts to each other only, and mutually."""
    case = draw_case(score, draw, min_accounts=2)
    members = draw_members(draw, case.n)
    inside = np.isin(np.arange(case.n), members)
    weights = case.weights.copy()
    weights[inside] = np.where((case.weights.T[inside] > 0) & inside, case.weights[inside], 0)
    case = case._replace(weights=weights)
    a, worth = case.settings["damping"], case.settings["mutual_worth"]
    limit = count_hits(case.model, case.launch, members) / (1 - a * worth)
    values = score_case(score, case)
    expect_at_most(values[members].sum(), limit, f"the reach of the ring {members} together")


def check_coalition(score: Scoring, draw: Draw) -> None:
    """Take any accounts, however they are linked."""
    case = draw_case(score, draw)
    members = draw_members(draw, case.n)
    limit = count_hits(case.model, case.launch, members) / (1 - case.settings["damping"])
    values = score_case(score, case)
    expect_at_most(values[members].sum(), limit, f"the reach of the coalition {members} together")


def check_farmer(score: Scoring, draw: Draw) -> None:
    """Bound what mutual followers can be worth."""
    case = draw_case(score, draw, weighted=False, seeded=False)
    values, model = score_case(score, case), case.model
    a, capacity = case.settings["damping"], case.settings["mutual_capacity"]
    worth = model.regard[model.mutual_counts > 0].max(initial=0.0)
    organic = 1 + a * values @ model.one_way
    best = np.where(model.mutual_counts > 0, organic / np.maximum(case.weights.sum(axis=1), 1), 0).max()
    traded = a * worth / (1 - a * worth) * np.minimum(model.mutual_counts, capacity) * best
    expect_at_most(values, organic + traded, "beside its one-way followers and a farmer's bound, the reach")


def check_no_cliffs(score: Scoring, draw: Draw) -> None:
    """Add one follow, and add up all that it moves."""
    case = draw_case(score, draw, min_accounts=2)
    u, v = draw_two(draw, case.n)
    before = case.follow(u, v, 0.0)
    after = before.follow(u, v, draw_weight(draw, case))
    old, new = score_case(score, before), score_case(score, after)
    limit = _cliff(before, old, u, v) / (1 - case.settings["damping"])
    expect_at_most(
        np.abs(new - old).sum(), limit, f"after {u} followed {v}, the movement of all reach together"
    )


def _cliff(before: Case, values: Any, u: int, v: int) -> float:
    a, capacity, model = before.settings["damping"], before.settings["mutual_capacity"], before.model
    moved = float(values[u]) * (max(1.0, 2 * a) if before.weighted else 1.0)
    # What u, and v where it follows u, give one-way changes by shares that u passes on or is passed.
    more = float(before.settings["mutual_worth"] * before.settings.get("mutual_giving", 0.0))
    moved += 2.0 * more * float(values[u])
    if before.weights[v, u] > 0:
        received = a * values @ (model.theta * model.mutual)
        for one in (u, v):
            m = model.mutual_counts[one]
            moved += received[one] / (m + 1) * (m + 1 > capacity)
    return moved


def check_unfollow(score: Scoring, draw: Draw) -> None:
    """Unfollow a contact whose follow matters little to one's own return."""
    case = draw_case(score, draw, min_accounts=3, weighted=False)
    v = draw(st.integers(0, case.n - 1))
    contacts = np.flatnonzero(case.weights[v])
    assume(contacts.size >= 2)
    model, a = case.model, case.settings["damping"]
    at_stake = a * model.theta[v] * model.arrivals[:, v]
    friends = np.flatnonzero(model.is_mutual[v])
    through = a * float(model.passed[v, friends] @ model.arrivals[friends, v])
    for u in contacts[~model.is_mutual[v, contacts]]:  # v gives less one-way, and its friends get less
        lost = 1.0 - case.follow(v, int(u), 0.0).model.regard[v] / max(model.regard[v], 1e-300)
        at_stake[u] += lost * through / model.shares[v, u]
    safe = [int(u) for u in contacts if at_stake[u] <= model.returns[v] - 1e-12]
    least = int(contacts[at_stake[contacts].argmin()])
    if not case.settings.get("mutual_giving"):  # the mean of all is what v gets back
        safe.append(least)
    assume(safe)
    u = draw(st.sampled_from(safe))
    old, new = score_case(score, case), score_case(score, case.follow(v, u, 0.0))
    expect_at_most(old[v], new[v], f"before account {v} unfollowed {u}, its reach")
