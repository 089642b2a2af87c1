"""``influencegraph audience``: what becomes of an account's followers, or of everybody's."""

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
    from influencegraph.audiences import Audiences

HELP = "followers, their attention, what of it counts, and what arrives"
_FIELDS = ["account", "followers", "mutual", "undivided", "counted", "reach"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("account", metavar="ACCOUNT", nargs="?", help="an account to look at (default: all, best first)")
    add("--top", type=int, default=20, metavar="N", help="accounts to print without ACCOUNT (default: 20)")
    add("--out", metavar="FILE", help="write all accounts to FILE.csv, .tsv, .npz or .parquet")
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Score, write and print."""
    check_output(options, 20)
    from influencegraph.audiences import audience
    from influencegraph.io.audience_text import describe_audience

    graph = read_graph(options)
    account = None if options.account is None else find_account(graph, options.account)
    names = read_names(options, graph)
    found = audience(score_graph(options, graph))
    write_output(options, found.to_columns)
    if account is not None:
        print(describe_audience(found[account], names))
    else:
        _print_all(found, options.top, names)


def _print_all(found: Audiences, top: int, names: dict[Any, str] | None) -> None:
    """Print the best accounts: with what is usual on a terminal, tab-separated with all digits elsewhere."""
    from influencegraph.io.audience_text import describe_audiences

    if sys.stdout.isatty():
        print(describe_audiences(found, top, names))
        return
    lines = [found[line.account] for line in found.scores.top(top)]
    print_columns({name: [getattr(line, name) for line in lines] for name in _FIELDS}, names)
