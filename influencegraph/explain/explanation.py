"""The record of an explanation."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.explain.contributions import Contribution, Contributions, Rest
from influencegraph.explain.parts import Source, split_reach
from influencegraph.settings import Settings


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Columnar):
    """Why an account has its reach. Made by `explain_score`; printed, it explains itself.

    Amounts are in accounts of reach, and
    ``launch + sum(each.reach for each in contributions) + unresolved == reach`` to rounding.

    Attributes
    ----------
    account : int or str
        Whose reach.
    path : tuple of labels
        Followers through whom the explained attention arrived, from the account backwards; empty where
        all of the reach is explained.
    reach : float
        What is explained: the reach, or the part of it that arrived along `path`.
    score : float or None
        0-100; None along a path.
    rank : int or None
        1 is best; None along a path.
    n_accounts : int
        Of the network, redacted ones included.
    launch : float
        What starts at the account itself (or at the end of `path`).
    contributions : Contributions
        What arrives by each follower (of the account, or of the end of `path`), largest first.
    unresolved : float
        What the solver left over.
    unresolved_max : float
        Bound on its size, from the certified interval.
    withheld : float
        What the discount kept from arriving, of all followers together.
    withheld_by_capacity : float
        The part of `withheld` that would arrive if the mutual capacity were infinite.
    mutual_contacts : int
        Accounts that follow the receiver and are followed back; the capacity is compared with them.
    settings : Settings
    passed_on : float
        What part of the receiver's reach arrives along `path`, in [0, 1]; 1 without one.
    shown : int
        How many contributors the text lists.
    """

    account: Any
    path: tuple[Any, ...]
    reach: float
    score: float | None
    rank: int | None
    n_accounts: int
    launch: float
    contributions: Contributions
    unresolved: float
    unresolved_max: float
    withheld: float
    withheld_by_capacity: float
    mutual_contacts: int
    settings: Settings
    passed_on: float = 1.0
    shown: int = 10
    _source: Source | None = None

    @property
    def receiver(self) -> Any:
        """Whose followers contribute: the account, or the end of `path`."""
        return self.path[-1] if self.path else self.account

    @property
    def top(self) -> list[Contribution]:
        """The largest contributions, `shown` of them at most."""
        return self.contributions.top(self.shown)

    @property
    def rest(self) -> Rest:
        """All contributions that `top` does not list, taken together."""
        return self.contributions.beyond(self.shown)

    def contribution_of(self, follower: object) -> Contribution:
        """Return what `follower` contributes.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        InvalidArgument
            If it does not follow the receiver.
        """
        scores = self._sourced().scores
        found = self.contributions.at(scores.accounts.position(follower))
        if found is None:
            raise InvalidArgument.because(
                f"{shorten(follower)} does not follow {shorten(self.receiver)}",
                "attention arrives through followers",
                "`.contributions` lists them.",
                name="follower",
                value=follower,
            )
        return found

    def through(self, follower: object) -> Explanation:
        """Explain whose attention arrived through `follower`: the parts of its contribution.

        Can be repeated, one follow further back each time.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        InvalidArgument
            If it does not follow the receiver.

        Examples
        --------
        >>> import influencegraph
        >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob"], ["bob", "cat"])
        >>> why = influencegraph.explain_score(influencegraph.score(graph), "cat")
        >>> via_bob = why.through("bob")
        >>> round(via_bob.reach, 4), round(via_bob.launch, 4)     # bob's own 0.85, and 0.85 x 0.85 of ann's
        (1.5725, 0.85)
        >>> [(each.account, round(each.reach, 4)) for each in via_bob.contributions]
        [('ann', 0.7225)]
        """
        found, source = self.contribution_of(follower), self._sourced()
        passed_on = self.passed_on * source.attention.damping * found.theta * found.dilution
        parts = split_reach(source, source.whole.accounts.position(follower), passed_on, found.reach)
        path = (*self.path, found.account)
        return replace(
            self,
            path=path,
            reach=found.reach,
            score=None,
            rank=None,
            passed_on=passed_on,
            **parts._asdict(),
        )

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the contributions as columns, largest first; a data frame takes them as they are."""
        return self.contributions.to_columns()

    def __repr__(self) -> str:
        from influencegraph.io.explanations import describe_explanation

        return describe_explanation(self)

    def _sourced(self) -> Source:
        if self._source is None:
            raise InvalidArgument.because(
                "this explanation was pickled, and left its graph behind",
                "looking further needs it",
                "Call explain_score again.",
                name="explanation",
            )
        return self._source

    def __getstate__(self) -> dict[str, Any]:
        return {**{each.name: getattr(self, each.name) for each in fields(self)}, "_source": None}
