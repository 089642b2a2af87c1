"""Audits: what stands out in a network or in a log of follows, one question per file.

Each audit measures one number of every account, says what chance would make of it, and names an innocent
explanation. None of them says that anybody cheats. What each finds where there is nothing to be found is
measured on networks and logs by chance (`influencegraph.audits.null_graphs`, `null_logs`):
docs/audits_measured.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

from influencegraph.audits.answered import answered
from influencegraph.audits.bursts import bursts
from influencegraph.audits.cycles import cycles
from influencegraph.audits.dead_weight import dead_weight
from influencegraph.audits.dwell import dwell
from influencegraph.audits.findings import Finding, Findings, Rule, unite
from influencegraph.audits.follow_log import read_log
from influencegraph.audits.mutual_blocks import mutual_blocks
from influencegraph.audits.overlap import overlap
from influencegraph.audits.refollows import refollows
from influencegraph.audits.stall import stall
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.methods import check_graph
from influencegraph.scores import Scores

__all__ = ["AUDITS", "LOG_AUDITS", "Finding", "Findings", "Rule", "audit", "audit_log"]

AUDITS: dict[str, Callable[..., Findings]] = {
    "mutual_blocks": mutual_blocks,
    "overlap": overlap,
    "cycles": cycles,
    "stall": stall,
    "dead_weight": dead_weight,
}
"""All audits of a network by name, written out by hand: each takes a graph, and returns `Findings`."""

LOG_AUDITS: dict[str, Callable[..., Findings]] = {
    "answered": answered,
    "dwell": dwell,
    "refollows": refollows,
    "bursts": bursts,
}
"""All audits of a log of follows by name, likewise."""

Options = Mapping[str, Mapping[str, Any]]


@overload
def audit(
    graph: FollowerGraph, account: None = None, *, audits: Iterable[str] | None = None,
    scores: Scores | None = None, options: Options | None = None,
) -> Findings: ...  # fmt: skip
@overload
def audit(
    graph: FollowerGraph, account: object, *, audits: Iterable[str] | None = None,
    scores: Scores | None = None, options: Options | None = None,
) -> tuple[Finding, ...]: ...  # fmt: skip
def audit(
    graph: FollowerGraph, account: object = None, *, audits: Iterable[str] | None = None,
    scores: Scores | None = None, options: Options | None = None,
) -> Findings | tuple[Finding, ...]:  # fmt: skip
    """Say what stands out in a network, how it would be by chance, and what else explains it.

    Findings are evidence and no verdict: whoever stands out may be a club, a town or a parliament.

    Parameters
    ----------
    graph : FollowerGraph
    account : int or str, optional
        A label; by default all accounts.
    audits : iterable of str, optional
        Names in `AUDITS`; by default all of them.
    scores : Scores, optional
        Of a propagation method, of this graph, for ``"dead_weight"``; by default by reach.
    options : dict of dict, optional
        Arguments of single audits: ``{"overlap": {"contacts_min": 50}}``.

    Returns
    -------
    Findings, or tuple of Finding
        Of all accounts; or what each audit says of one, whether it stands out or not.

    Raises
    ------
    UnknownAccount
        If no account has this label.
    InvalidArgument
        If there is no such audit, or `scores` are not of this graph.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(1_000, farm_size=20, ring_size=40).graph
    >>> findings = influencegraph.audit(graph)
    >>> [finding.audit for finding in findings["ring-000"] if finding.stands_out]
    ['mutual_blocks', 'overlap', 'stall', 'dead_weight']
    """
    check_graph(graph)
    if account is not None:
        graph.accounts.position(account)
    chosen = _choose(AUDITS, audits, options)
    if scores is not None and "dead_weight" in chosen:
        chosen["dead_weight"] = {"scores": scores, **chosen["dead_weight"]}
    found = unite((AUDITS[name](graph, **given) for name, given in chosen.items()), graph.accounts)
    return found if account is None else found[account]


@overload
def audit_log(
    log: Any, account: None = None, *, audits: Iterable[str] | None = None, options: Options | None = None
) -> Findings: ...
@overload
def audit_log(
    log: Any, account: object, *, audits: Iterable[str] | None = None, options: Options | None = None
) -> tuple[Finding, ...]: ...
def audit_log(
    log: Any,
    account: object = None,
    *,
    audits: Iterable[str] | None = None,
    options: Options | None = None,
) -> Findings | tuple[Finding, ...]:
    """Say what stands out in a log of follows and unfollows; as `audit` does of a network.

    Parameters
    ----------
    log : mapping, data frame or tuple of four columns
        ``times`` (seconds, datetime64, dates or datetimes), ``kinds`` (``"follow"`` or ``"unfollow"``, 1 or
        -1, True or False), ``followers`` and ``followed`` (labels), in any order of rows.
    account : int or str, optional
        A label; by default all accounts of the log.
    audits : iterable of str, optional
        Names in `LOG_AUDITS`; by default all of them.
    options : dict of dict, optional
        Arguments of single audits: ``{"dwell": {"window": timedelta(days=2)}}``.

    Returns
    -------
    Findings, or tuple of Finding

    Raises
    ------
    InvalidArgument, InvalidFollows
        If the log cannot be believed; if there is no such audit.
    UnknownAccount
        If no account of the log has this label.

    Examples
    --------
    Ann follows 40 accounts at once, each of which follows back within the hour:

    >>> import influencegraph
    >>> them = [f"u{i}" for i in range(40)]
    >>> log = {
    ...     "times": [0] * 40 + [3600] * 40, "kinds": ["follow"] * 80,
    ...     "followers": ["ann"] * 40 + them, "followed": them + ["ann"] * 40,
    ... }
    >>> for finding in influencegraph.audit_log(log, "ann"):
    ...     print(finding.audit, finding.value)
    answered 1.0
    dwell nan
    refollows 0.0
    bursts 40.0
    """
    spells = read_log(log)
    if account is not None:
        spells.accounts.position(account)
    chosen = _choose(LOG_AUDITS, audits, options)
    found = unite((LOG_AUDITS[name](spells, **given) for name, given in chosen.items()), spells.accounts)
    return found if account is None else found[account]


def _choose(
    known: Mapping[str, Any], audits: Iterable[str] | None, options: Options | None
) -> dict[str, dict[str, Any]]:
    """Return the arguments of each audit asked for."""
    names = [*known] if audits is None else [audits] if isinstance(audits, str) else [*audits]
    given = {} if options is None else options
    for argument, asked in (("audits", names), ("options", given)):
        unknown = [name for name in asked if name not in known]
        if unknown:
            remedy = "Leave it out for all of them."
            raise InvalidArgument.out_of_range(argument, unknown[0], f"name {', '.join(known)}", remedy)
    return {name: dict(given.get(name, {})) for name in names}
