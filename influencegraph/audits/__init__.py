"""Audits: what stands out in a network or in a log of follows, one question per file.

Each audit measures one number of every account, says what chance would make of it, and names an innocent
explanation. None of them says that anybody cheats.
"""

from __future__ import annotations

from collections.abc import Callable

from influencegraph.audits.cycles import cycles
from influencegraph.audits.dead_weight import dead_weight
from influencegraph.audits.findings import Finding, Findings
from influencegraph.audits.mutual_blocks import mutual_blocks
from influencegraph.audits.overlap import overlap
from influencegraph.audits.stall import stall

__all__ = ["AUDITS", "Finding", "Findings"]

AUDITS: dict[str, Callable[..., Findings]] = {
    "mutual_blocks": mutual_blocks,
    "overlap": overlap,
    "cycles": cycles,
    "stall": stall,
    "dead_weight": dead_weight,
}
"""All audits of a network by name, written out by hand: each takes a graph, and returns `Findings`."""
