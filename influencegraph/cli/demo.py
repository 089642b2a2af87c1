"""``influencegraph demo``: a simulated network with a farm and a ring in it, on one screen."""

from __future__ import annotations

import argparse

from influencegraph.errors import InvalidArgument

HELP = "a simulated network with a farm and a ring in it, scored"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another network (default: 0)")


def run(options: argparse.Namespace) -> None:
    """Simulate, score and print."""
    if options.seed < 0:
        raise InvalidArgument.out_of_range(
            "--seed", options.seed, "be 0 or more", "--seed 1 is another network."
        )
    from influencegraph.demo import describe_demo, make_demo

    print(describe_demo(make_demo(options.seed)))
