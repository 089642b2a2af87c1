"""``python -m benchmarks.candidates FOLDER``: measure, and rewrite what decision 0011 says was measured."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.candidates.discounts import BASE, GRIDS
from benchmarks.candidates.judge import (
    CHOOSING_MAX,
    Choice,
    Estimate,
    Verdict,
    choose,
    measure_choosing,
    measure_judged,
)
from benchmarks.candidates.rows import CHOOSING, JUDGED, POLITICIANS
from benchmarks.plan import Plan
from benchmarks.reasons.__main__ import wrap
from benchmarks.tables import table

PAGE = "decisions/0011-candidates.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_choosing(tried: dict[str, list[Choice]], taken: dict[str, Choice]) -> Iterator[str]:
    """Yield the grids."""
    yield f"Choosing. In bold what was taken: the highest mean among pools of at most {CHOOSING_MAX}."
    names = {choice.name for choice in taken.values()}
    lines = []
    for choice in (each for grid in tried.values() for each in grid):
        shown = f"**{choice.name}**" if choice.name in names else choice.name
        numbers = [*(choice.rows[row] for row in CHOOSING), choice.mean, choice.amplification]
        lines.append([shown, *(f"{number:.3f}" for number in numbers)])
    yield table(["setting", *CHOOSING, "mean", "pool, seeds 1 and 2"], lines)


def write_judged(verdicts: list[Verdict]) -> Iterator[str]:
    """Yield accuracy, attacks and the verdicts."""
    yield "Judged: Spearman on the six rows, and AUC on the labels not used for choosing."
    rows = list(verdicts[0].rows)
    lines = [
        [v.name, *(f"{v.rows[row]:.3f}" for row in rows), f"{v.mean:.3f}", _signed(v.gain)] for v in verdicts
    ]
    yield table(["discount", *rows, "mean of six", "gain over (0.5, 150)"], lines)
    yield "Attacks: summed reach of the pool afterwards over before; reach of one fake of a clique of 5."
    attacks = list(verdicts[0].attacks)
    lines = [
        [v.name, *(str(v.attacks[attack]) for attack in attacks), _signed(v.more), f"{v.clique:.2f}"]
        for v in verdicts
    ]
    yield table(["discount", *attacks, "pool of 400, beyond (0.5, 150)", "clique of 5"], lines)
    base = next(verdict for verdict in verdicts if verdict.name == BASE)
    for verdict in verdicts[-len(GRIDS) :]:
        said = "wins" if verdict.wins else "loses"
        pool = verdict.attacks["pool of 400"]
        gains = {row: verdict.rows[row] - base.rows[row] for row in JUDGED}
        people, others = (
            np.mean([gain for row, gain in gains.items() if (row in POLITICIANS) == is_theirs])
            for is_theirs in (True, False)
        )
        yield (
            f"By the rule, **{verdict.name}** {said}: gain {_signed(verdict.gain)} ({people:+.3f} on the "
            f"rows of politicians, {others:+.3f} on the other three), amplification {pool}, "
            f"{_signed(verdict.more)} beyond (0.5, 150)."
        )


def _signed(estimate: Estimate) -> str:
    return f"{estimate.mean:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def rewrite(page: str, paragraphs: Iterator[str]) -> str:
    """Return `page` with `paragraphs` between its marks."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return "\n\n".join([before + BEGIN, *map(wrap, paragraphs), END + after])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.candidates", description=__doc__)
    parser.add_argument("realdata", type=Path, metavar="FOLDER", help="folder of real graphs")
    parser.add_argument("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the page is")
    given = parser.parse_args()
    tried = measure_choosing(given.realdata)
    taken = {candidate: choose(grid) for candidate, grid in tried.items()}
    discounts = {each.name: GRIDS[candidate][each.name] for candidate, each in taken.items()}
    verdicts = measure_judged(given.realdata, discounts)

    def paragraphs() -> Iterator[str]:
        yield from write_choosing(tried, taken)
        yield from write_judged(verdicts)

    path = given.docs / PAGE
    path.write_text(rewrite(path.read_text("utf-8"), paragraphs()), "utf-8")


if __name__ == "__main__":
    main()
