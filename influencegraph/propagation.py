"""What a propagation finds: reach with its interval, the certificate, and the ledger of all attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from influencegraph.later import OnUse, Whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Certificate(Whole):
    """How far the published numbers can be from the exact solution, rounding included.

    Attributes
    ----------
    error : float
        Bound on the total error of all shares of attention: the L1 distance of y, whose mass is at
        most 1, from the exact solution for the given float64 arguments.
    reach_error_max : float
        The widest distance from any account's reach to an end of its interval, in accounts. Found on use.
    share_error : float
        Bound on the L1 error of `share`.
    rounding : float
        The part of `error` that is rounding; no number of sweeps goes below it.
    sweeps : int
        Steps along all follows.
    tolerance : float
        What was asked for.
    converged : bool
        ``error <= tolerance``.
    """

    error: float
    reach_error_max: OnUse[float] = OnUse()
    share_error: float
    rounding: float
    sweeps: int
    tolerance: float
    converged: bool

    def __str__(self) -> str:
        verdict = "as asked" if self.converged else "NOT the tolerance asked for"
        return (
            f"certified: all shares of attention together are within {self.error:.2g} of the exact "
            f"solution ({verdict}: {self.tolerance:.2g}), no reach is off by more than "
            f"{self.reach_error_max:.2g} accounts; {self.sweeps} sweeps"
        )


@dataclass(frozen=True)
class Ledger:
    """Where all attention went, in shares: ``kept + discounted + dangling + unresolved = 1``.

    Attributes
    ----------
    kept : float
        Attention that stayed with accounts.
    discounted : float
        Attention that evaporated because the follow is returned.
    dangling : float
        Attention that ended at accounts that follow nobody.
    unresolved : float
        What the solver left over; at most the certified error.
    """

    kept: float
    discounted: float
    dangling: float
    unresolved: float

    def __str__(self) -> str:
        return (
            f"of all attention {self.kept:.1%} was kept, {self.discounted:.1%} evaporated on returned "
            f"follows, {self.dangling:.1%} ended at accounts that follow nobody"
        )


@dataclass(frozen=True)
class Work:
    """How edited scores were found from those before.

    Attributes
    ----------
    path : {"push", "sweep", "solve"}
        Only the change was passed on; the graph as it was was swept, with edited rows laid over it; or the
        edited graph was built, and solved from the vector before on.
    follows_visited : int
        Follows along which attention was passed, each time counted.
    n_follows : int
        Follows of the edited network.
    """

    path: Literal["push", "sweep", "solve"]
    follows_visited: int
    n_follows: int

    @property
    def share(self) -> float:
        """`follows_visited` beside all follows; one full sweep is 1."""
        return self.follows_visited / max(self.n_follows, 1)

    def __str__(self) -> str:
        return f"by {self.path}, {self.follows_visited:,} follows visited of {self.n_follows:,}"


@dataclass(frozen=True, eq=False, kw_only=True)
class Propagation(Whole):
    """What a propagation method finds, each array (n_accounts,) float64 in the order of the labels.

    Attributes
    ----------
    reach, lower, upper : ndarray
        Accounts' worth of attention, and the interval that holds the exact solution. Intervals are found on
        use, from the residual that the certificate was made of.
    launch : ndarray
        Attention that starts at each account; it sums to n_accounts, except after edits of a network with
        seeds (docs/what_if.md).
    certificate : Certificate
    ledger : Ledger
    """

    reach: Floats
    lower: OnUse[Floats] = OnUse()
    upper: OnUse[Floats] = OnUse()
    launch: Floats
    certificate: Certificate
    ledger: Ledger

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
