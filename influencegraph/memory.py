"""How much memory a network will take, told beforehand: the arrays of each step, counted.

    graph    4 m + 40 n                  the followers of each account; degrees, numbers and labels
    build    12 m + 85 n                 4 m for follows on their way, 4 m for them in rows of followers
    score    2.7 m + 156 n               follows laid out in partitions; vectors of the solver

bytes for m follows between n accounts. Weights add 8 m, 24 m and 6.3 m or more. What string labels add
is counted in `_build_strings`. Measured: tests/test_memory.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from influencegraph.errors import InvalidArgument

_MIB = 1 << 20
_PIECE = 1 << 21
"""Rows of strings that are told apart at a time (`columns.PIECE`)."""
_PARTITIONED_MIN = 1 << 19
"""Follows from which on partitions are made (`layouts.partitioned`)."""
_NARROW_MAX = 1 << 27
"""Accounts up to which follows on their way take 4 bytes each (`build`)."""
_COPIED_MIN = 3 << 19
"""Accounts from which on messages may be copied (`layouts.copies`)."""
_SCORED = 156
"""Bytes of an account's vectors while scoring: up to 180 where few follow many, less where all are alike."""
_WIDTH = 40
"""Bytes of a NumPy string of ten characters."""
_STRING = 64
"""Bytes of a Python string of ten characters."""
_LOOKED_UP = 150
"""Bytes of a string's places in a set, a dict and lists, and of what they leave when they grow."""
_BUILD_FIXED = 8 * _MIB
"""Bounds of buckets, and what the allocator keeps."""
_SCORE_FIXED = 32 * _MIB
"""Room of two threads that lay follows out, and what vectors take of huge pages beyond their size."""


@dataclass(frozen=True)
class Estimate:
    """Memory in bytes, as `estimate` tells it.

    Attributes
    ----------
    graph_bytes : int
        What the graph keeps.
    build_bytes : int
        The most while building it, the graph included, the caller's arrays not.
    score_bytes : int
        The most while scoring it for the first time, beyond the graph.
    peak_bytes : int
        The most at any one time, the caller's arrays not counted.
    """

    graph_bytes: int
    build_bytes: int
    score_bytes: int
    peak_bytes: int

    def __str__(self) -> str:
        graph, build, score, peak = (
            f"{size / 2**30:.2f} GiB"
            for size in (self.graph_bytes, self.build_bytes, self.score_bytes, self.peak_bytes)
        )
        return f"{peak} at most: {build} to build, {graph} to keep, {score} more to score"


def estimate(n_accounts: int, n_follows: int, *, weighted: bool = False, label_type: str = "int") -> Estimate:
    """Tell how much memory a network takes to build and to score, beyond the columns it is built from.

    From some 10 million follows on, within 15 % of what is measured, with two threads; each thread more
    takes up to 32 MiB while scoring. The interpreter and compiled kernels take some 150 MiB besides.

    Parameters
    ----------
    n_accounts : int >= 0
        Accounts that occur.
    n_follows : int >= 0
        Rows, repeated ones counted each time.
    weighted : bool
        Whether follows have weights, given as a float64 array.
    label_type : {"int", "str"}
        ``"int"``: integers over a range of less than twice the follows, in arrays of uint32 or int64. Where
        eight follows and more come to each integer of the range, those that are nobody's take some 45 bytes
        each while building. Others take some 8 bytes more for each follow. ``"str"``: NumPy strings of about
        ten characters, as in no order at all; where most rows name the same few accounts they take less.

    Returns
    -------
    Estimate
        Scoring is told for the default settings, and for networks where few follow many. Where all accounts
        follow about as many, it takes up to 3 bytes more for each follow, and 7 from 1.6 million accounts
        on; with ``mutual_giving=0`` some 50 less for each account.

    Raises
    ------
    InvalidArgument
        If a count is no integer >= 0, or a word is none of those above.

    Examples
    --------
    >>> import influencegraph
    >>> print(influencegraph.estimate(40_000_000, 1_500_000_000))
    19.94 GiB at most: 19.94 GiB to build, 7.08 GiB to keep, 11.43 GiB more to score
    >>> influencegraph.estimate(1_000_000, 20_000_000).graph_bytes
    120000000
    """
    n, m = _check_count("n_accounts", n_accounts), _check_count("n_follows", n_follows)
    if not isinstance(weighted, bool):
        raise InvalidArgument.out_of_range(
            "weighted", weighted, "be True or False", "True counts one float64 for each follow."
        )
    if label_type not in ("int", "str"):
        raise InvalidArgument.out_of_range(
            "label_type", label_type, "be 'int' or 'str'", "'int' is the default."
        )
    graph = 4 * m + 40 * n + 8 * m * weighted
    build = (16 if n > _NARROW_MAX else 12) * m + 85 * n + 24 * m * weighted + _BUILD_FIXED
    score = _score(n, m, weighted)
    if label_type == "str":
        graph += _STRING * n
        build = _build_strings(n, m, build)
    return Estimate(graph, build, score, max(build, graph + score))


def _score(n: int, m: int, weighted: bool) -> int:
    """Return the most while scoring, beyond the graph.

    An account has 104 bytes in float64 vectors, 30 to 80 in float32 ones, and less in all while bounds
    are made; where messages are copied, a follow has about a fifth of one, of 6 bytes; a weighted
    follow 4 more in the layout, as many before they are arranged, and a copy of its weight for as long
    as weights are looked at.
    """
    layout = 27 * m // 10 if m >= _PARTITIONED_MIN else 0
    if n >= _COPIED_MIN:
        layout += 13 * m // 10
    if not weighted:
        return layout + _SCORED * n + _SCORE_FIXED
    return max(layout + 4 * m + _SCORED * n, layout + 8 * m + 40 * n, 9 * m + 24 * n) + _SCORE_FIXED


def _build_strings(n: int, m: int, build: int) -> int:
    """Return the most while building from NumPy strings, given what integers take.

    Each column is told apart by what its first piece of rows has; others keep what is new, all of it where
    the first one knows too much to be asked. Then both columns' names are Python strings, in a set and a
    dict besides.
    """
    first = min(m, _PIECE)
    known = _expect_distinct(n, first)
    whole, rest = divmod(m - first, _PIECE)
    new = whole * _expect_distinct(n, _PIECE) + _expect_distinct(n, rest)
    if 2 * known < _PIECE:
        new = new * (n - known) // max(n, 1)
    slots = 1 << 12
    while slots < 2 * n:
        slots *= 4
    codes = 8 * m + 8 * ((1 + whole + (rest > 0)) * known + new)
    telling = codes + _WIDTH * (2 * n + known) + (2 * _WIDTH + 4) * new + 5 * slots
    naming = codes + 2 * (_WIDTH + _STRING) * n + _LOOKED_UP * n
    return max(telling, naming, build + codes + _STRING * n)


def _expect_distinct(n: int, rows: int) -> int:
    """Return how many of `n` accounts occur in so many rows, drawn at random."""
    return int(-n * math.expm1(-rows / n)) if n else 0


def _check_count(name: str, value: Any) -> int:
    try:
        count = None if isinstance(value, bool) else value.__index__()
    except AttributeError:
        count = None
    if count is None or count < 0:
        raise InvalidArgument.out_of_range(
            name, value, "be an integer of 0 or more", f"Try {name}=1_000_000, with nothing behind the point."
        )
    return int(count)
