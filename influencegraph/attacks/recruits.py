"""Whom an attack may recruit or aim at, and how many fit its budget."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]


def check_budget(budget: Any) -> int:
    """Return `budget` as an integer >= 0.

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    try:
        number = -1 if isinstance(budget, bool | np.bool_) else operator.index(budget)
    except TypeError:
        number = -1
    if number < 0:
        remedy = "An attack makes at most so many follows; 40_000 make a ring of 200."
        raise InvalidArgument.out_of_range("budget", budget, "be an integer >= 0", remedy)
    return number


def find_eligible(graph: FollowerGraph, among: Any) -> Ids:
    """Return the positions of those an attack may recruit, ascending.

    Raises
    ------
    UnknownAccount
        If `among` names an account that does not exist.
    """
    if among is None:
        return np.arange(graph.n_accounts)
    return np.unique(
        np.array([graph.accounts.position(each) for each in np.asarray(among).tolist()], np.int64)
    )


def fit_pairs(budget: int, density: float, most: int) -> int:
    """Return how large a group can be if a share `density` of its pairs trade follows, at most `most`."""
    size = int((1 + np.sqrt(1 + 4 * budget / density)) / 2)
    while size > 0 and round(density * size * (size - 1) / 2) * 2 > budget:
        size -= 1
    return min(size, most)
