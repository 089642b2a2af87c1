"""The page of measured audits: what is planted, and what the tables say."""

import numpy as np
import pytest

import benchmarks.audits as page
from benchmarks.audits import logs, networks
from influencegraph import audit_log
from influencegraph.audits import AUDITS, LOG_AUDITS


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(networks, "N_ACCOUNTS", 3_200)
    monkeypatch.setattr(networks, "CIRCLE_SIZE", 100)
    monkeypatch.setattr(logs, "N_ACCOUNTS", 1_600)
    monkeypatch.setattr(logs, "CHURN_SIZE", 10)


def test_circle__is_planted_one_way_beside_the_others(small):
    graph, kinds = networks.plant_circle(1)
    circle = graph.labels[kinds == "circle"]
    assert len(circle) == networks.CIRCLE_SIZE
    assert not any(len(graph.mutuals_of(account)) for account in circle)
    follows = [len(graph.following_of(account)) for account in circle]
    assert sum(follows) == pytest.approx(0.5 * len(circle) * (len(circle) - 1) / 2, rel=0.05)
    assert {account.split("-")[0] for account in graph.followers_of(circle[0])} == {"circle"}


def test_log__has_the_kinds_of_its_accounts_and_a_year(small):
    log, kinds = logs.simulate_log(1)
    found = audit_log(log)
    assert len(found) == len(kinds)
    for account, kind in zip(found.labels, kinds, strict=True):
        assert account.split("-")[0] == kind
    assert 0 <= log["times"].min() <= log["times"].max() <= logs.YEAR
    assert set(np.unique(log["kinds"])) == {"follow", "unfollow"}


def test_page__has_a_line_for_each_audit_and_finds_what_is_planted(small, tmp_path):
    page.write_audits(tmp_path, seeds=[1])
    text = (tmp_path / page.PAGE).read_text("utf-8")
    for name in (*AUDITS, *LOG_AUDITS):
        assert f"\n| `{name}` | " in text
        assert f"\n- `{name}`, " in text
    (cycles,) = (line for line in text.splitlines() if line.startswith("| `cycles`"))
    cells = [cell.strip() for cell in cycles.strip("|").split("|")]
    assert cells[1] == "0"  # by chance, mutual kept
    assert float(cells[-1]) > 80  # the circle
    assert text.count("| any of them | ") == 2
    assert "politicians" not in text


def test_cells__show_the_spread():
    assert page._cell([0, 0]) == "0"
    assert page._cell([0.5, 1.5]) == "1.0 [0.500-1.5]"
