"""What an attack comes to: the network after it, who gains, who pays, and every follow it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.edits.changes import Changes
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels, as_objects

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class AttackOutcome:
    """A network before and after an attack. Accounts keep their positions; fakes come after them.

    Attributes
    ----------
    attack : str
        Its name in `ATTACKS`.
    budget : int
        Follows that the attack was allowed to make.
    before, graph : FollowerGraph
        As it was, and as it is then.
    gainers, payers, fakes : ndarray of labels
        Whose standing the attack is to raise; real accounts whose follows or attention it spends; accounts
        that did not exist before. Some may be in more than one.
    added, removed : ndarray of int64, shape (k, 2)
        Positions in ``graph.labels`` of the follower and the followed of each follow that is there only
        afterwards, or was there only before: the whole difference between the two networks.
    n_made : int
        Follows made, those taken back later and those that others gave in return among them.
    """

    attack: str
    budget: int
    before: FollowerGraph
    graph: FollowerGraph
    gainers: NDArray[Any]
    payers: NDArray[Any]
    fakes: NDArray[Any]
    added: Ids
    removed: Ids
    n_made: int

    def __post_init__(self) -> None:
        for array in (self.gainers, self.payers, self.fakes, self.added, self.removed):
            array.flags.writeable = False

    def __repr__(self) -> str:
        return (
            f"AttackOutcome({self.attack!r}, {len(self.gainers):,} gainers, {len(self.fakes):,} fakes, "
            f"{self.n_made:,} follows made, {len(self.added):,} more and {len(self.removed):,} fewer there)"
        )


def carry_out(
    before: FollowerGraph, attack: str, budget: int, *, gainers: Ids, payers: Ids, added: Ids,
    removed: Ids | None = None, n_fakes: int = 0, n_made: int | None = None,
) -> AttackOutcome:  # fmt: skip
    """Change the network, and write down what was changed; O(follows).

    Parameters
    ----------
    before : FollowerGraph
    attack : str
    budget : int
    gainers, payers : ndarray of int64
        Positions; fakes are n_accounts, n_accounts + 1, ...
    added, removed : ndarray of int64, shape (k, 2)
        Follows that are not there yet, each once; follows that are.
    n_fakes : int
    n_made : int
        If more than were added.

    Returns
    -------
    AttackOutcome
        Its `graph` is `before` itself where nothing changes.
    """
    n = before.n_accounts
    gone = np.empty((0, 2), np.int64) if removed is None else removed
    labels = name_fakes(before, n_fakes)
    accounts = Labels(np.append(before.labels, labels)) if n_fakes else before.accounts
    graph = before
    if n_fakes or len(added) or len(gone):
        nobody, weights, source = np.empty(0, np.int64), np.ones(len(added)), np.arange(n + n_fakes)
        graph = Changes(before, nobody, n_fakes, gone, added, weights, accounts, source).build()
    return AttackOutcome(
        attack, budget, before, graph, accounts.values[gainers], accounts.values[payers],
        accounts.values[n:], added, gone, len(added) if n_made is None else n_made,
    )  # fmt: skip


def name_fakes(graph: FollowerGraph, n_fakes: int) -> NDArray[Any]:
    """Return labels that no account of `graph` has, of the same kind."""
    if graph.accounts.kind == "str":
        names: list[str] = []
        number = 0
        while len(names) < n_fakes:
            names += [name] if (name := f"fake-{number:05d}") not in graph else []
            number += 1
        return as_objects(names)
    highest = int(graph.labels.max()) if len(graph) else -1
    if highest + n_fakes < 2**63:
        return highest + np.arange(1, n_fakes + 1)
    free = np.setdiff1d(np.arange(len(graph) + n_fakes), graph.labels)
    return free[:n_fakes]
