"""``python -m benchmarks [--realdata FOLDER] [--rounds N]`` measures and rewrites docs/benchmarks.md."""

import argparse
from pathlib import Path

from benchmarks import convergence, graphs, tables


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--realdata", type=Path, help="folder of real graphs (default: none)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default: 5)")
    options = parser.parse_args()
    rows = convergence.measure(graphs.load(options.realdata), options.rounds)
    tables.write(rows, Path(__file__).parent.parent / "docs")


main()
