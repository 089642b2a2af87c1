"""``influencegraph warm-up``: compile every kernel now."""

from __future__ import annotations

import argparse

from influencegraph.cli.options import say

HELP = "compile ahead what the other commands and the library need"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes: nothing."""


def run(options: argparse.Namespace) -> None:
    """Compile, and say how many kernels and where they are kept."""
    from influencegraph.warm_up import warm_up

    kernels = warm_up()
    kept = f"kept in {', '.join(kernels.folders)}" if kernels.folders else "kept nowhere: there is no cache"
    say(f"{kernels.compiled} kernels compiled, {kernels.loaded} loaded; {kept}")
