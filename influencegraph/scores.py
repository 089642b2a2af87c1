"""Scores: the values, how sure they are, and how they were made. Immutable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.csr import frozen
from influencegraph.errors import InvalidArgument, MissingField
from influencegraph.labels import Labels
from influencegraph.later import NoneOrOnUse
from influencegraph.propagation import Certificate, Floats, Ledger, Propagation, Work
from influencegraph.redaction import Redaction, hide_accounts
from influencegraph.scale import Scale
from influencegraph.settings import Settings

if TYPE_CHECKING:
    from influencegraph.graph import FollowerGraph

Ranks = NDArray[np.int64]

_COLUMN_OF = {"accounts reached": "reach", "share of all attention": "share"}
"""Units of propagation methods whose values are a column by another name."""


@dataclass(frozen=True)
class AccountScore:
    """One account's line. Fields that its method does not have are None.

    Attributes
    ----------
    account : int or str
        The label.
    value : float
        In the method's unit.
    share : float
        Of the sum of all values, in [0, 1].
    rank, rank_best, rank_worst : int
        1 is best; the certified range.
    reach, lower, upper : float or None
        In accounts.
    score : float or None
        0-100.
    is_clipped : bool
        Whether the reach lies outside [1, n_accounts], where the scale ends.
    """

    account: Any
    value: float
    share: float
    rank: int
    rank_best: int
    rank_worst: int
    reach: float | None = None
    lower: float | None = None
    upper: float | None = None
    score: float | None = None
    is_clipped: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Scores(Columnar):
    """Scores of all accounts of a graph, with their certificate. Made by `influencegraph.score`.

    Arrays have shape (n_accounts,), follow `labels`, and are read-only.

    Attributes
    ----------
    values : ndarray of float64
        In `unit`; ranks follow it.
    unit : str
        What `values` counts.
    accounts : Labels
        Labels and their look-up.
    settings : Settings
        All that the numbers depend on besides the graph.
    scale : Scale
        What turns reach into score.
    propagation : Propagation or None
        Reach, interval, certificate and ledger, for the methods that have them.
    graph : FollowerGraph or None
        By reference, of edited scores built on use; None after loading, and after `redact`: it names all.
    redaction : Redaction or None
        Where the shown accounts stand among all, if some are left out.
    work : Work or None
        How edited scores were found (`what_if`, `update`); None for all others.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> round(scores["bob"].reach, 4), scores["bob"].rank
    (2.4763, 1)
    >>> [line.account for line in scores.top(2)]
    ['bob', 'ann']
    """

    values: Floats
    unit: str
    accounts: Labels
    settings: Settings
    scale: Scale
    propagation: Propagation | None = None
    graph: NoneOrOnUse[FollowerGraph] = NoneOrOnUse()
    redaction: Redaction | None = None
    work: Work | None = None

    def __post_init__(self) -> None:
        self.values.flags.writeable = False

    # ---- arrays ----

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels: int64 or str objects."""
        return self.accounts.values

    @property
    def value_column(self) -> str:
        """Which column of `to_columns` holds `values`: ``"reach"``, ``"share"`` or ``"value"``."""
        return "value" if self.propagation is None else _COLUMN_OF.get(self.unit, "value")

    @property
    def method(self) -> str:
        """Name of the method, a key of `METHODS`."""
        return self.settings.method

    @property
    def reach(self) -> Floats:
        """Accounts' worth of attention; 1 for an account that nobody follows (uniform teleport)."""
        return self._propagated("reach").reach

    @property
    def lower(self) -> Floats:
        """Certified lower end of `reach`."""
        return self._propagated("lower").lower

    @property
    def upper(self) -> Floats:
        """Certified upper end of `reach`."""
        return self._propagated("upper").upper

    @property
    def launch(self) -> Floats:
        """Attention that starts at each account, in accounts; of all it sums to n_accounts, unless edited."""
        return self._propagated("launch").launch

    @property
    def certificate(self) -> Certificate:
        """How sure the numbers are."""
        return self._propagated("certificate").certificate

    @property
    def ledger(self) -> Ledger:
        """Where all attention went."""
        return self._propagated("ledger").ledger

    @cached_property
    def score(self) -> Floats:
        """`reach` on the scale, 0-100."""
        return frozen(self.scale.score(self._propagated("score").reach))

    @cached_property
    def is_clipped(self) -> NDArray[np.bool_]:
        """Whether `reach` lies outside the ends of the scale, [1, n_accounts of the scale]."""
        reach = self._propagated("is_clipped").reach
        return frozen((reach < 1) | (reach > max(1, self.scale.n_accounts)))

    @cached_property
    def share(self) -> Floats:
        """Each account's part of the sum of all values, in [0, 1]."""
        if self.redaction is not None:
            return self.redaction.share
        values = self.values if self.propagation is None else self.propagation.reach
        total = values.sum()
        return frozen(values / total if total != 0 else np.zeros(len(values)))

    @cached_property
    def rank(self) -> Ranks:
        """1 is best; ordinal, equal values by position."""
        if self.redaction is not None:
            return self.redaction.rank
        ranks = np.empty(len(self), np.int64)
        ranks[self._order] = np.arange(1, len(self) + 1)
        return frozen(ranks)

    @cached_property
    def rank_best(self) -> Ranks:
        """The best rank that the certificate leaves open: 1 + those certainly above.

        Without a certificate values are taken as they are, and only ties leave anything open.
        """
        if self.redaction is not None:
            return self.redaction.rank_best
        lower, upper = self._interval
        return frozen(len(self) - np.searchsorted(np.sort(lower), upper, side="right") + 1)

    @cached_property
    def rank_worst(self) -> Ranks:
        """The worst rank that the certificate leaves open: all but those certainly below."""
        if self.redaction is not None:
            return self.redaction.rank_worst
        lower, upper = self._interval
        return frozen(len(self) - np.searchsorted(np.sort(upper), lower, side="left"))

    @property
    def _interval(self) -> tuple[Floats, Floats]:
        if self.propagation is None:
            return self.values, self.values
        return self.propagation.lower, self.propagation.upper

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        # Shares are rounded once more than reach, and may tie where reach does not.
        values = self.values if self.propagation is None else self.propagation.reach
        return np.argsort(-values, kind="stable")

    def _propagated(self, name: str) -> Propagation:
        if self.propagation is None:
            raise MissingField.of_method(name, self.method, self.unit)
        return self.propagation

    # ---- look-ups ----

    def __len__(self) -> int:
        return len(self.accounts)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.labels.tolist())

    def __contains__(self, account: object) -> bool:
        return self.accounts.find(account) is not None

    def __getitem__(self, account: object) -> AccountScore:
        """Return one account's line.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        return self._line(self.accounts.position(account))

    def _line(self, position: int) -> AccountScore:
        label = self.labels[position]
        line: dict[str, Any] = {
            "account": int(label) if isinstance(label, np.integer) else label,
            "value": float(self.values[position]),
            "share": float(self.share[position]),
        }
        line |= {name: int(getattr(self, name)[position]) for name in ("rank", "rank_best", "rank_worst")}
        if self.propagation is not None:
            names = ("reach", "lower", "upper", "score")
            line |= {name: float(getattr(self, name)[position]) for name in names}
            line["is_clipped"] = bool(self.is_clipped[position])
        return AccountScore(**line)

    def top(self, n: int = 10) -> list[AccountScore]:
        """Return the `n` best accounts, best first; all of them if there are fewer."""
        if isinstance(n, bool) or not hasattr(n, "__index__") or int(n) < 0:
            raise InvalidArgument.out_of_range("n", n, "be an integer >= 0", "top(10) gives ten.")
        return [self._line(position) for position in self._order[: int(n)].tolist()]

    def redact(self, accounts: Iterable[Any]) -> Scores:
        """Return these scores without `accounts`, which no output shows any more.

        Nothing said of the others changes: ranks keep their gaps, shares stay those of all attention.
        A redacted account is looked up like one that is not there; `graph` is None. Saved or pickled,
        the scores hold neither its label nor its numbers; in memory, explanations still add up, with
        one line for all redacted followers. This is for publishing: it is no barrier against code
        that runs in the same process.

        Raises
        ------
        InvalidArgument
            If `accounts` is no list of labels.
        UnknownAccount
            If one of them is no account, or redacted already.

        Examples
        --------
        >>> import influencegraph
        >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
        >>> shown = influencegraph.score(graph).redact(["ann"])
        >>> [(line.account, line.rank) for line in shown.top()]
        [('bob', 1), ('cat', 3)]
        """
        return hide_accounts(self, accounts)

    # ---- made into ----

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, accounts in the order of `labels`; a data frame takes it as it is.

        ``pandas.DataFrame(scores.to_columns())`` and ``polars.DataFrame(scores.to_columns())`` work.
        """
        names = ["rank", "rank_best", "rank_worst", "share"]
        if self.propagation is not None:
            names = ["reach", "lower", "upper", "score", *names]
        columns = {"account": self.labels}
        if self.value_column == "value":
            columns["value"] = self.values
        return columns | {name: getattr(self, name) for name in names}

    def to_csv(self, path: str | PathLike[str], *, escape_formulas: bool = False) -> None:
        """Write all accounts to `path`, comma-separated; floats in full.

        `escape_formulas` puts a quote before labels that a spreadsheet would run (``= + - @``, tab).
        """
        from influencegraph.io.tables import write_delimited

        write_delimited(self.to_columns(), path, ",", escape_formulas)

    def to_tsv(self, path: str | PathLike[str], *, escape_formulas: bool = False) -> None:
        """Write all accounts to `path`, tab-separated; otherwise as `to_csv`."""
        from influencegraph.io.tables import write_delimited

        write_delimited(self.to_columns(), path, "\t", escape_formulas)

    def to_parquet(self, path: str | PathLike[str]) -> None:
        """Write all accounts to `path` as Parquet.

        Raises
        ------
        MissingExtra
            If pyarrow is not installed.
        """
        from influencegraph.io.tables import write_parquet

        write_parquet(self.to_columns(), path)

    def to_npz(self, path: str | PathLike[str]) -> None:
        """Write all columns to `path` as NPZ, one array each, readable by ``numpy.load`` without pickle.

        String labels become NumPy strings. To get the scores back as they are, use `save`.
        """
        from influencegraph.io.tables import write_npz

        write_npz(self.to_columns(), path)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the scores to `path`, one NPZ file, settings and certificate inside but not the graph.

        Old or new, never half; readable by its owner only.
        """
        from influencegraph.io.archive import save_scores

        save_scores(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Scores:
        """Read scores written by `save`; their `graph` is None.

        Raises
        ------
        StoreDamaged
            If the file is not whole, or not scores of ours.
        """
        from influencegraph.io.archive import load_scores

        return load_scores(path)

    def __repr__(self) -> str:
        from influencegraph.io.display import describe_scores

        return describe_scores(self)

    def _repr_html_(self) -> str:
        from influencegraph.io.display import draw_scores

        return draw_scores(self)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(_graph=state.pop("graph"), **state)
        self.__post_init__()  # pickling drops the read-only flags
        if self.propagation is not None:
            self.propagation.__post_init__()
