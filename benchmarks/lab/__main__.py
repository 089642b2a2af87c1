"""``python -m benchmarks.lab [FOLDER]``: write docs/robustness.md, and docs/honesty.md from FOLDER."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.lab.measuring import measure, measure_doses
from benchmarks.lab.robustness import write_robustness
from benchmarks.plan import Plan


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lab", description=__doc__)
    parser.add_argument("realdata", type=Path, nargs="?", metavar="FOLDER", help="folder of real graphs")
    parser.add_argument("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the pages are")
    parser.add_argument(
        "--records",
        type=Path,
        metavar="FILE",
        help="CSV of the lab's records: goes on from there, and is kept",
    )
    chosen = parser.parse_args()
    write_robustness(measure(chosen.records), measure_doses(), chosen.docs)
    if chosen.realdata is not None:
        from benchmarks.lab.honesty import write_honesty

        write_honesty(chosen.realdata, chosen.docs)


if __name__ == "__main__":
    main()
