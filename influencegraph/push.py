"""Walks followed from a few accounts, or back to one, until a stated error is certified. By node.

    forward    visits = launch G        visits to every account by walks that start as `launch`
    backward   visits = G e_v           visits to v by a walk from every account

with ``G = (I - a P)^-1``; where an account *absorbs*, walks end there. Pushes (`influencegraph.kernels.push`)
find estimates; a last step over the follows of those pushed measures the residual r of these, and

    forward    the visits lie in  estimate_v + [low_v, high_v]  as in `influencegraph.solvers.certificate`
    backward   the visits lie in  estimate_u + r_u + a/(1-a) [min(0, min r), max(0, max r)]

because rows of G sum to at most ``1/(1-a)``. Rounding is bounded at each residual and goes through the same
formulas. Only what is touched is read or written: the arrays are zeros that the system hands out page by
page when they are used. What is made once for a graph is kept with it: the transpose (forward only), and for
each settings some arrays of one number per account (per follow where weighted).
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.csr import Csr
from influencegraph.errors import DidNotConverge
from influencegraph.intervals import Interval
from influencegraph.kernels import push as kernels
from influencegraph.kernels.bounds import UNIT, VANISHING, WIDEN, WIDEN_SUM
from influencegraph.kernels.steps import Steps, Work

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]
Scalar = TypeVar("Scalar", bound=np.generic)

_SPARE = 1.0 - 2.0**-10
"""Of a goal: rounding comes on top."""
FOLLOWS_MAX = np.uint64(1 << 26)
"""Follows read in one call of a kernel, so that Ctrl-C returns."""


def make_steps(attention: Attention, *, forward: bool) -> Steps:
    """Return what kernels read; the transpose only if it is needed."""
    t, graph = attention.transition, attention.graph
    following = graph.following if forward else Csr(np.zeros(1, np.int64), np.empty(0, np.uint32))
    following_weights = None if t.weights is None else np.empty(0)
    if forward:
        following_weights = attention.following_weights
    return Steps(
        t.followers,
        t.mutual_start,
        None if t.weights is None else _read_only(t.weights),
        Csr(_read_only(following.indptr), _read_only(following.indices)),
        None if following_weights is None else _read_only(following_weights),
        _read_only(t.out_weights),
        _read_only(attention.mutual_out_weights),
        _read_only(t.worth),
        t.damping,
        count_term_roundings(attention),
    )


def count_term_roundings(attention: Attention) -> float:
    """Count the operations behind what one follow passes on, the additions to others not counted."""
    return attention.transition.roundings.more


def make_work(n_accounts: int) -> Work:
    """Return zeros to work on."""
    return Work(
        np.zeros(n_accounts),
        np.zeros(n_accounts),
        np.zeros(n_accounts, np.uint32),
        np.zeros(n_accounts, np.uint8),
        np.empty(n_accounts, np.uint32),
        np.empty(n_accounts, np.uint32),
        np.zeros(4, np.uint64),
        np.zeros(2),
    )


def _read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a view that is read-only, so that kernels are compiled once."""
    view = array.view()
    view.flags.writeable = False
    return view


class _Ends(NamedTuple):
    """Of some accounts: estimate, its residual r, and the ends between which the true residual lies."""

    estimate: Floats
    residual: Floats
    low: Floats
    high: Floats


class _Walks:
    """What walks of both directions share.

    Parameters
    ----------
    attention : Attention
    nodes, amounts : ndarray of int64 and float64, shape (k,)
        Where something waits in the beginning, and how much.
    roundings : int
        Operations behind each amount.
    absorbing : int or None
        An account where walks end.
    """

    _forward: bool

    def __init__(
        self, attention: Attention, nodes: Nodes, amounts: Floats, roundings: float, absorbing: int | None
    ) -> None:
        n = attention.graph.n_accounts
        self.attention = attention
        self.steps = make_steps(attention, forward=self._forward)
        self.work = make_work(n)
        self.absorbing = np.uint64(n if absorbing is None else absorbing)
        self._start = nodes, amounts
        self._roundings = self.steps.roundings + roundings + 2.0
        kernels.start_pushes(self.work, nodes, amounts)

    @property
    def nodes(self) -> Nodes:
        """Accounts touched, in the order in which they were."""
        return self.work.touched[: int(self.work.counts[0])].astype(np.int64)

    @property
    def n_follows(self) -> int:
        """Follows read, repeated reading counted."""
        return int(self.work.counts[3])

    @property
    def n_follows_visited(self) -> int:
        """Different follows read: all those of accounts that were pushed."""
        nodes, rows = self.nodes, self.steps.following if self._forward else self.steps.followers
        pushed = nodes[self.work.estimate[nodes] > 0.0]
        return int((rows.indptr[pushed + 1] - rows.indptr[pushed]).sum())

    def steps_to(self, nodes: Nodes) -> Floats:
        """Return estimates of `nodes`, one step better than what was settled."""
        return self.work.estimate[nodes] + self.work.residual[nodes]

    def _push(self, goal: float) -> _Ends:
        """Push until the goal is met, measure the residual, and return it for `nodes`."""
        push = kernels.push_forward if self._forward else kernels.push_backward
        measure = kernels.measure_forward if self._forward else kernels.measure_backward
        work = self.work
        while not push(self.steps, self.absorbing, goal, FOLLOWS_MAX, work):
            pass
        kernels.start_pushes(work, *self._start)
        done = np.uint64(0)
        while done < work.counts[0]:
            done = np.uint64(measure(self.steps, self.absorbing, done, FOLLOWS_MAX, work))
        nodes = self.nodes
        work.residual[nodes] -= work.estimate[nodes]
        return self._ends(nodes)

    def _ends(self, nodes: Nodes) -> _Ends:
        work = self.work
        estimate, residual, additions = work.estimate[nodes], work.residual[nodes], work.additions[nodes]
        relative = (self._roundings + additions + 1.0) * (estimate + residual) + 8.0 * np.abs(residual)
        rounding = relative * (UNIT * WIDEN) + (additions + 4.0) * VANISHING
        rounding = np.where(work.flags[nodes] > 0, rounding, 0.0)
        return _Ends(estimate, residual, residual - rounding, residual + rounding)


class Forward(_Walks):
    """Walks from some accounts.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3], [2, 3, 1])
    >>> attention = Attention.of(graph, influencegraph.score(graph).settings)
    >>> walks = Forward(attention, np.array([0]), np.array([1.0]), 0)
    >>> visits = walks.push(1e-6).at(np.arange(3))
    >>> bool(np.all(visits.error < 1e-5)), round(float(visits.middle.sum()), 3)
    (True, 6.667)
    """

    _forward = True

    def __init__(
        self,
        attention: Attention,
        nodes: Nodes,
        amounts: Floats,
        roundings: float,
        absorbing: int | None = None,
    ) -> None:
        super().__init__(attention, nodes, amounts, roundings, absorbing)
        self.residual = self.rounding = self._above = self._below = 0.0

    def push(self, goal: float) -> Forward:
        """Push until no more than `goal` waits in all, what was absorbed not counted; return itself."""
        ends = self._push(goal)
        others = self.nodes != self.absorbing
        self.residual = float(np.abs(ends.residual[others]).sum()) * WIDEN_SUM
        self.rounding = float((ends.high - ends.residual)[others].sum()) * WIDEN_SUM
        self._above = float(np.maximum(ends.high[others], 0.0).sum()) * WIDEN_SUM
        self._below = float(np.maximum(-ends.low[others], 0.0).sum()) * WIDEN_SUM
        return self

    def at(self, nodes: Nodes) -> Interval:
        """Return the visits to `nodes`."""
        estimate, _, low, high = self._ends(nodes)
        diagonal, off = bound_visits(self.attention, nodes)
        absorbs = nodes == self.absorbing
        diagonal = np.where(absorbs, 1.0, diagonal)
        others = np.where(absorbs, 0.0, np.maximum(high, 0.0)), np.where(absorbs, 0.0, np.maximum(-low, 0.0))
        rise = np.where(high > 0, diagonal, 1.0) * high + off * np.maximum(self._above - others[0], 0.0)
        fall = np.where(low < 0, diagonal, 1.0) * -low + off * np.maximum(self._below - others[1], 0.0)
        rise, fall = rise + np.abs(rise) * (WIDEN - 1), fall + np.abs(fall) * (WIDEN - 1)
        ends = Interval.exactly(estimate)
        return Interval((ends - fall).lower, (ends + rise).upper).within(0.0)

    def elsewhere(self) -> float:
        """Return the most visits that an account can have which was not touched."""
        a = self.attention.damping
        return a / (1.0 - a * a) * self._above * WIDEN


class Backward(_Walks):
    """Walks to one account, from every account.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3], [2, 3, 1])
    >>> attention = Attention.of(graph, influencegraph.score(graph).settings)
    >>> walks = Backward(attention, 0).push(1e-6)
    >>> bool(np.all(walks.at(np.arange(3)).error < 1e-5))
    True
    """

    _forward = False

    def __init__(self, attention: Attention, node: int, absorbing: int | None = None) -> None:
        super().__init__(attention, np.array([node]), np.ones(1), 0.0, absorbing)
        self._above = self._below = self.error = self.rounding = 0.0

    def push(self, goal: float) -> Backward:
        """Push until nowhere more than `goal` waits; return itself."""
        ends = self._push(goal)
        ratio = self.attention.damping / (1.0 - self.attention.damping) * WIDEN
        self._above = ratio * float(ends.high.max(initial=0.0))
        self._below = ratio * float((-ends.low).max(initial=0.0))
        rounding = float((ends.high - ends.residual).max(initial=0.0))
        self.rounding = rounding * (1.0 + ratio) * WIDEN
        self.error = (max(self._above, self._below) + rounding) * WIDEN
        return self

    def at(self, nodes: Nodes) -> Interval:
        """Return the visits that walks from `nodes` pay."""
        estimate, _, low, high = self._ends(nodes)
        ends = Interval.exactly(estimate) + Interval(low, high)
        return (ends + Interval(np.asarray(-self._below), np.asarray(self._above))).within(0.0)

    def elsewhere(self) -> float:
        """Return the most visits that a walk can pay from an account that was not touched."""
        return self._above


def push_total(walks: Forward, tolerance: float) -> float:
    """Push until the total error of shares of attention is within `tolerance`, and return it.

    Raises
    ------
    DidNotConverge
        If rounding is more than that.
    """
    a, n = walks.attention.damping, max(walks.attention.graph.n_accounts, 1)
    goal = tolerance * n / max(a, UNIT) * _SPARE
    while True:
        walks.push(goal)
        error = (a * walks.residual + walks.rounding) / n * WIDEN_SUM
        if error <= tolerance:
            return error
        if walks.residual <= walks.rounding:
            raise DidNotConverge.at_rounding(error, tolerance)
        goal = min(goal, walks.residual) / 4


def push_largest(walks: Backward, tolerance: float) -> None:
    """Push until no walk's visits are off by more than `tolerance`.

    Raises
    ------
    DidNotConverge
        If rounding is more than that.
    """
    a = walks.attention.damping
    goal = tolerance * (1.0 - a) / max(a, UNIT) * _SPARE
    while walks.push(goal).error > tolerance:
        if walks.error <= 2.0 * walks.rounding:
            raise DidNotConverge.at_rounding(walks.error, tolerance)
        goal /= 4


def bound_visits(attention: Attention, nodes: Nodes) -> tuple[Floats, Floats]:
    """Bound visits to `nodes` by a walk from there, and by a walk from elsewhere; O(nodes).

    From ``p_v >= max_u P_uv``, in `influencegraph.solvers.certificate`; weighted, p_v is known less well,
    because the rows of `nodes` are not read.
    """
    t, a = attention.transition, attention.damping
    indices, start, stop = t.followers.indices, t.followers.indptr[nodes], t.followers.indptr[nodes + 1]
    middle = t.mutual_start[nodes]
    largest = np.zeros((2, len(nodes)))
    for row, (first, last) in zip(largest, ((start, middle), (middle, stop)), strict=True):
        some = last > first
        # Rows ascend by node, and nodes descend by out-degree: the last step is the largest.
        row[some] = 1.0 if t.weights is not None else 1.0 / t.out_weights[indices[last[some] - 1]]
    step = np.maximum(largest[0], largest[1] * t.worth[nodes]) * (a / (1.0 - a) * WIDEN)
    off = np.minimum(a / (1.0 - a * a), step) * WIDEN
    return np.minimum(1.0 / (1.0 - a * a), 1.0 + a * step) * WIDEN, off
