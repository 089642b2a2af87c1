"""The candidates of decision 0011: formulas, what they keep, what they give up, and how they are judged."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import influencegraph
from benchmarks.candidates import __main__ as page
from benchmarks.candidates import discounts, pools, rows
from benchmarks.candidates.judge import Choice, Estimate, Verdict, choose
from influencegraph.testing.strategies import follower_graphs

A = discounts.DAMPING
ROOM = 1e-9
CURVE = (0.7, 0.5)
CANDIDATES = {
    "giving": discounts.giving,
    "expected": partial(discounts.expected, times=1.0, curve=CURVE),
    "witnesses": partial(discounts.witnesses, kappa=1.0),
}
each_candidate = pytest.mark.parametrize("candidate", CANDIDATES)
worths = st.sampled_from((0.5, 0.0, 0.3, 1.0))
capacities = st.sampled_from((150.0, 1.0, 0.5, 2.0))


def choose_discount(candidate, delta, capacity=150.0):
    more = {} if candidate == "expected" else {"capacity": capacity}
    return partial(CANDIDATES[candidate], delta=delta, **more)


def dense(n, *follows):
    matrix = np.zeros((n, n))
    for u, v in follows:
        matrix[u, v] = 1.0
    return matrix


def theta(matrix, discount):
    net = discounts.part(sparse.csr_matrix(matrix))
    found = net.mutual.copy()
    found.data = discount(net)
    return found.toarray()


def solve(matrix, discount):
    """Return reach T, earned reach T / G_vv, and P."""
    passed = discounts.transition(discounts.part(sparse.csr_matrix(matrix)), discount).toarray()
    walks = np.linalg.inv(np.eye(len(matrix)) - A * passed)
    return walks.sum(axis=0), walks.sum(axis=0) / np.diag(walks), passed


@st.composite
def pairs_in_networks(draw):
    """A network with weights, and two of its accounts."""
    matrix = draw(follower_graphs(6, min_accounts=2)).to_scipy().toarray()
    u = draw(st.integers(0, len(matrix) - 1))
    v = draw(st.integers(0, len(matrix) - 1).filter(lambda other: other != u))
    return matrix, u, v, draw(st.sampled_from((1.0, 0.125, 40.0)))


def with_follow(matrix, u, v, weight):
    changed = matrix.copy()
    changed[u, v] = weight
    return changed


# ---- formulas ----


def twin(matrix, candidate, delta, capacity):
    """Theta of mutual follows, account by account."""
    n, follows = len(matrix), matrix > 0
    mutual, one_way = follows & follows.T, follows & ~follows.T
    found = np.zeros((n, n))
    for u, v in zip(*np.nonzero(mutual), strict=True):
        given_share = matrix[u, one_way[u]].sum() / matrix[u].sum()
        seen = sum(follows[u, z] and one_way[z, v] for z in range(n))
        usual = np.exp(CURVE[0]) * (1 + one_way[:, v].sum()) ** CURVE[1] - 1
        evidence = {"giving": given_share, "expected": 0.0, "witnesses": seen / (seen + 1.0)}[candidate]
        room = usual if candidate == "expected" else capacity
        found[u, v] = (delta + (1 - delta) * evidence) * min(1.0, room / mutual[:, v].sum())
    return found


@each_candidate
@given(follower_graphs(7), worths, capacities)
def test_theta__equals_its_slow_twin(candidate, graph, delta, capacity):
    matrix = graph.to_scipy().toarray()
    found = theta(matrix, choose_discount(candidate, delta, capacity))
    np.testing.assert_allclose(found, twin(matrix, candidate, delta, capacity), atol=1e-12)


@given(follower_graphs(7), worths, capacities)
def test_constant__is_the_package_s_own_reach(graph, delta, capacity):
    found = discounts.reach(graph.to_scipy(), partial(discounts.constant, delta=delta, capacity=capacity))
    known = influencegraph.score(graph, mutual_worth=delta, mutual_capacity=capacity, mutual_giving=0).reach
    np.testing.assert_allclose(found, known, rtol=1e-6)


@given(follower_graphs(7), worths, capacities)
def test_giving__is_what_the_package_took_over(graph, delta, capacity):
    delta = max(delta, 0.1)
    found = discounts.reach(graph.to_scipy(), choose_discount("giving", delta, capacity))
    chosen = {"mutual_worth": delta, "mutual_capacity": capacity, "mutual_giving": (1 - delta) / delta}
    known = influencegraph.score(graph, **chosen).reach
    np.testing.assert_allclose(found, known, rtol=1e-6)


def test_expected__the_curve_is_what_the_accounts_follow():
    counts = np.array([0, 3, 8, 15])
    rooms = 3.0 * np.sqrt(1.0 + counts) - 1.0
    empty = sparse.csr_matrix((4, 4))
    net = discounts.Net(empty, empty, empty, np.zeros(4), rooms, counts)
    np.testing.assert_allclose(discounts.fit_expected(net), (np.log(3.0), 0.5), atol=1e-12)


# ---- what holds ----


@each_candidate
@given(pairs_in_networks(), worths, capacities)
def test_follow_back__never_raises_earned_reach(candidate, drawn, delta, capacity):
    matrix, u, v, weight = drawn
    matrix[u, v], matrix[v, u] = 1.0, 0.0
    discount = choose_discount(candidate, delta, capacity)
    after = solve(with_follow(matrix, v, u, weight), discount)[1][v]
    assert after <= solve(matrix, discount)[1][v] + ROOM


@each_candidate
@given(pairs_in_networks(), worths, capacities)
def test_one_way_follower__lowers_neither_reach_nor_earned_reach(candidate, drawn, delta, capacity):
    matrix, u, v, weight = drawn
    matrix[u, v] = matrix[v, u] = 0.0
    discount = choose_discount(candidate, delta, capacity)
    before, after = solve(matrix, discount), solve(with_follow(matrix, u, v, weight), discount)
    assert after[0][v] >= before[0][v] - ROOM
    assert after[1][v] >= before[1][v] - ROOM


@given(pairs_in_networks(), worths, capacities)
def test_giving__no_own_follow_raises_earned_reach_and_no_unfollowing_lowers_it(drawn, delta, capacity):
    matrix, u, v, weight = drawn
    discount = choose_discount("giving", delta, capacity)
    fewer, more = with_follow(matrix, v, u, 0.0), with_follow(matrix, v, u, matrix[v, u] + weight)
    earned = [solve(each, discount)[1][v] for each in (more, matrix, fewer)]
    assert earned[0] <= earned[1] + ROOM
    assert earned[1] <= earned[2] + ROOM


@given(pairs_in_networks(), worths, capacities)
def test_giving__a_follow_back_raises_reach_within_its_bound(drawn, delta, capacity):
    matrix, u, v, _ = drawn
    matrix = (matrix > 0).astype(float)
    matrix[u, v], matrix[v, u] = 1.0, 0.0
    discount = choose_discount("giving", delta, capacity)
    reach, earned, _ = solve(matrix, discount)
    returned = with_follow(matrix, v, u, 1.0)
    f, d, worth = 1 - earned[v] / reach[v], matrix[v].sum(), theta(returned, discount)[v, u]
    bound = (1 - f) / (1 - (d * f + A**2 * worth) / (d + 1))
    assert solve(returned, discount)[0][v] <= reach[v] * bound + ROOM


@pytest.mark.parametrize("candidate", ["giving", "expected"])
@given(pairs_in_networks(), worths, capacities)
def test_trade__earns_at_most_theta_times_the_genuine_follow(candidate, drawn, delta, capacity):
    matrix, u, v, weight = drawn
    matrix[u, v] = matrix[v, u] = 0.0
    discount = choose_discount(candidate, delta, capacity)
    genuine = with_follow(matrix, u, v, weight)
    trade = with_follow(genuine, v, u, 1.0)
    before, followed, traded = (solve(each, discount)[1][v] for each in (matrix, genuine, trade))
    assert traded - before <= theta(trade, discount)[u, v] * (followed - before) + ROOM


@each_candidate
@given(follower_graphs(7), st.tuples(worths, worths), capacities)
def test_reach__rises_with_delta(candidate, graph, deltas, capacity):
    matrix = graph.to_scipy().toarray()
    low, high = (solve(matrix, choose_discount(candidate, d, capacity))[0] for d in sorted(deltas))
    assert np.all(low <= high + ROOM)


@each_candidate
@pytest.mark.parametrize("delta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [2, 5, 9])
def test_clique__has_the_reach_of_the_formula(candidate, size, delta):
    capacity = 2.0 if candidate != "expected" else np.exp(CURVE[0]) - 1
    found = solve(np.ones((size, size)) - np.eye(size), choose_discount(candidate, delta, 2.0))[0]
    np.testing.assert_allclose(found, 1 / (1 - A * delta * min(1.0, capacity / (size - 1))))


@pytest.mark.parametrize("candidate", ["giving", "witnesses"])
@given(follower_graphs(7), worths, capacities)
def test_cap__mutual_followers_bring_at_most_the_capacity_times_their_mean(candidate, graph, delta, capacity):
    matrix = graph.to_scipy().toarray()
    values, _, passed = solve(matrix, choose_discount(candidate, delta, capacity))
    mutual = (matrix > 0) & (matrix.T > 0)
    outs = np.maximum(matrix.sum(axis=1), 1e-300)
    for v in np.flatnonzero(mutual.any(axis=0)):
        each = mutual[:, v]
        mean = (matrix[each, v] / outs[each] * values[each]).mean()
        assert (passed[each, v] * values[each]).sum() <= min(each.sum(), capacity) * mean * (1 + ROOM) + ROOM


@given(follower_graphs(5, min_accounts=2), st.integers(0, 2**25 - 1), st.integers(0, 31), worths)
def test_giving__the_ring_bound_holds_whatever_members_follow_outside(graph, ties, fans, delta):
    """Members link to each other mutually only; what they follow outside follows nobody."""
    inside = graph.to_scipy().toarray()
    k = len(inside)
    inside[(inside > 0) != (inside.T > 0)] = 0.0
    bits = (ties >> np.arange(25) & 1).reshape(5, 5)[:k]
    matrix = np.zeros((k + 6, k + 6))
    matrix[:k, :k], matrix[:k, k : k + 5] = inside, bits
    matrix[k + 5, :k] = (fans >> np.arange(5) & 1)[:k]
    values, _, passed = solve(matrix, choose_discount("giving", delta))
    absorbed = passed * (np.arange(k + 6) >= k)[:, None]
    hit = np.linalg.inv(np.eye(k + 6) - A * absorbed)[:, :k].sum()
    kept = delta if delta >= 0.5 else 1 / (4 * (1 - delta))
    assert values[:k].sum() <= hit / (1 - A * kept) + ROOM


# ---- what is given up: counterexamples ----


def test_giving__at_delta_0_a_trade_raises_reach_by_what_the_follower_gives():
    before, after = dense(3, (0, 1)), dense(3, (0, 1), (0, 2), (2, 0))
    discount = choose_discount("giving", 0.0)
    assert solve(before, discount)[0][2] == 1.0
    assert solve(after, discount)[0][2] == pytest.approx(1 + A / 4)


def test_giving__at_delta_0_a_follow_back_can_raise_reach():
    before = dense(5, (1, 2), (1, 3), (1, 4), (2, 4), (3, 2), (4, 0))
    discount = choose_discount("giving", 0.0)
    found = [solve(each, discount)[0][4] for each in (before, with_follow(before, 4, 1, 1.0))]
    assert found == pytest.approx([3.301375, 3.70665], rel=1e-5)


def test_giving__a_ring_that_is_partly_directed_gains_more_than_without_evidence():
    ring = np.ones((5, 5)) - np.eye(5)
    for member in range(5):
        ring[member, (member + 1) % 5] = 0.0  # each follows its neighbour behind one-way
    without, given_weight = partial(discounts.constant, delta=0.5), choose_discount("giving", 0.5)
    sums = [solve(ring, discount)[0].sum() for discount in (without, given_weight)]
    # Of three follows one is one-way: 1/3 + 2/3 of 1/2, or of 1/2 + 1/6.
    np.testing.assert_allclose(sums, [5 / (1 - A * 2 / 3), 5 / (1 - A * 7 / 9)])


def test_expected__an_own_follow_can_raise_earned_reach_by_the_audience_it_is():
    # x = 1 has three mutual followers, and leads to v = 4 through 5.
    before = dense(6, (0, 1), (1, 0), (2, 1), (1, 2), (3, 1), (1, 3), (1, 5), (5, 4))
    after = with_follow(before, 4, 1, 1.0)
    discount = choose_discount("expected", 1.0)
    assert theta(after, discount)[0, 1] > theta(before, discount)[0, 1]
    earned = [solve(each, discount)[1][4] for each in (before, after)]
    assert earned[1] > earned[0] + 0.01  # and unfollowing lowers it


def test_witnesses__an_own_follow_can_raise_earned_reach_by_the_witness_it_is():
    # y = 0 follows x = 1, which follows it, and v = 2; x leads to v through 3.
    before = dense(4, (0, 1), (1, 0), (0, 2), (1, 3), (3, 2))
    discount = choose_discount("witnesses", 0.0)
    found = [solve(each, discount)[1][2] for each in (before, with_follow(before, 2, 1, 1.0))]
    assert found[1] > found[0] + 0.01  # and unfollowing lowers it


def test_witnesses__a_trade_can_earn_more_than_theta_times_the_genuine_follow():
    # u = 0 and y = 2 follow each other, y leads to v = 1 through 3, and v follows y one-way.
    before = dense(4, (0, 2), (2, 0), (2, 3), (3, 1), (1, 2))
    trade = with_follow(with_follow(before, 0, 1, 1.0), 1, 0, 1.0)
    discount = choose_discount("witnesses", 0.0)
    assert theta(trade, discount)[0, 1] == 0.0
    assert solve(trade, discount)[1][1] > solve(before, discount)[1][1] + 0.01


# ---- rows, attacks and the rule ----


def test_cascades__reach_is_the_exact_expectation_on_a_path():
    follows = sparse.csr_matrix(dense(3, (0, 1), (1, 2)))  # 2 reaches 1 reaches 0
    found = rows.cascade_reach(follows, np.full(2, 0.5), np.random.default_rng(1), samples=4000)
    np.testing.assert_allclose(found, [1.0, 1.5, 1.75], atol=0.03)


def test_auc_and_spearman__known_values():
    assert rows.auc(np.array([1.0, 2.0, 3.0, 3.0]), np.array([0, 0, 1, 0])) == pytest.approx(5 / 6)
    assert rows.spearman(np.array([1.0, 2.0, 3.0]), np.array([5, 6, 9])) == pytest.approx(1.0)


def test_attacks__keep_to_their_words():
    graph = influencegraph.simulate_network(1_000, farm_size=0, ring_size=0).graph
    known = graph.to_scipy().toarray() > 0
    for name, attempt in {"lean": pools.leaning_pool, "seen": pools.witnessed_pool}.items():
        attack = attempt(graph, 3)
        after = attack.after.toarray() > 0
        assert np.all(after[: len(known), : len(known)] >= known)
        new = after[: len(known), : len(known)] & ~known
        assert set(np.flatnonzero(new.any(axis=0))) <= set(attack.gainers)
        if name == "lean":
            one_way = (new & ~new.T)[np.ix_(attack.gainers, attack.gainers)].sum()
            assert one_way / (new.sum() + one_way) * 2 == pytest.approx(pools.ONE_WAY_SHARE, abs=0.04)
        else:
            fans = after[len(known) :, attack.gainers].sum(axis=0)
            assert set(fans) == {pools.BOUGHT}
            assert set(after[attack.gainers, len(known) :].sum(axis=1)) == {pools.FOLLOWED}
            assert attack.launch[len(known) :].sum() == 0


def test_choose__takes_the_highest_mean_that_holds_the_pool():
    grid = [Choice("a", {"x": 0.9}, 1.3), Choice("b", {"x": 0.7}, 1.2), Choice("c", {"x": 0.6}, 1.0)]
    assert choose(grid).name == "b"
    assert choose(grid[:1]).name == "a"


@pytest.mark.parametrize(
    ("gain", "amplification", "more", "wins"),
    [
        (0.02, 1.2, (0.0, -0.1, 0.1), True),
        (0.02, 1.3, (0.1, 0.05, 0.2), False),
        (0.0, 1.1, (-0.1, -0.2, -0.05), True),
        (-0.01, 1.1, (-0.1, -0.2, -0.05), False),
        (0.0, 1.1, (-0.1, -0.2, 0.05), False),
    ],
)
def test_rule__is_the_one_written_down(gain, amplification, more, wins):
    pool = {"pool of 400": Estimate(amplification, amplification, amplification)}
    verdict = Verdict("x", {}, Estimate(gain, gain, gain), pool, Estimate(*more), 1.0)
    assert verdict.wins is wins


def test_page__is_rewritten_between_its_marks():
    text = f"before\n\n{page.BEGIN}\n\nold\n\n{page.END}\nafter\n"
    once = page.rewrite(text, iter(["new"]))
    assert once == f"before\n\n{page.BEGIN}\n\nnew\n\n{page.END}\nafter\n"
    assert page.rewrite(once, iter(["new"])) == once
