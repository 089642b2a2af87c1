"""The command ``influencegraph audience``, and ``--link`` of every command that reads follows."""

import csv

import pytest
from test_cli import fail, run

from influencegraph import FollowerGraph, audience, score
from influencegraph.cli import main

PAIRS = [("ann@x", "bob"), ("bob", "ann@y"), ("cat", "bob"), ("dan", "ann@x"), ("dan", "ann@y")]
GRAPH = FollowerGraph.from_arrays(*zip(*PAIRS, strict=True))
LINKED = GRAPH.link({"ann@x": "ann", "ann@y": "ann"})


@pytest.fixture
def follows(tmp_path):
    path = tmp_path / "follows.tsv"
    path.write_text("".join(f"{u}\t{v}\n" for u, v in PAIRS))
    return path


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links.csv"
    path.write_text("# whose is it\nann@x,ann\nann@y,ann,ignored\n")
    return path


def test_audience__all_accounts_as_columns(follows, capsys):
    rows, messages = run(capsys, "audience", follows, "--top", 3)
    assert rows[0] == ["account", "followers", "mutual", "undivided", "counted", "reach"]
    found = audience(score(GRAPH))
    for row, line in zip(rows[1:], found.scores.top(3), strict=True):
        one = found[line.account]
        wanted = [one.followers, one.mutual, one.undivided, one.counted, one.reach]
        assert row == [line.account, *map(repr, wanted)]
    assert "certified: " in messages


def test_audience__one_account_in_sentences(follows, tmp_path, capsys):
    names = tmp_path / "names.tsv"
    names.write_text("bob\tBob \x1b[31mB.\n")
    assert main(["audience", str(follows), "bob", "--mutual-worth", "0.2"]) == 0
    assert capsys.readouterr().out == f"{audience(score(GRAPH, mutual_worth=0.2), 'bob')}\n"
    assert main(["audience", str(follows), "bob", "--names", str(names)]) == 0
    assert capsys.readouterr().out.startswith("Audience of Bob \\x1b[31mB. (bob) by reach(")
    rows, _ = run(capsys, "audience", follows, "--names", names, "--top", 1)
    assert [row[:2] for row in rows] == [["account", "name"], ["ann@y", ""]]
    rows, _ = run(capsys, "audience", follows, "--names", names)
    assert ["bob", "Bob \\x1b[31mB."] in [row[:2] for row in rows]


def test_audience__a_terminal_is_shown_what_is_usual(follows, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["audience", str(follows), "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Audiences of 5 accounts by reach(")
    assert "... and 3 more" in lines
    assert "Usual, by number of followers:" in lines


def test_audience__out_writes_all_accounts(follows, tmp_path, capsys):
    path = tmp_path / "out.csv"
    run(capsys, "audience", follows, "--top", 0, "--out", path)
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["account"] for line in lines] == GRAPH.labels.tolist()
    assert [float(line["counted"]) for line in lines] == audience(score(GRAPH)).counted.tolist()


@pytest.mark.parametrize(
    ("account", "known"), [("2", True), ("-7", True), ("07", False), ("x", False), ("9", False)]
)
def test_audience__accounts_are_integers_where_labels_are(account, known, tmp_path, capsys):
    path = tmp_path / "follows.txt"
    path.write_text("2 -7\n-7 2\n")
    if known:
        assert main(["audience", str(path), account]) == 0
        assert capsys.readouterr().out.startswith(f"Audience of {account} by reach(")
    else:
        assert "no account " in fail(capsys, "audience", path, account)


def test_audience__what_is_refused(follows, tmp_path, capsys):
    assert "no account 'zoe'" in fail(capsys, "audience", follows, "zoe")
    assert "an audience needs a propagation method" in fail(
        capsys, "audience", follows, "bob", "--method", "followers"
    )
    assert "--top is -1" in fail(capsys, "audience", follows, "--top", -1)
    assert "end in" in fail(capsys, "audience", tmp_path / "missing.tsv", "--out", "out.txt")


@pytest.mark.parametrize("command", ["score", "audience"])
def test_link__unites_before_scoring(command, follows, links, capsys):
    rows, messages = run(capsys, command, follows, "--link", links)
    place = rows[0].index("reach")
    column = rows[0].index("account")
    wanted = dict(zip(LINKED.labels.tolist(), score(LINKED).reach.tolist(), strict=True))
    assert {row[column]: float(row[place]) for row in rows[1:]} == wanted
    assert "linked: 5 rows: 4 follows between 4 accounts; mutual pairs: 1; duplicates merged: 1" in messages


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "it names no account"),
        ("ann@x\n", "line 1: there is one column; expected two: label, person"),
        ("ann@x\tann\nann@x\tann\n", "line 2: account 'ann@x' is there again"),
        ("zoe\tann\n", "no account 'zoe'"),
        ("ann@x\t\n", "links holds an empty string"),
        ("ann@x\tbob\nbob\tx\n", "gives 'bob' to 'x', and names a person 'bob'"),
    ],
)
def test_link__bad_links_are_refused(content, match, follows, tmp_path, capsys):
    path = tmp_path / "links.tsv"
    path.write_text(content)
    assert match in fail(capsys, "score", follows, "--link", path)


def test_link__persons_are_integers_where_accounts_are(tmp_path, capsys):
    follows, links = tmp_path / "follows.txt", tmp_path / "links.tsv"
    follows.write_text("1 2\n3 2\n")
    links.write_text("1\t7\n3\t7\n")
    rows, _ = run(capsys, "score", follows, "--link", links)
    assert [row[1] for row in rows[1:]] == ["2", "7"]
    links.write_text("1\t7\n3\tann\n")
    assert "the label is 'ann'; expected an integer" in fail(capsys, "score", follows, "--link", links)
