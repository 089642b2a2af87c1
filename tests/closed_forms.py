"""Graphs whose reach is a formula. Each function returns a dense matrix of follows and the reach."""

# ruff: noqa: N806 - the letters of docs/mathematics.md

from __future__ import annotations

import numpy as np


def cycle(n, a):
    """0 -> 1 -> ... -> 0, n >= 3."""
    return np.roll(np.eye(n), 1, axis=1), np.full(n, 1 / (1 - a))


def path(n, a):
    """0 -> 1 -> ... -> n - 1."""
    return np.eye(n, k=1), (1 - a ** np.arange(1, n + 1)) / (1 - a)


def star(n, a):
    """Everybody follows account 0, which follows nobody."""
    A = np.zeros((n, n))
    A[1:, 0] = 1
    return A, np.array([1 + a * (n - 1)] + [1.0] * (n - 1))


def mutual_star(n, a, worth, capacity):
    """Everybody and account 0 follow each other; the leaves hold one mutual contact each."""
    A = np.zeros((n, n))
    A[1:, 0] = A[0, 1:] = 1
    inward = a * worth * min(1, capacity / (n - 1)) * (n - 1)
    outward = a * worth * min(1, capacity) / (n - 1)
    hub = (1 + inward) / (1 - inward * outward)
    return A, np.array([hub] + [1 + outward * hub] * (n - 1))


def clique(n, a, worth, capacity):
    """All follow each other."""
    return 1 - np.eye(n), np.full(n, 1 / (1 - a * worth * min(1, capacity / (n - 1))))


def two_level_tree(branches, leaves, a):
    """Each of the leaves of a branch follows it, and each branch follows the root, account 0."""
    n = 1 + branches + branches * leaves
    A = np.zeros((n, n))
    A[1 : 1 + branches, 0] = 1
    A[np.arange(1 + branches, n), 1 + np.arange(branches * leaves) // leaves] = 1
    branch = 1 + a * leaves
    return A, np.array([1 + a * branches * branch] + [branch] * branches + [1.0] * (branches * leaves))
