"""``influencegraph audit``: what stands out in a network, with what chance would make of it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from influencegraph.cli.options import (
    add_network,
    check_output,
    find_account,
    print_columns,
    read_graph,
    read_names,
    score_graph,
    write_output,
)

if TYPE_CHECKING:
    from influencegraph.audits import Findings

HELP = "what stands out, how it would be by chance, and what else explains it"
_FIELDS = ["account", "audit", "value", "expected", "percentile"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("--account", metavar="ACCOUNT", help="say all of one account (default: what stands out, of all)")
    add("--audit", action="append", metavar="NAME", help="only this audit; again for one more (default: all)")
    add("--top", type=int, default=20, metavar="N", help="findings to print without --account (default: 20)")
    add("--out", metavar="FILE", help="write all accounts to FILE.csv, .tsv, .npz or .parquet")
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Audit, write and print."""
    check_output(options, 20)
    from influencegraph.audits import audit
    from influencegraph.io.finding_text import describe_account

    graph = read_graph(options)
    account = None if options.account is None else find_account(graph, options.account)
    names = read_names(options, graph)
    needs_scores = options.audit is None or "dead_weight" in options.audit
    scores = score_graph(options, graph) if needs_scores else None
    has_stall = options.damping is not None and (options.audit is None or "stall" in options.audit)
    given = {"stall": {"damping": options.damping}} if has_stall else None
    found = audit(graph, audits=options.audit, scores=scores, options=given)
    write_output(options, found.to_columns)
    if account is not None:
        print(describe_account(found[account], names))
    else:
        _print_all(found, options.top, names)


def _print_all(found: Findings, top: int, names: dict[Any, str] | None) -> None:
    """Print what stands out: with rules on a terminal, tab-separated with all digits elsewhere."""
    from influencegraph.io.finding_text import describe_findings

    if sys.stdout.isatty():
        print(describe_findings(found, top, names))
        return
    lines = found.top(top)
    print_columns({name: [getattr(line, name) for line in lines] for name in _FIELDS}, names)
