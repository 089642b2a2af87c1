"""Follows come and go: edits, checked against a graph, and what comes of them.

Accounts are numbered by *ids* here: positions of the graph for its own accounts, and from n_accounts on the
new ones. An account that is removed and named again is a new one.
"""

from influencegraph.edits.batch import read_batch
from influencegraph.edits.changes import Changes
from influencegraph.edits.script import EditScript

__all__ = ["Changes", "EditScript", "read_batch"]
