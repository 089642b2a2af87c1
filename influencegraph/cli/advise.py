"""``influencegraph advise``: what ending each of an account's follows would do to it."""

from __future__ import annotations

import argparse
import sys

from influencegraph.cli.options import (
    add_network,
    find_account,
    print_columns,
    read_graph,
    read_names,
    say,
    score_graph,
)

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
    print_columns({name: values.tolist() for name, values in advice.to_columns().items()}, names)
    for sentence in (advice.verdict, CERTAIN, UNCERTAIN):
        say(sentence)
