"""A graph that is built when somebody first asks for it: of edited scores, few ever do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencegraph.graph import FollowerGraph
    from influencegraph.scores import Scores


@dataclass(frozen=True)
class Later:
    """Stands for a graph, and builds it.

    Attributes
    ----------
    build : callable
        Called once, or once by each of several threads that ask at the same time; always to the same effect.
    """

    build: Callable[[], FollowerGraph]


class BuiltOnUse:
    """The field `graph` of Scores: whoever reads it gets a FollowerGraph or None, never `Later`."""

    def __get__(self, scores: Scores | None, owner: type | None = None) -> FollowerGraph | None:
        if scores is None:
            return None  # what the dataclass takes for the field's default
        graph = scores.__dict__["_graph"]
        if isinstance(graph, Later):
            graph = scores.__dict__["_graph"] = graph.build()
        found: FollowerGraph | None = graph
        return found

    def __set__(self, scores: Scores, graph: FollowerGraph | Later | None) -> None:
        scores.__dict__["_graph"] = graph


BUILT_ON_USE = BuiltOnUse()
"""What makes it a field's default; the graphs lie with the scores, under ``_graph``."""
