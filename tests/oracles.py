"""Slow twins: each method dense, from docs/mathematics.md, in at most 15 lines; and again in exact rationals.

`A[u, v]` is the weight of the follow u -> v. Exact versions take float64 arguments for what they are:
0.85 is Fraction(0.85).
"""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations

import numpy as np


def transition(A, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5):
    return engaged_transition(A, np.zeros_like(A), mutual_worth, mutual_capacity, mutual_giving)


def engaged_transition(
    A, K, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5, engagement_half=3.0
):  # fmt: skip
    """`K[u, v]` is k_uv, 0 where u does not follow v."""
    return haunted_transition(
        A, np.zeros_like(A), K, mutual_worth, mutual_capacity, mutual_giving, engagement_half
    )


def haunted_transition(
    A, S, K=0.0, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5, engagement_half=3.0
):  # fmt: skip
    """`S[u, v]` is how strongly it is remembered that v's return of the follow u -> v ended."""
    w = A + K
    mu = np.where(w > 0, np.where(w.T > 0, 1.0, S), 0.0)
    places = np.where(w > 0, np.maximum(w.T > 0, 3.0 * S), 0.0)
    room = np.minimum(1.0, mutual_capacity / np.maximum(places.sum(axis=0), 1))
    W = w.sum(axis=1, keepdims=True)
    part = np.divide(w, W, out=np.zeros_like(w), where=W > 0)
    given = (part * (1 - mu)).sum(axis=1, keepdims=True)
    rho = np.minimum(1.0, mutual_worth * (1 + mutual_giving * given)) * room
    return (1 - mu * (1 - rho) * (1 - K / (K + engagement_half))) * part


def regard(A, mutual_worth=0.4, mutual_giving=1.5, **others):
    """c_u: what a mutual follow of u is worth, capacities aside."""
    part = np.divide(A, A.sum(axis=1, keepdims=True), out=np.zeros_like(A), where=A > 0)
    return np.minimum(1.0, mutual_worth * (1 + mutual_giving * np.where(A.T > 0, 0.0, part).sum(axis=1)))


def walks(A, damping=0.85, **worths):
    """G: visits to v of a walk that starts at u."""
    return np.linalg.inv(np.eye(len(A)) - damping * transition(A, **worths))


def reach(A, damping=0.85, teleport=None, **worths):
    launch = np.ones(len(A)) if teleport is None else len(A) * np.asarray(teleport) / np.sum(teleport)
    return np.linalg.solve(np.eye(len(A)) - damping * transition(A, **worths).T, launch)


def audience(A, **worths):
    """undivided, counted: columns of w/W and of theta w/W, added up."""
    return transition(A, 1.0, math.inf).sum(axis=0), transition(A, **worths).sum(axis=0)


def contributions(A, T, damping=0.85, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5):
    """What arrives, what the discount withheld, and what of that the capacity withheld, each [u, v]."""
    given = damping * T[:, None]
    arrives = given * transition(A, mutual_worth, mutual_capacity, mutual_giving)
    withheld = given * transition(A, 1.0, math.inf) - arrives
    return arrives, withheld, given * transition(A, mutual_worth, math.inf, mutual_giving) - arrives


def ledger(A, damping=0.85, teleport=None, **worths):
    """kept, discounted, dangling."""
    y = (1 - damping) / len(A) * reach(A, damping, teleport, **worths)
    lost = damping / (1 - damping) * y * (1 - transition(A, **worths).sum(axis=1))
    dangles = A.sum(axis=1) == 0
    return y.sum(), lost[~dangles].sum(), lost[dangles].sum()


def earned_reach(A, damping=0.85, teleport=None, **worths):
    return reach(A, damping, teleport, **worths) / np.diag(walks(A, damping, **worths))


def ending(A, v, z, **chosen):
    """What it does to v's earned reach and to its reach that v ends its follow of z."""
    after = A.copy()
    after[v, z] = 0
    return tuple(values(after, **chosen)[v] - values(A, **chosen)[v] for values in (earned_reach, reach))


def pagerank(A, damping=0.85, teleport=None):
    n, W = len(A), A.sum(axis=1, keepdims=True)
    t = np.full(n, 1 / n) if teleport is None else np.asarray(teleport) / np.sum(teleport)
    rows = np.where(W > 0, np.divide(A, W, out=np.zeros_like(A), where=W > 0), t)
    return np.linalg.solve(np.eye(n) - damping * rows.T, (1 - damping) * t)


def share(A, damping=0.85, teleport=None, **worths):
    values = reach(A, damping, teleport, **worths)
    return values / values.sum()


def followers(A):
    return (A > 0).sum(axis=0).astype(float)


def one_way_followers(A):
    return ((A > 0) & ~(A.T > 0)).sum(axis=0).astype(float)


def dilute(A):
    """Each follow's part of its follower: w/W."""
    W = A.sum(axis=1, keepdims=True)
    return np.divide(A, W, out=np.zeros_like(A), where=W > 0)


def trustrank(A, damping=0.85, teleport=None):
    """Gyöngyi et al. 2004, figure 5: repeat t = a T t + (1 - a) d."""
    d = t = np.asarray(teleport) / np.sum(teleport)
    for _ in range(2000):
        t = damping * (dilute(A).T @ t) + (1 - damping) * d
    return t


def tunkrank(A, damping=0.85):
    """Tunkelang 2009: repeat I_v = sum (1 + p I_u) / followed by u."""
    influence = np.zeros(len(A))
    for _ in range(2000):
        influence = dilute(A).T @ (1 + damping * influence)
    return influence


def collusionrank(A, damping=0.85, teleport=None):
    """Ghosh et al. 2012, algorithm 1: c_u sums what those whom u follows pass to each of their followers."""
    d = c = -np.asarray(teleport) / np.sum(teleport)
    for _ in range(2000):
        c = damping * (dilute(A.T).T @ c) + (1 - damping) * d
    return c


def leaderrank(A):
    """Lü et al. 2011: the stationary walk with a ground node, whose score is shared out in the end."""
    n, d = len(A), (A > 0).sum(axis=1)
    links = np.zeros((n + 1, n + 1))
    links[:n, :n], links[n, :n] = A, 1
    links[:n, n] = np.where(d > 0, A.sum(axis=1) / np.maximum(d, 1), 1)
    walk = dilute(links).T - np.eye(n + 1)
    s = np.linalg.lstsq(np.vstack([walk, np.ones(n + 1)]), np.append(np.zeros(n + 1), n), rcond=None)[0]
    return s[:n] + s[n] / n


def articlerank(A, damping=0.85):
    """Li & Willett 2009; among weighted follows, the added ones weigh as much as the average one."""
    d = (A > 0).sum(axis=1, keepdims=True)
    passed = dilute(A) * d / np.maximum(d + d.mean(), 1e-300)
    return np.linalg.solve(np.eye(len(A)) - damping * passed.T, np.full(len(A), 1 - damping))


def hits(A):
    """Kleinberg 1999: the limit is the start's part in the leading eigenspace of A^T A."""
    values, vectors = np.linalg.eigh(A.T @ A)
    leading = vectors[:, values > values[-1] * (1 - 1e-9)]
    a = leading @ (leading.T @ A.sum(axis=0))
    return a / a.sum() if A.any() else np.zeros(len(A))


def salsa(A):
    """Lempel & Moran 2000: the walk to a follower and on to one it follows, from any followed account."""
    followed = A.sum(axis=0) > 0
    walk = dilute(A.T) @ dilute(A)
    for _ in range(40):  # 2^40 steps
        walk = dilute(walk @ walk)
    return followed / max(followed.sum(), 1) @ walk


def tweepcred(A):
    """Reputation.scala and WeightedPageRank.scala of Twitter's the-algorithm, 2023."""
    following, followers = (A > 0).sum(axis=1), (A > 0).sum(axis=0)
    mass = pagerank(A, 0.9)
    ratio = (1 + following) / (1 + followers)
    heat = np.where(following > 2500, 3 * (ratio - 0.6) * np.log(np.log(np.maximum(following, 3))), 0)
    mass = mass / np.clip(np.exp(np.minimum(heat, 9)), 1, 50)
    return np.clip(np.rint(130 + 5.21 * np.log(mass / mass.sum())), 0, 100)


def hitting_time(A, damping=0.85, teleport=None):
    """Hopcroft & Sheldon 2007: how likely a walk is to hit v before it jumps; v is made to keep it."""
    n, hit = len(A), np.zeros(len(A))
    start = np.ones(n) if teleport is None else np.asarray(teleport)
    for v in range(n):
        step = damping * dilute(A)
        step[v] = 0
        hit[v] = start / start.sum() @ np.linalg.solve(np.eye(n) - step, np.eye(n)[v])
    return hit


def exact_transition(A, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5):
    return exact_haunted_transition(A, 0 * A, 0 * A, mutual_worth, mutual_capacity, mutual_giving)


def exact_engaged_transition(
    A, K, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5, engagement_half=3.0
):  # fmt: skip
    """As `engaged_transition`, for the float64 k."""
    half = Fraction(engagement_half)
    return exact_haunted_transition(A, 0 * A, K, mutual_worth, mutual_capacity, mutual_giving, half)


def exact_haunted_transition(A, S, K, mutual_worth=0.4, mutual_capacity=150.0, mutual_giving=1.5, half=3):
    """As `haunted_transition`, for float64 strengths and k."""
    n, delta, eta = len(A), Fraction(mutual_worth), Fraction(mutual_giving)
    k = [[Fraction(float(K[u][v])) for v in range(n)] for u in range(n)]
    w = [[Fraction(float(A[u][v])) + k[u][v] for v in range(n)] for u in range(n)]
    mu = [[int(w[u][v] > 0) * (1 if w[v][u] else Fraction(S[u][v])) for v in range(n)] for u in range(n)]
    places = [[max(int(w[v][u] > 0), 3 * Fraction(S[u][v])) for u in range(n) if w[u][v]] for v in range(n)]
    m = [max(1, sum(each)) for each in places]
    room = [1 if math.isinf(mutual_capacity) else min(1, Fraction(mutual_capacity) / each) for each in m]
    W = [sum(row) or Fraction(1) for row in w]
    g = [sum(w[u][v] * (1 - mu[u][v]) for v in range(n)) / W[u] for u in range(n)]
    rho = [[min(1, delta * (1 + eta * g[u])) * room[v] for v in range(n)] for u in range(n)]
    lost = [[(1 - rho[u][v]) * half / (k[u][v] + half) for v in range(n)] for u in range(n)]
    theta = [[1 - mu[u][v] * lost[u][v] for v in range(n)] for u in range(n)]
    return [[theta[u][v] * w[u][v] / W[u] for v in range(n)] for u in range(n)]


def exact_launch(n, teleport=None):
    if teleport is None:
        return [Fraction(1)] * n
    weights = [Fraction(float(weight)) for weight in teleport]
    return [n * weight / sum(weights) for weight in weights]


def exact_reach(P, damping, launch):
    """Gaussian elimination of (1 - a P^T) T = launch; diagonally dominant, so no pivoting."""
    n, a = len(P), Fraction(damping)
    rows = [[(u == v) - a * P[u][v] for u in range(n)] + [launch[v]] for v in range(n)]
    for k in range(n):
        for i in range(k + 1, n):
            if rows[i][k]:
                factor = rows[i][k] / rows[k][k]
                rows[i][k:] = [
                    x - factor * y if y else x for x, y in zip(rows[i][k:], rows[k][k:], strict=True)
                ]
    T = [Fraction(0)] * n
    for k in reversed(range(n)):
        T[k] = (rows[k][n] - sum(rows[k][j] * T[j] for j in range(k + 1, n))) / rows[k][k]
    return T


def exact_earned(P, damping, launch, v):
    """Reach of v in the network where walks end at v."""
    return exact_reach(
        [row if u != v else [Fraction(0)] * len(P) for u, row in enumerate(P)], damping, launch
    )[v]


def exact_ledger(P, damping, T):
    """kept, discounted, dangling."""
    n, a = len(P), Fraction(damping)
    passed = [sum(row) for row in P]
    dangles = [not any(row) for row in P]
    return dangles, sum(T) * (1 - a) / n, [a * T[u] * (1 - passed[u]) / n for u in range(n)]


def shapley(f, before, after):
    """Each argument's mean effect on f over all orders in which arguments go from `before` to `after`."""
    parts, orders = np.zeros(len(before)), list(permutations(range(len(before))))
    for order in orders:
        now = list(before)
        for k in order:
            old, now[k] = f(*now), after[k]
            parts[k] += (f(*now) - old) / len(orders)
    return parts


def weigh(f, before, after, k):
    """What a unit of argument k is worth: f is affine in it."""
    return shapley(
        f,
        [0 if i == k else x for i, x in enumerate(before)],
        [1 if i == k else x for i, x in enumerate(after)],
    )[k]


def split_theta(before, after):
    """returned, worth, eta, g, capacity, contacts, acts, half on each side; parts of the change of theta."""

    def f(mu, rho, e):
        return 1.0 - mu * (1.0 - rho) * (1.0 - e)

    def room(B, m):
        return min(1.0, B / max(m, 1))

    def spare(k, half):
        return k / (k + half)

    def times(one, other):
        return one * other

    def c(delta, eta, g):
        return min(1.0, delta * (1.0 + eta * g))

    worths = [each[1:4] for each in (before, after)]
    rhos = [(c(*worth), room(*each[4:6])) for worth, each in zip(worths, (before, after), strict=True)]
    sides = [
        (each[0], times(*rho), spare(*each[6:])) for rho, each in zip(rhos, (before, after), strict=True)
    ]
    of_rho, of_e = weigh(f, *sides, 1), weigh(f, *sides, 2)
    of_c, of_q = (of_rho * weigh(times, *rhos, k) for k in (0, 1))
    return (
        shapley(f, *sides)[0],
        *(of_c * shapley(c, *worths)),
        *(of_q * shapley(room, before[4:6], after[4:6])),
        *(of_e * shapley(spare, before[6:], after[6:])),
    )


def split_follow(before, after):
    """damping, theta's eight, w/W, T before and after: parts under the same names."""

    def f(a, theta, d, T):
        return a * theta * d * T

    sides = [(a, theta_of(*inner), d, T) for a, inner, d, T in (before, after)]
    in_theta = weigh(f, *sides, 1) * np.array(split_theta(before[1], after[1]))
    damping, _, dilution, followers = shapley(f, *sides)
    return damping, in_theta, dilution, followers


def theta_of(mu, worth, eta, g, B, m, k, half):
    c = min(1.0, worth * (1.0 + eta * g))
    return 1.0 - mu * (1.0 - c * min(1.0, B / max(m, 1))) * (1.0 - k / (k + half))


def cores(mutual):
    """k of the innermost core of each account, and its block there: whoever hangs together with it."""
    core, inside = np.zeros(len(mutual), int), np.ones(len(mutual), bool)
    for k in range(1, len(mutual)):
        while np.any(few := inside & (mutual[:, inside].sum(axis=1) < k)):
            inside &= ~few
        core[inside] = k
    blocks = np.zeros(mutual.shape, bool)
    for v in range(len(mutual)):
        near = mutual & (core >= core[v]) & (core >= core[v])[:, None] | np.eye(len(mutual), dtype=bool)
        blocks[v] = np.linalg.matrix_power(near.astype(float), len(mutual))[v] > 0
    return core, blocks


def cycles(one_way):
    """Cycles of three one-way follows through each account, and what chance would make of them."""
    o, i = one_way.sum(axis=1), one_way.sum(axis=0)
    expected = (one_way @ o) * (one_way.T @ i) / max(1, one_way.sum())
    return np.diag(np.linalg.matrix_power(one_way, 3)), np.minimum(expected, o * i)


def stall(A, damping=0.85):
    """d ln T / d ln a of undiscounted reach, from (I - a P^T) dT/da = P^T T."""
    P, T = transition(A, 1.0, math.inf), reach(A, damping, mutual_worth=1.0, mutual_capacity=math.inf)
    return damping * np.linalg.solve(np.eye(len(A)) - damping * P.T, P.T @ T) / T


def spells(events):
    """(follower, followed): [[start, stop], ...] from events (time, kind, follower, followed)."""
    found = {}
    for pair in sorted({tuple(each[2:]) for each in events if each[2] != each[3]}):
        known, follows = [], None
        for time in sorted({each[0] for each in events if tuple(each[2:]) == pair}):
            kinds = [each[1] for each in events if (each[0], *each[2:]) == (time, *pair)]
            left = {kind: kinds.count(kind) for kind in ("follow", "unfollow")}
            follows = left["unfollow"] > left["follow"] if follows is None else follows
            while left[kind := "unfollow" if follows else "follow"]:
                left[kind], follows = left[kind] - 1, not follows
                if follows:
                    known.append([time, math.inf])
                elif known:
                    known[-1][1] = time
        found |= {pair: known} if known else {}
    return found
