"""``python -m benchmarks.audits [FOLDER]``: write docs/audits_measured.md; FOLDER has real graphs."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.audits import SEEDS, write_audits
from benchmarks.plan import Plan


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audits", description=__doc__)
    parser.add_argument("realdata", type=Path, nargs="?", metavar="FOLDER", help="folder of real graphs")
    parser.add_argument("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the page is")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), metavar="N", help="how many (default: all)")
    chosen = parser.parse_args()
    write_audits(chosen.docs, chosen.realdata, SEEDS[: chosen.seeds])


if __name__ == "__main__":
    main()
