"""Who follows whom: the type every other room works on.

Nothing here changes after it is made, and nothing here reads, builds or scores.

Two numberings live side by side. A *position* is an account's place in ``graph.labels``, and every
public array follows it. A *node* is its number inside: accounts that follow many come first, because
their attention is read most often and should lie together in the cache. Node numbers never leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.build_report import BuildReport
from influencegraph.csr import Csr, Follows, frozen, row_of, turn
from influencegraph.labels import Labels, Positions

if TYPE_CHECKING:
    import networkx
    import scipy.sparse

    from influencegraph.ghosts import Ghosts
    from influencegraph.layers import Layer


@dataclass(frozen=True, eq=False, repr=False)
class FollowerGraph:
    """Who follows whom. Made by `from_arrays`, `from_scipy`, `from_networkx` or `read_follows`.

    Attributes
    ----------
    followers : Csr
        Rows are the followed, entries their followers, in node numbers; each row ``[one-way | mutual]``.
    mutual_start : ndarray of int64, shape (n_accounts,)
        Where the mutual part of each row begins.
    follow_weights : ndarray of float64, shape (n_follows,), or None
        Aligned with ``followers.indices``; None where every follow weighs 1.
    out_degrees : ndarray of int64, shape (n_accounts,)
        How many accounts each node follows.
    accounts : Labels
        Labels and their look-up.
    position_of, node_of : ndarray of uint32, shape (n_accounts,)
        Position of each node, and node of each position.
    report : BuildReport
        What became of the rows read.
    layers : tuple of Layer
        What accounts really did to those they follow; see `with_layer`.
    ghosts : Ghosts or None
        Follows whose return ended once, as far as it is remembered; see `ghosts.add_ghosts`.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> graph
    FollowerGraph(3 accounts, 3 follows, 1 mutual pair)
    >>> graph.followers_of("bob").tolist(), graph.mutuals_of("bob").tolist()
    (['ann', 'cat'], ['ann'])
    """

    followers: Csr
    mutual_start: NDArray[np.int64]
    follow_weights: NDArray[np.float64] | None
    out_degrees: NDArray[np.int64]
    accounts: Labels
    position_of: Positions
    node_of: Positions
    report: BuildReport = field(repr=False)
    layers: tuple[Layer, ...] = ()
    ghosts: Ghosts | None = None

    def __post_init__(self) -> None:
        rows = (*self.followers, self.mutual_start, self.follow_weights)
        for array in (*rows, self.out_degrees, self.position_of, self.node_of):
            if array is not None:
                array.flags.writeable = False

    # ---- made from ----

    @classmethod
    def from_arrays(
        cls, follower: Any, followed: Any, weights: Any = None, labels: Any = None
    ) -> FollowerGraph:
        """Build a graph from columns of labels: row i says that ``follower[i]`` follows ``followed[i]``.

        Parameters
        ----------
        follower, followed : array-like of int or str, shape (rows,)
            Any integers of int64 or any strings, of one kind in both. Self-follows are dropped,
            repeated follows merged; both are counted in ``graph.report``.
        weights : array-like of float, shape (rows,), optional
            Finite and >= 0. Weights of a repeated follow add up. A follow of weight 0 exists, carries
            nothing and is not mutual.
        labels : array-like, optional
            All accounts in the order wanted, so that isolated ones exist. By default the accounts that
            occur, ascending.

        Raises
        ------
        InvalidFollows
            If labels are missing or of two kinds, or a weight is no number >= 0.

        Examples
        --------
        >>> import influencegraph
        >>> influencegraph.FollowerGraph.from_arrays([1, 2, 3], [2, 1, 2], labels=[1, 2, 3, 4])
        FollowerGraph(4 accounts, 3 follows, 1 mutual pair)
        """
        from influencegraph.build import build_graph

        return build_graph(follower, followed, weights, labels)

    @classmethod
    def from_scipy(cls, matrix: Any, labels: Any = None) -> FollowerGraph:
        """Build a graph from a SciPy sparse array: ``matrix[u, v]`` means that u follows v, with that weight.

        Stored entries are the follows; a matrix of truths has weights of 1. `labels` names the rows
        and defaults to 0, 1, 2, ...

        Raises
        ------
        InvalidFollows
            If the matrix is not square or holds values that are no weights.
        """
        from influencegraph.io.matrices import read_matrix

        return read_matrix(matrix, labels)

    @classmethod
    def from_networkx(cls, graph: Any, weight: str | None = None) -> FollowerGraph:
        """Build a graph from a NetworkX DiGraph: an edge ``u -> v`` means that u follows v.

        `weight` names the edge attribute that holds the weights; None weighs every follow 1. Parallel
        edges of a MultiDiGraph are repeated follows.

        Raises
        ------
        InvalidFollows
            If the graph is undirected, its nodes are not all integers or all strings, or an edge lacks
            the weight.
        """
        from influencegraph.io.networkx import read_networkx

        return read_networkx(graph, weight)

    @classmethod
    def from_events(
        cls, log: Any, as_of: Any = None, memory: Any = None, labels: Any = None
    ) -> FollowerGraph:
        """Build a graph from a log of follows and unfollows: who follows whom at `as_of`.

        With `memory`, returns that ended are remembered for so long (`ghosts`); see `events.replay_log`.
        """
        from influencegraph.events import replay_log

        return replay_log(log, as_of, memory, labels)

    # ---- what it is ----

    @property
    def n_accounts(self) -> int:
        """How many accounts there are."""
        return len(self.accounts)

    @property
    def n_follows(self) -> int:
        """How many distinct follows there are."""
        return len(self.followers.indices)

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels, shape (n_accounts,): int64 or str objects, read-only."""
        return self.accounts.values

    @property
    def weights(self) -> NDArray[np.float64] | None:
        """Weights in the order of `to_arrays`, shape (n_follows,), or None where every follow weighs 1."""
        return self.to_arrays().weights

    @cached_property
    def in_degrees(self) -> NDArray[np.int64]:
        """Followers of each node, shape (n_accounts,)."""
        return frozen(np.diff(self.followers.indptr))

    @cached_property
    def mutual_counts(self) -> NDArray[np.int64]:
        """Mutual contacts of each node, shape (n_accounts,); `m_v` of the mathematics."""
        return frozen(self.followers.indptr[1:] - self.mutual_start)

    @cached_property
    def follower_counts(self) -> NDArray[np.int64]:
        """Followers of each account, shape (n_accounts,), in the order of `labels`."""
        return frozen(self.in_degrees[self.node_of])

    @cached_property
    def following(self) -> Csr:
        """The transpose: rows are the followers, entries whom they follow, in node numbers, ascending."""
        everyone = np.arange(self.n_accounts, dtype=np.uint32)
        rows, _ = turn(self.followers, None, self.out_degrees, everyone)
        return Csr(frozen(rows.indptr), frozen(rows.indices))

    @cached_property
    def prepared(self) -> dict[str, Any]:
        """What solvers arranged of this graph, to solve it again sooner; neither saved nor pickled."""
        return {}

    def __len__(self) -> int:
        return self.n_accounts

    def __contains__(self, account: object) -> bool:
        return self.accounts.find(account) is not None

    def __repr__(self) -> str:
        from influencegraph.io.display import describe_graph

        return describe_graph(self)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling drops the read-only flags

    # ---- look-ups ----

    def followers_of(self, account: object) -> NDArray[Any]:
        """Return the labels of those who follow `account`, in the order of `labels`.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        return self._labels_of(row_of(self.followers, self._node(account)))

    def following_of(self, account: object) -> NDArray[Any]:
        """Return the labels of those whom `account` follows, in the order of `labels`.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        return self._labels_of(row_of(self.following, self._node(account)))

    def mutuals_of(self, account: object) -> NDArray[Any]:
        """Return the labels of those who follow `account` and are followed back, in the order of `labels`.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        node = self._node(account)
        row = slice(self.mutual_start[node], self.followers.indptr[node + 1])
        return self._labels_of(self.followers.indices[row])

    def has_follow(self, follower: object, followed: object) -> bool:
        """Return whether `follower` follows `followed`.

        Raises
        ------
        UnknownAccount
            If one of them is no account.
        """
        node = self._node(follower)
        return bool(np.any(row_of(self.followers, self._node(followed)) == node))

    def _node(self, account: object) -> int:
        return int(self.node_of[self.accounts.position(account)])

    def _labels_of(self, nodes: NDArray[np.uint32]) -> NDArray[Any]:
        return self.labels[np.sort(self.position_of[nodes])]

    # ---- with more in it, or less ----

    def with_layer(
        self, name: str, sources: Any, targets: Any, counts: Any, *, weight: float = 1.0,
        cap_per_pair: float = 20, times: Any = None,
    ) -> FollowerGraph:  # fmt: skip
        """Return the graph with one layer of engagement more: what followers really did to those they follow.

        Parameters
        ----------
        name : str
            Unlike those of the layers there are.
        sources, targets : array-like of int or str, shape (rows,)
            Who acted (the follower), and on whom. Rows whose source does not follow its target are dropped
            and counted in ``graph.layers[-1].n_dropped``, accounts that do not exist among them.
        counts : array-like of float, shape (rows,)
            How often; from 0 to 2^200. Rows of the same pair add up.
        weight : float >= 0, at most 2^200
            What one act is worth, in follows.
        cap_per_pair : float > 0 or inf
            Acts of one account on another count up to so many.
        times : array-like, shape (rows,), optional
            When: seconds, datetime64, dates or datetimes (with a time zone: turned into UTC). Needed to let
            engagement fade (`half_life` of `score`).

        Raises
        ------
        InvalidFollows, InvalidArgument
            If a label is missing or of another kind than the graph's; if anything else is not as above.

        Examples
        --------
        >>> import influencegraph
        >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
        >>> layered = graph.with_layer("retweets", ["ann", "bob"], ["bob", "cat"], [3, 1])
        >>> layered.layers
        (Layer('retweets', 3 acts on 1 follows, weight 1, cap 20, 1 rows dropped),)
        >>> [influencegraph.score(each).reach.round(2).tolist() for each in (graph, layered)]
        [[1.84, 2.48, 1.0], [2.04, 3.07, 1.0]]
        """
        from influencegraph.layers import add_layer

        return add_layer(self, name, sources, targets, counts, weight, cap_per_pair, times)

    def link(self, links: Mapping[Any, Any]) -> FollowerGraph:
        """Return the graph with the accounts of each person united; a follow between two persons counts once.

        `links` maps accounts to persons, or persons to lists of accounts; see `linking.link_accounts`.
        """
        from influencegraph.linking import link_accounts

        return link_accounts(self, links)

    # ---- made into ----

    def to_arrays(self) -> Follows:
        """Return the follows as columns of labels and weights, sorted by follower and then by followed.

        Examples
        --------
        >>> import influencegraph
        >>> graph = influencegraph.FollowerGraph.from_arrays([3, 1], [1, 2])
        >>> graph.to_arrays().follower.tolist(), graph.to_arrays().followed.tolist()
        ([1, 3], [2, 1])
        """
        csr, weights = self.rows_by_position()
        follower = np.repeat(np.arange(self.n_accounts), np.diff(csr.indptr))
        return Follows(self.labels[follower], self.labels[csr.indices], weights)

    def to_scipy(self) -> scipy.sparse.csr_array:
        """Return a float64 CSR array of shape (n_accounts, n_accounts): entry (u, v) is the weight of u -> v.

        Rows and columns follow `labels`.
        """
        from influencegraph.io.matrices import make_matrix

        return make_matrix(*self.rows_by_position(), self.n_accounts)

    def to_networkx(self) -> networkx.DiGraph:
        """Return a NetworkX DiGraph; weights, where there are any, under ``"weight"``.

        Raises
        ------
        MissingExtra
            If networkx is not installed.
        """
        from influencegraph.io.networkx import make_networkx

        return make_networkx(self)

    def rows_by_position(self) -> tuple[Csr, NDArray[np.float64] | None]:
        """Return rows of the followers and their weights, in positions, ascending."""
        counts = self.out_degrees[self.node_of]
        names = self.position_of, self.position_of
        return turn(self.followers, self.follow_weights, counts, self.node_of, *names)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the graph to `path`, one NPZ file; `load` reads it back. Old or new, never half.

        The file is readable by its owner only.
        """
        from influencegraph.io.archive import save_graph

        save_graph(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> FollowerGraph:
        """Read a graph written by `save`.

        Raises
        ------
        StoreDamaged
            If the file is not whole, or not a graph of ours.
        """
        from influencegraph.io.archive import load_graph

        return load_graph(path)
