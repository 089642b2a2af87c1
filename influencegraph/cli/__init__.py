"""The front door: ``influencegraph COMMAND``, one command per file.

Data goes to standard output, messages to standard error. Exit codes: 0, 2 for a bad call or input, 1
for a failure of ours, 130 for Ctrl-C. Nothing heavy is imported before the command is known.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from influencegraph import __version__
from influencegraph.cli import advise, audience, audit, compare, demo, explain, score, warm_up
from influencegraph.cli.options import say
from influencegraph.errors import InfluenceGraphError

COMMANDS = {
    "score": score,
    "audience": audience,
    "explain": explain,
    "compare": compare,
    "advise": advise,
    "audit": audit,
    "demo": demo,
    "warm-up": warm_up,
}
"""All commands by name, written out by hand: each has HELP, ``add_options(parser)`` and ``run(options)``."""

_EPILOG = "Documentation: docs/ of the source. FILE may be plain or gzip; '-' is standard input."


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="influencegraph",
        description="Who really moves people in a follower network.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"influencegraph {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_options(commands.add_parser(name, help=command.HELP, epilog=_EPILOG))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        options = make_parser().parse_args(arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = _warn
            COMMANDS[options.command].run(options)
            sys.stdout.flush()
    except BrokenPipeError:  # | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except InfluenceGraphError as error:
        say(f"error: {error}")
        return 2
    except (OSError, MemoryError) as error:
        say(f"error: {type(error).__name__}: {error}")
        return 1
    return 0


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    say(f"warning: {message}")
