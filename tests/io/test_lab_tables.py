"""What people look at of the lab."""

import io
import math

from influencegraph import LabRecords
from influencegraph.io.lab_tables import draw_lab_progress, say_estimate
from influencegraph.lab.records import Estimate
from influencegraph.lab.run import LabProgress
from tests.lab.test_measures import make_record


def test_records__show_what_was_run_and_a_table():
    records = [make_record("pool", seed=seed, amplification=1 + seed / 10) for seed in range(2)]
    records += [make_record("ring\x1b[31m", "pagerank", amplification=5000.25)]
    text = repr(LabRecords(tuple(records)))
    assert text.splitlines()[0] == "Lab: 3 records, of 2 attacks, 2 methods, 1 budget, 2 seeds"
    assert text.splitlines()[2].split() == ["attack", "budget", "reach", "pagerank"]
    assert text.splitlines()[3].split() == ["pool", "100", "1.05", "±0.64", "-"]
    assert text.splitlines()[4].split() == ["ring\\x1b[31m", "100", "-", "5,000"]
    assert repr(LabRecords(())) == "Lab: 0 records, of 0 attacks, 0 methods, 0 budgets, 0 seeds"


def test_records__many_lines_are_counted():
    records = tuple(make_record(f"attack {i}") for i in range(50))
    assert repr(LabRecords(records)).splitlines()[-1] == "... and 10 more lines"


def test_estimates__are_said_shortly():
    assert say_estimate(None) == "-"
    assert say_estimate(Estimate(math.nan, math.nan, math.nan, 0)) == "-"
    assert say_estimate(Estimate(1.234, math.nan, math.nan, 1)) == "1.23"
    assert say_estimate(Estimate(1.2, 1.1, 1.3, 5)) == "1.20 ±0.10"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress__is_one_line_on_a_terminal_and_nothing_elsewhere():
    assert draw_lab_progress(io.StringIO()) is None
    terminal = Terminal()
    draw = draw_lab_progress(terminal)
    for done in (1, 2):
        draw(LabProgress(done, 2, "pool", 1_000, 0, LabRecords(())))
    assert terminal.getvalue().startswith(
        "\r[###############               ] 1 of 2: pool, budget 1,000, seed 0"
    )
    assert terminal.getvalue().endswith("\n")
