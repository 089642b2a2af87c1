"""``influencegraph advise``: what ending each of an account's follows would do to it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from influencegraph.cli.options import add_network, find_account, read_graph, read_names, say, score_graph

if TYPE_CHECKING:
    from influencegraph.advice import Advice

HELP = "rank an account's follows by what ending each would do to it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("account", metavar="ACCOUNT", help="whose follows: its label")
    add("--top", type=int, default=10, metavar="N", help="follows to print (default: 10)")
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Score, advise and print: a table, and to standard error what to make of it."""
    from influencegraph.advice import CERTAIN, UNCERTAIN, advise
    from influencegraph.settings import check_count

    check_count("--top", options.top)
    graph = read_graph(options)
    account = find_account(graph, options.account)
    names = read_names(options, graph)
    advice = advise(score_graph(options, graph), account, top=options.top)
    if sys.stdout.isatty():
        from influencegraph.io.display import describe_advice

        print(describe_advice(advice, [advice.verdict, CERTAIN, UNCERTAIN], names))
        return
    _print_rows(advice, names)
    for sentence in (advice.verdict, CERTAIN, UNCERTAIN):
        say(sentence)


def _print_rows(advice: Advice, names: dict[Any, str] | None) -> None:
    """Print one line for each follow, tab-separated with all digits."""
    from influencegraph.io.display import printable

    columns = {name: values.tolist() for name, values in advice.to_columns().items()}
    if names is not None:
        shown = [names.get(account, "") for account in columns["account"]]
        columns = {"account": columns.pop("account"), "name": shown, **columns}
    print("\t".join(columns))
    for row in zip(*columns.values(), strict=True):
        words = (printable(each, 1 << 20) if isinstance(each, str) else repr(each) for each in row)
        print("\t".join(words))
