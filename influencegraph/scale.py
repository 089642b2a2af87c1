"""Reach on a 0-100 scale that holds still.

    score = 100 ln(reach) / ln(n_accounts), clipped to [0, 100]

0 is an account that nobody follows (reach 1), 50 reaches the square root of all accounts, 100 all of
them. A `Scale` freezes n_accounts and the settings under a name: scores of different days compare
only on one scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from influencegraph.settings import Settings, check_count

if TYPE_CHECKING:
    from influencegraph.scores import Scores


@dataclass(frozen=True)
class Scale:
    """A frozen, named 0-100 scale.

    Attributes
    ----------
    n_accounts : int
        The network size at which the scale was frozen.
    settings : Settings
        The settings of the scores it was frozen from.
    name : str or None
        What you call it, for instance ``"2026"``; None for a network's own scale of the day.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3], [2, 1, 2])
    >>> scale = influencegraph.Scale.from_scores(influencegraph.score(graph), name="2026")
    >>> scale.score([1.0, 3 ** 0.5, 3.0]).round(6).tolist()
    [0.0, 50.0, 100.0]
    """

    n_accounts: int
    settings: Settings
    name: str | None = None

    def __post_init__(self) -> None:
        if self.n_accounts != 0:
            check_count("n_accounts", self.n_accounts)

    @classmethod
    def from_scores(cls, scores: Scores, name: str) -> Scale:
        """Freeze the scale of `scores` under `name`; redacted accounts count."""
        n_hidden = 0 if scores.redaction is None else scores.redaction.n_hidden
        return cls(len(scores) + n_hidden, scores.settings, name)

    @overload
    def score(self, reach: float) -> float: ...
    @overload
    def score(self, reach: NDArray[Any] | list[float]) -> NDArray[np.float64]: ...
    def score(self, reach: Any) -> Any:
        """Return the score of `reach`, in accounts: a float for a float, an array for an array.

        Clipped to [0, 100]; 0 throughout where the scale has a single account.
        """
        values = np.asarray(reach, np.float64)
        span = math.log(self.n_accounts) if self.n_accounts > 1 else math.inf
        scores = np.minimum(100.0 * np.log(np.maximum(values, 1.0)) / span, 100.0)
        return scores if scores.ndim else float(scores)
