"""Cohorts: accounts with about as many followers, and what is usual among them.

Cohort k holds the accounts whose follower count has k binary digits: nobody, 1, 2 to 3, 4 to 7, 8 to 15, ...
The borders do not depend on the network, so that cohorts of different days and networks are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.1, 0.5, 0.9)


class Quantiles(NamedTuple):
    """Values of accounts of a cohort: a tenth, a half and nine tenths of it have at most this."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Cohort:
    """Accounts with about as many followers.

    Attributes
    ----------
    followers_min, followers_max : int
        Ends of the range, both of them in it; the one above begins at twice `followers_min`.
    n_accounts : int
    quantiles : mapping of str to Quantiles
        By what is compared.
    """

    followers_min: int
    followers_max: int
    n_accounts: int
    quantiles: Mapping[str, Quantiles]


class Grouping(NamedTuple):
    """Accounts by cohort: the positions of cohort k are ``order[bounds[k]:bounds[k + 1]]``, ascending."""

    order: NDArray[np.intp]
    bounds: NDArray[np.intp]

    def members(self, number: int) -> NDArray[np.intp]:
        """Return the positions of the accounts of a cohort."""
        return self.order[self.bounds[number] : self.bounds[number + 1]]


def number_cohorts(followers: Any) -> NDArray[np.int64]:
    """Return the cohort of each follower count: how many binary digits it has.

    Examples
    --------
    >>> number_cohorts([0, 1, 2, 3, 4, 7, 8]).tolist()
    [0, 1, 2, 2, 3, 3, 4]
    """
    numbers: NDArray[np.int64] = np.frexp(followers)[1].astype(np.int64)
    return numbers


def start_cohorts(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the least follower count of each cohort."""
    return np.where(numbers > 0, 1 << np.maximum(numbers - 1, 0), 0)


def group_accounts(followers: NDArray[np.int64]) -> Grouping:
    """Return accounts by cohort, given how many followers each has; O(accounts)."""
    numbers = number_cohorts(followers).astype(np.int8)
    sizes = np.bincount(numbers, minlength=1)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
    return Grouping(np.argsort(numbers, kind="stable"), bounds)


def describe_cohort(number: int, values: Mapping[str, NDArray[np.float64]]) -> Cohort:
    """Describe cohort `number` by the values of its accounts; there is at least one."""
    quantiles = {name: find_quantiles(each) for name, each in values.items()}
    n_accounts = len(next(iter(values.values())))
    return Cohort(1 << (number - 1) if number else 0, (1 << number) - 1, n_accounts, quantiles)


def find_quantiles(values: NDArray[np.float64]) -> Quantiles:
    """Return the least of `values` that a tenth, a half and nine tenths of them do not exceed.

    Examples
    --------
    >>> find_quantiles(np.arange(1.0, 21.0))
    Quantiles(low=2.0, median=10.0, high=18.0)
    """
    places = [max(0, int(np.ceil(part * len(values))) - 1) for part in QUANTILES]
    return Quantiles(*np.partition(values, places)[places].tolist())
