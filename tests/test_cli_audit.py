"""The command ``influencegraph audit``."""

import csv

import numpy as np
import pytest
from test_cli import fail, run

from influencegraph import audit, simulate_network
from influencegraph.cli import main
from influencegraph.io.finding_text import describe_account

NETWORK = simulate_network(1000, farm_size=0, ring_size=40)


@pytest.fixture
def follows(tmp_path):
    path = tmp_path / "follows.tsv"
    columns = NETWORK.graph.to_arrays()
    pairs = zip(columns.follower.tolist(), columns.followed.tolist(), strict=True)
    path.write_text("".join(f"{u}\t{v}\n" for u, v in pairs))
    return path


@pytest.fixture(scope="module")
def found():
    columns = NETWORK.graph.to_arrays()
    return audit(type(NETWORK.graph).from_arrays(columns.follower, columns.followed))


def test_audit__lists_what_stands_out(follows, found, capsys):
    rows, messages = run(capsys, "audit", follows, "--top", 7)
    assert rows[0] == ["account", "audit", "value", "expected", "percentile"]
    for row, finding in zip(rows[1:], found.top(7), strict=True):
        numbers = finding.value, finding.expected, finding.percentile
        assert row == [finding.account, finding.audit, *map(repr, numbers)]
    assert "certified: " in messages


def test_audit__one_account_in_sentences(follows, found, tmp_path, capsys):
    assert main(["audit", str(follows), "--account", "ring-003"]) == 0
    assert capsys.readouterr().out == f"{describe_account(found['ring-003'])}\n"
    names = tmp_path / "names.tsv"
    names.write_text("ring-003\tRing \x1b[31mThree\n")
    assert main(["audit", str(follows), "--account", "ring-003", "--names", str(names)]) == 0
    assert capsys.readouterr().out.startswith("Audit of Ring \\x1b[31mThree (ring-003): stands out in ")
    rows, _ = run(capsys, "audit", follows, "--names", names, "--top", 1000)
    assert ["ring-003", "Ring \\x1b[31mThree"] in [row[:2] for row in rows]


def test_audit__a_terminal_is_shown_the_rules(follows, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["audit", str(follows), "--top", "2", "--audit", "overlap"]) == 0
    out, messages = capsys.readouterr()
    assert "stand out in at least one of 1 audits" in out
    assert "times chance" in out
    assert "certified: " not in messages  # nothing was scored


def test_audit__out_writes_all_accounts(follows, found, tmp_path, capsys):
    path = tmp_path / "out.csv"
    run(capsys, "audit", follows, "--top", 0, "--out", path)
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["account"] for line in lines] == found.labels.tolist()
    assert [int(line["audits"]) for line in lines] == found.counts.tolist()


def test_audit__damping_reaches_what_stalls(follows, found, tmp_path, capsys):
    path = tmp_path / "out.csv"
    run(capsys, "audit", follows, "--audit", "stall", "--damping", "0.5", "--out", path)
    with path.open(newline="") as file:
        steps = [float(line["stall"] or "nan") for line in csv.DictReader(file)]
    assert 0 < np.nanmax(steps) < 2 < np.nanmax(found.measures["stall"].values)


def test_audit__what_is_refused(follows, tmp_path, capsys):
    assert "no account 'zoe'" in fail(capsys, "audit", follows, "--account", "zoe")
    assert "audits is 'dwell'" in fail(capsys, "audit", follows, "--audit", "dwell")
    assert "dead weight needs a propagation method" in fail(capsys, "audit", follows, "--method", "followers")
    assert "--top is -1" in fail(capsys, "audit", follows, "--top", -1)
    assert "end in" in fail(capsys, "audit", tmp_path / "missing.tsv", "--out", "out.txt")
