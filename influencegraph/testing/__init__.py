"""Property tests for scoring functions: hypothesis strategies, and the laws that scores obey.

    check_scoring(function)    tries every law that applies, and shows the smallest graph that breaks one
    LAWS                       the laws by name, each with its statement
    follower_graphs(), settings(), teleports()    strategies for tests of one's own;
    layered_graphs(), engagement_settings()       the same with layers of engagement

The laws are those of docs/mathematics.md, written in plain NumPy and apart from the package's kernels,
so that they judge any function that takes a graph and returns one number for each account.
"""

from __future__ import annotations

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for here, so that one clear line says what to do
except ImportError:
    from influencegraph.errors import MissingExtra

    raise MissingExtra.for_package("hypothesis", "testing", "influencegraph.testing") from None

from influencegraph.testing.check import LAWS, check_scoring, find_inapplicable
from influencegraph.testing.scoring import TOLERANCE, Law, Scoring
from influencegraph.testing.strategies import (
    engagement_settings,
    event_logs,
    follower_graphs,
    layered_graphs,
    settings,
    teleports,
)

__all__ = [
    "LAWS",
    "TOLERANCE",
    "Law",
    "Scoring",
    "check_scoring",
    "engagement_settings",
    "event_logs",
    "find_inapplicable",
    "follower_graphs",
    "layered_graphs",
    "settings",
    "teleports",
]
