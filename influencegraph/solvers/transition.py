"""How attention moves in one step, in the arrays that the kernels read. Node numbers throughout.

P_uv = theta_uv w_uv / W_u,    theta_uv = 1 if the follow is one-way, rho_uv if it is mutual

With `mutual_giving` rho_uv is a product of one number of each end, c_u and that of v. So whoever follows
passes on two amounts, one along its one-way follows and one along the others, and no follow has a number:

    one-way   w_uv (x_u / W_u),        mutual   rho_v w_uv (c_u x_u / W_u)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import Csr
from influencegraph.engagement import GHOST_ROUNDINGS, GIVING_ROUNDINGS, Engaged, add_engagement, engage
from influencegraph.engagement import ROUNDINGS as ENGAGED_ROUNDINGS
from influencegraph.ghosts import Ghosts, count_contacts, find_one_way
from influencegraph.ghosts import count_roundings as count_contact_roundings
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.giving import regard_followers
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.order import add_weights, find_largest, scale_weights, share_weights
from influencegraph.kernels.spread import Roundings, count_roundings
from influencegraph.layouts.pull import cut_rows
from influencegraph.settings import Settings
from influencegraph.worth import ROUNDINGS as WORTH_ROUNDINGS
from influencegraph.worth import find_room

Floats = NDArray[np.float64]

_ROUNDINGS = WORTH_ROUNDINGS + 5.0
"""Behind each term besides its sums: its quotient, the worth and its product, the sum of both parts, the
damping, the launch added."""
_REGARD_ROUNDINGS = 6.0
"""Behind each term besides where followers do not count alike: one of `g` (and what sums of weights lose,
twice), three from there to `c`, and the quotient by it; one to spare."""
_PLAIN = 200
"""Weights between 2^-200 and 2^200 are used as they are; wider ones are scaled, each follower's alike."""
_SPAN = 1 << 16


class Giving(NamedTuple):
    """What mutual follows are worth for what their followers give where nothing comes back.

    Attributes
    ----------
    regard : ndarray of float64, shape (n_accounts,)
        ``c_u``, by node.
    least : float
        That of whoever gives nothing: `mutual_worth`.
    more : float
        `mutual_giving`.
    """

    regard: Floats
    least: float
    more: float


class Transition(NamedTuple):
    """One step of attention.

    Attributes
    ----------
    followers : Csr
    mutual_start : ndarray of int64, shape (n_accounts,)
    weights : ndarray of float64, shape (n_follows,), or None
        Scaled so that no sum overflows; None where every follow weighs 1. Where follows have engagement,
        each times its own theta.
    out_weights : ndarray of float64, shape (n_accounts,)
        ``W_u``; inf for an account that gives its attention to nobody.
    worth : ndarray of float64, shape (n_accounts,)
        ``rho_v``, without ``c_u`` where there is `giving`; 1 where follows have thetas of their own.
    damping : float
    roundings : Roundings
        Operations behind each account's stepped value.
    bounds : ndarray of int64, shape (n_blocks + 1,)
        Blocks of rows of about equal cost, the same for any number of threads.
    engaged : Engaged or None
        Where the graph has layers, or ghosts that count: weights and theta of each follow.
    giving : Giving or None
        Where followers do not count alike.
    """

    followers: Csr
    mutual_start: NDArray[np.int64]
    weights: Floats | None
    out_weights: Floats
    worth: Floats
    damping: float
    roundings: Roundings
    bounds: NDArray[np.int64]
    engaged: Engaged | None = None
    giving: Giving | None = None

    @property
    def follow_back_worth(self) -> Floats:
        """What a mutual follow of each account is worth at least, whoever follows, (n_accounts,)."""
        if self.engaged is not None:
            return self.engaged.worth
        return self.worth if self.giving is None else self.worth * self.giving.least

    @property
    def is_split(self) -> bool:
        """Whether accounts pass on another amount along their mutual follows than along the others."""
        return self.factor is not None

    @property
    def factor(self) -> Floats | None:
        """What `worth` is multiplied by for each account's mutual follows; None where that is 1."""
        return self.giving.regard if self.giving is not None and self.engaged is None else None

    @property
    def own_weights(self) -> Floats | None:
        """What follows weigh before any discount."""
        return self.weights if self.engaged is None else self.engaged.weights

    def regard_of(self, nodes: NDArray[np.int64]) -> Floats | float:
        """Return what `worth` is multiplied by for mutual follows of `nodes`."""
        return 1.0 if self.factor is None else self.factor[nodes]

    def undiscounted(self) -> Transition:
        """Return the step in which every follow counts in full."""
        return self._replace(
            weights=self.own_weights,
            worth=np.ones(len(self.worth)),
            engaged=None,
            giving=None,
        )

    def round_more(self, operations: float) -> Transition:
        """Return the same step with so many operations more behind each value."""
        counts, more = self.roundings
        return self._replace(roundings=Roundings(counts, more + operations))

    def round_by(self, counts: Floats) -> Transition:
        """Return the same step with rows added up in another way, of which `counts` are the operations."""
        return self._replace(roundings=self.roundings._replace(counts=counts))


class _Steps(NamedTuple):
    """What does not depend on the settings."""

    weights: Floats | None
    out_weights: Floats
    roundings: Roundings
    bounds: NDArray[np.int64]
    weight_roundings: float


def share_room(contacts: NDArray[Any], capacity: float, crew: Crew | None = None) -> Floats:
    """Return ``min(1, B / m_v)`` by node, in threads; see `find_room`."""
    room = np.empty(len(contacts))
    _over_spans(lambda span: find_room(contacts[span], capacity, room[span]), len(room), crew)
    return room


def make_transition(graph: FollowerGraph, settings: Settings, crew: Crew | None = None) -> Transition:
    """Prepare the step of a propagation method; O(follows) where weighted, else O(accounts)."""
    assert settings.damping is not None
    assert settings.mutual_worth is not None
    assert settings.mutual_capacity is not None
    # Without any discount nothing is kept of one, and the step is that of a graph without memory.
    is_discounting = settings.mutual_worth < 1.0 or settings.mutual_capacity < np.inf
    ghosts = find_one_way(graph) if is_discounting and graph.ghosts is not None else None
    contacts = graph.mutual_counts if ghosts is None else count_contacts(graph)
    room = share_room(contacts, settings.mutual_capacity, crew)
    if graph.layers or ghosts is not None:
        return _engage(graph, settings, settings.damping, room, ghosts)
    steps = _prepare(graph)
    if not regards_givers(settings):
        worth = room if settings.mutual_worth == 1.0 else room * settings.mutual_worth
        return Transition(
            graph.followers, graph.mutual_start, steps.weights, steps.out_weights, worth,
            settings.damping, steps.roundings, steps.bounds,
        )  # fmt: skip
    shares = None
    if steps.weights is not None:
        shares = share_one_way(graph, steps.weights, steps.out_weights)
    giving = _regard(graph, settings, shares, steps.out_weights, crew)
    return Transition(
        graph.followers, graph.mutual_start, steps.weights, steps.out_weights, room,
        settings.damping, steps.roundings, steps.bounds, giving=giving,
    ).round_more(_REGARD_ROUNDINGS + 2.0 * steps.weight_roundings)  # fmt: skip


def regards_givers(settings: Settings) -> bool:
    """Return whether followers do not count alike."""
    assert settings.mutual_worth is not None
    return bool(settings.mutual_giving) and 0.0 < settings.mutual_worth < 1.0


def _regard(
    graph: FollowerGraph, settings: Settings, shares: Floats | None, out_weights: Floats, crew: Crew | None
) -> Giving:
    """Return `c`."""
    assert settings.mutual_worth is not None
    assert settings.mutual_giving is not None
    regard = np.empty(graph.n_accounts)
    chosen = settings.mutual_worth, settings.mutual_giving
    counts = graph.out_degrees, graph.mutual_counts

    def work(span: slice) -> None:
        regard_followers(*counts, shares, out_weights, *chosen, span.start, span.stop, regard)

    _over_spans(work, graph.n_accounts, crew)
    return Giving(regard, *chosen)


def _over_spans(work: Callable[[slice], object], n: int, crew: Crew | None) -> None:
    spans = [slice(first, min(first + _SPAN, n)) for first in range(0, n, _SPAN)]
    (crew or Crew(1)).run(work, spans)


def _engage(
    graph: FollowerGraph, settings: Settings, damping: float, room: Floats, ghosts: Ghosts | None
) -> Transition:
    """Prepare a step in which each follow has its own theta, which is in its weight."""
    k, raw = add_engagement(graph, settings)
    weights, out_weights, weight_roundings = _weigh(graph, raw)
    behind_theta: float = ENGAGED_ROUNDINGS
    contact_roundings = 0.0
    if ghosts is not None:
        contact_roundings = count_contact_roundings(graph)
        behind_theta += GHOST_ROUNDINGS + 2.0 * contact_roundings
    giving = None
    if regards_givers(settings):
        giving = _regard(graph, settings, share_one_way(graph, weights, out_weights), out_weights, None)
        behind_theta += 2.0 * (GIVING_ROUNDINGS + weight_roundings + contact_roundings)
    engaged = engage(graph, settings, room, k, raw, None if giving is None else giving.regard, ghosts)
    passed = engaged.passed
    if weights is not engaged.weights:
        engaged = engaged._replace(weights=weights, is_scaled=True)
        passed = engaged.theta * weights
    roundings = Roundings(_count_rows(graph), weight_roundings + _ROUNDINGS + behind_theta)
    return Transition(
        graph.followers, graph.mutual_start, passed, out_weights, np.ones(graph.n_accounts),
        damping, roundings, cut_rows(graph.followers.indptr, 0, graph.n_accounts), engaged=engaged,
        giving=giving,
    )  # fmt: skip


def share_one_way(graph: FollowerGraph, weights: Floats | None, out_weights: Floats) -> Floats:
    """Return what share of its attention each account gives where nothing comes back, by node.

    Of a follow whose return is remembered, what is left of it when that is taken away. O(follows) of a graph
    with weights, layers or memory; `weights` are those of make_transition, or of its engagement.
    """
    if weights is None:
        shares: Floats = (graph.out_degrees - graph.mutual_counts) / out_weights
        return shares
    ghosts = None if graph.ghosts is None else find_one_way(graph)
    rows = graph.followers.indptr
    is_mutual = np.arange(graph.n_follows) >= np.repeat(graph.mutual_start, np.diff(rows))
    one_way = np.where(is_mutual, 0.0, weights)
    if ghosts is not None:
        one_way[ghosts.follows] *= 1.0 - ghosts.strengths
    totals, rests = np.zeros(graph.n_accounts), np.zeros(graph.n_accounts)
    add_weights(graph.followers.indices, one_way, totals, rests)
    totals += rests
    return totals / out_weights


def _prepare(graph: FollowerGraph) -> _Steps:
    """Return what every transition of a graph shares; scaled weights are made anew each time."""
    known: _Steps | None = graph.prepared.get("steps")
    if known is not None:
        return known
    weights, out_weights, weight_roundings = _weigh(graph, graph.follow_weights)
    roundings = Roundings(_count_rows(graph), weight_roundings + _ROUNDINGS)
    bounds = cut_rows(graph.followers.indptr, 0, graph.n_accounts)
    steps = _Steps(weights, out_weights, roundings, bounds, weight_roundings)
    if weights is graph.follow_weights:
        graph.prepared["steps"] = steps
    return steps


def _count_rows(graph: FollowerGraph) -> Floats:
    """Return the operations behind each row's sum, kept for the next time."""
    known: Floats | None = graph.prepared.get("roundings")
    if known is None:
        known = graph.prepared["roundings"] = count_roundings(graph.in_degrees)
    return known


@overload
def _weigh(graph: FollowerGraph, weights: Floats) -> tuple[Floats, Floats, float]: ...
@overload
def _weigh(graph: FollowerGraph, weights: Floats | None) -> tuple[Floats | None, Floats, float]: ...
def _weigh(graph: FollowerGraph, weights: Floats | None) -> tuple[Floats | None, Floats, float]:
    """Return scaled weights, out-weights, and the roundings that weights add to each term."""
    if weights is None:
        counts = graph.out_degrees.astype(np.float64)
        return None, np.where(counts > 0, counts, np.inf), 0.0
    indices = graph.followers.indices
    largest = np.zeros(graph.n_accounts)
    find_largest(indices, weights, largest)
    exponents = np.frexp(largest)[1].astype(np.int64)
    smallest = weights.min(initial=np.inf, where=weights > 0)
    if smallest < 2.0**-_PLAIN or largest.max(initial=0.0) > 2.0**_PLAIN:
        scaled = np.empty_like(weights)
        scale_weights(indices, weights, exponents, scaled)
        weights = scaled
    totals, rests = np.zeros(graph.n_accounts), np.zeros(graph.n_accounts)
    add_weights(indices, weights, totals, rests)
    totals += rests
    longest = float(graph.out_degrees.max(initial=0))
    # The out-weight (and what Sum2 leaves of it), the product of each term, one to spare for the
    # scaling of weights that vanish beside others.
    return weights, np.where(totals > 0, totals, np.inf), 3.0 + longest * longest * 2.0**-52


def share_out(graph: FollowerGraph, transition: Transition) -> NDArray[np.float32]:
    """Return what share of its follower's attention each follow carries, of a graph with weights.

    float32, shape (n_follows,): for approximations only.
    """
    shares = np.empty(graph.n_follows, np.float32)
    share_weights(graph.followers.indices, transition.weights, transition.out_weights, shares)
    return shares
