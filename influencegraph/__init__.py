"""influencegraph: who really moves people in a follower network.

Names are found on first use, so that importing the package costs nothing: no numba, no SciPy and no
NetworkX until something needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencegraph.advice import Advice as Advice
    from influencegraph.advice import advise as advise
    from influencegraph.attacks import ATTACKS as ATTACKS
    from influencegraph.attacks import AttackOutcome as AttackOutcome
    from influencegraph.audiences import audience as audience
    from influencegraph.audits import audit as audit
    from influencegraph.audits import audit_log as audit_log
    from influencegraph.batch import score_batch as score_batch
    from influencegraph.compare import compare_scores as compare_scores
    from influencegraph.earned import EarnedReach as EarnedReach
    from influencegraph.earned import earned_reach as earned_reach
    from influencegraph.errors import DidNotConverge as DidNotConverge
    from influencegraph.errors import InfluenceGraphError as InfluenceGraphError
    from influencegraph.errors import InfluenceGraphWarning as InfluenceGraphWarning
    from influencegraph.errors import InvalidArgument as InvalidArgument
    from influencegraph.errors import InvalidFollows as InvalidFollows
    from influencegraph.errors import MissingExtra as MissingExtra
    from influencegraph.errors import StoreDamaged as StoreDamaged
    from influencegraph.errors import UnknownAccount as UnknownAccount
    from influencegraph.explain import explain_score as explain_score
    from influencegraph.graph import FollowerGraph as FollowerGraph
    from influencegraph.io.text import read_follows as read_follows
    from influencegraph.local import Arrivals as Arrivals
    from influencegraph.local import LocalScores as LocalScores
    from influencegraph.local import local_scores as local_scores
    from influencegraph.local import who_reaches as who_reaches
    from influencegraph.memory import Estimate as Estimate
    from influencegraph.memory import estimate as estimate
    from influencegraph.methods import METHODS as METHODS
    from influencegraph.methods import score as score
    from influencegraph.scale import Scale as Scale
    from influencegraph.scores import Scores as Scores
    from influencegraph.simulate import simulate_network as simulate_network
    from influencegraph.whatif import update as update
    from influencegraph.whatif import what_if as what_if

__version__ = "0.1.0"

_HOMES = {
    "ATTACKS": "attacks",
    "METHODS": "methods",
    "Advice": "advice",
    "Arrivals": "local",
    "AttackOutcome": "attacks",
    "DidNotConverge": "errors",
    "EarnedReach": "earned",
    "Estimate": "memory",
    "FollowerGraph": "graph",
    "InfluenceGraphError": "errors",
    "InfluenceGraphWarning": "errors",
    "InvalidArgument": "errors",
    "InvalidFollows": "errors",
    "LocalScores": "local",
    "MissingExtra": "errors",
    "Scale": "scale",
    "Scores": "scores",
    "StoreDamaged": "errors",
    "UnknownAccount": "errors",
    "advise": "advice",
    "audience": "audiences",
    "audit": "audits",
    "audit_log": "audits",
    "compare_scores": "compare",
    "earned_reach": "earned",
    "estimate": "memory",
    "explain_score": "explain",
    "local_scores": "local",
    "read_follows": "io.text",
    "score": "methods",
    "score_batch": "batch",
    "simulate_network": "simulate",
    "update": "whatif",
    "what_if": "whatif",
    "who_reaches": "local",
}

__all__ = [*sorted(_HOMES), "__version__"]  # noqa: PLE0604,RUF100 - strings, every one


def __getattr__(name: str) -> Any:
    if name == "testing":
        return import_module("influencegraph.testing")
    if name not in _HOMES:
        raise AttributeError(f"module 'influencegraph' has no attribute {name!r}")
    value = getattr(import_module(f"influencegraph.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "testing"]
