"""The command ``influencegraph compare``."""

import pytest
from test_cli import fail

from influencegraph import FollowerGraph, compare_scores, score
from influencegraph.cli import main
from influencegraph.io.comparisons import describe_comparison

OLD = [("ann", "bob"), ("cat", "bob"), ("bob", "cat"), ("old", "ann")]
NEW = [("ann", "bob"), ("cat", "bob"), ("dan", "bob"), ("dan", "cat")]


def graph_of(pairs):
    return FollowerGraph.from_arrays(*zip(*pairs, strict=True))


@pytest.fixture
def files(tmp_path):
    paths = []
    for name, pairs in (("old.tsv", OLD), ("new.tsv", NEW)):
        path = tmp_path / name
        path.write_text("".join(f"{u}\t{v}\n" for u, v in pairs))
        paths.append(str(path))
    return paths


def output(capsys, *arguments):
    assert main(["compare", *arguments]) == 0
    return capsys.readouterr().out


def test_compare__the_network(files, capsys):
    comparison = compare_scores(score(graph_of(OLD)), score(graph_of(NEW)))
    assert output(capsys, *files) == f"{comparison}\n"
    assert output(capsys, *files, "--top", "1") == f"{describe_comparison(comparison, top=1)}\n"
    assert "Rose most" not in output(capsys, *files, "--top", "0")


def test_compare__one_account(files, tmp_path, capsys):
    comparison = compare_scores(score(graph_of(OLD)), score(graph_of(NEW)))
    assert output(capsys, *files, "bob") == f"{comparison.explain('bob', trace=True)}\n"
    assert output(capsys, *files, "old").startswith("old is gone, ")
    assert output(capsys, *files, "dan").startswith("dan is new, ")
    names = tmp_path / "names.tsv"
    names.write_text("bob\tBob \x1b[31mB.\n")
    assert output(capsys, *files, "bob", "--names", str(names)).startswith("Bob \\x1b[31mB.'s score ")


def test_compare__settings_of_one_file(files, capsys):
    graph = graph_of(OLD)
    comparison = compare_scores(score(graph, mutual_worth=1.0), score(graph, mutual_worth=0.25))
    found = output(capsys, files[0], files[0], "--mutual-worth-before", "1", "--mutual-worth", "0.25")
    assert found == f"{comparison}\n"
    assert "mutual_worth: 1 -> 0.25" in found
    before = score(graph, mutual_capacity=3, damping=0.5)
    found = output(
        capsys, files[0], files[0], "bob", "--mutual-capacity-before", "3", "--damping-before", "0.5"
    )
    assert found == f"{compare_scores(before, score(graph)).explain('bob', trace=True)}\n"


def test_compare__writes_columns(files, tmp_path, capsys):
    out = tmp_path / "changes.csv"
    output(capsys, *files, "--out", str(out))
    rows = [line.split(",") for line in out.read_text().splitlines()]
    assert rows[0][:4] == ["account", "before", "after", "change"]
    assert sorted(row[0] for row in rows[1:]) == ["ann", "bob", "cat", "dan", "old"]
    output(capsys, *files, "bob", "--out", str(out))
    rows = [line.split(",") for line in out.read_text().splitlines()]
    assert rows[0][:4] == ["account", "before", "after", "follows_gained"]
    assert sorted(row[0] for row in rows[1:]) == ["ann", "cat", "dan"]


def test_compare__mistakes_are_one_line(files, tmp_path, capsys):
    assert "no account 'zoe'" in fail(capsys, "compare", *files, "zoe")
    assert "--top is -1" in fail(capsys, "compare", *files, "--top", "-1")
    assert "--out is" in fail(capsys, "compare", *files, "--out", "changes.xls")
    assert "method='reach'" in fail(capsys, "compare", *files, "--method", "followers")
    numbers = tmp_path / "numbers.tsv"
    numbers.write_text("1\t2\n")
    assert "Read all snapshots with the same label_type" in fail(capsys, "compare", files[0], numbers)
