"""Slow twins: each method dense, from docs/mathematics.md, in at most 15 lines; and again in exact rationals.

`A[u, v]` is the weight of the follow u -> v. Exact versions take float64 arguments for what they are:
0.85 is Fraction(0.85).
"""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np


def transition(A, mutual_worth=0.5, mutual_capacity=150.0):
    mutual = (A > 0) & (A.T > 0)
    rho = mutual_worth * np.minimum(1.0, mutual_capacity / np.maximum(mutual.sum(axis=0), 1))
    W = A.sum(axis=1, keepdims=True)
    return np.where(mutual, rho, 1.0) * np.divide(A, W, out=np.zeros_like(A), where=W > 0)


def engaged_transition(A, K, mutual_worth=0.5, mutual_capacity=150.0, engagement_half=3.0):
    """`K[u, v]` is k_uv, 0 where u does not follow v."""
    w = A + K
    mutual = (w > 0) & (w.T > 0)
    rho = mutual_worth * np.minimum(1.0, mutual_capacity / np.maximum(mutual.sum(axis=0), 1))
    theta = np.where(mutual, rho + (1 - rho) * K / (K + engagement_half), 1.0)
    W = w.sum(axis=1, keepdims=True)
    return theta * np.divide(w, W, out=np.zeros_like(w), where=W > 0)


def walks(A, damping=0.85, **worths):
    """G: visits to v of a walk that starts at u."""
    return np.linalg.inv(np.eye(len(A)) - damping * transition(A, **worths))


def reach(A, damping=0.85, teleport=None, **worths):
    launch = np.ones(len(A)) if teleport is None else len(A) * np.asarray(teleport) / np.sum(teleport)
    return np.linalg.solve(np.eye(len(A)) - damping * transition(A, **worths).T, launch)


def audience(A, **worths):
    """undivided, counted: columns of w/W and of theta w/W, added up."""
    return transition(A, 1.0, math.inf).sum(axis=0), transition(A, **worths).sum(axis=0)


def contributions(A, T, damping=0.85, mutual_worth=0.5, mutual_capacity=150.0):
    """What arrives, what the discount withheld, and what of that the capacity withheld, each [u, v]."""
    given = damping * T[:, None]
    arrives = given * transition(A, mutual_worth, mutual_capacity)
    withheld = given * transition(A, 1.0, math.inf) - arrives
    return arrives, withheld, given * transition(A, mutual_worth, math.inf) - arrives


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


def exact_transition(A, mutual_worth=0.5, mutual_capacity=150.0):
    n = len(A)
    w = [[Fraction(float(A[u][v])) for v in range(n)] for u in range(n)]
    m = [sum(1 for u in range(n) if w[u][v] and w[v][u]) for v in range(n)]
    full = [math.isinf(mutual_capacity) or m[v] <= mutual_capacity for v in range(n)]
    rho = [Fraction(mutual_worth) * (1 if full[v] else Fraction(mutual_capacity) / m[v]) for v in range(n)]
    W = [sum(row) for row in w]
    theta = [[rho[v] if w[v][u] else 1 for v in range(n)] for u in range(n)]
    return [[theta[u][v] * w[u][v] / W[u] if w[u][v] else Fraction(0) for v in range(n)] for u in range(n)]


def exact_engaged_transition(A, K, mutual_worth=0.5, mutual_capacity=150.0, engagement_half=3.0):
    """As `engaged_transition`, for the float64 k."""
    n, half = len(A), Fraction(engagement_half)
    k = [[Fraction(float(K[u][v])) for v in range(n)] for u in range(n)]
    w = [[Fraction(float(A[u][v])) + k[u][v] for v in range(n)] for u in range(n)]
    m = [sum(1 for u in range(n) if w[u][v] and w[v][u]) for v in range(n)]
    full = [math.isinf(mutual_capacity) or m[v] <= mutual_capacity for v in range(n)]
    rho = [Fraction(mutual_worth) * (1 if full[v] else Fraction(mutual_capacity) / m[v]) for v in range(n)]
    W = [sum(row) for row in w]
    e = [[k[u][v] / (k[u][v] + half) for v in range(n)] for u in range(n)]
    theta = [[rho[v] + (1 - rho[v]) * e[u][v] if w[v][u] else 1 for v in range(n)] for u in range(n)]
    return [[theta[u][v] * w[u][v] / W[u] if w[u][v] else Fraction(0) for v in range(n)] for u in range(n)]


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
