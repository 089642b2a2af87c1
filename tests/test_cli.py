"""The commands ``influencegraph score`` and ``advise``."""

import csv
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import influencegraph
from influencegraph import FollowerGraph, UnknownAccount, explain_score, score
from influencegraph.cli import main
from influencegraph.cli.options import find_account

ROOT = Path(influencegraph.__file__).parent.parent
PAIRS = [("ann", "bob"), ("bob", "ann"), ("cat", "bob"), ("dan", "cat")]
SCORES = score(FollowerGraph.from_arrays(*zip(*PAIRS, strict=True)))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
COMMAND = [sys.executable, "-m", "influencegraph"]


@pytest.fixture
def follows(tmp_path):
    path = tmp_path / "follows.tsv"
    path.write_text("".join(f"{u}\t{v}\n" for u, v in PAIRS))
    return path


def run(capsys, *arguments):
    """Run a command that succeeds; return its table as rows of fields, and its messages."""
    assert main([str(each) for each in arguments]) == 0
    caught = capsys.readouterr()
    return [line.split("\t") for line in caught.out.splitlines()], caught.err


def fail(capsys, *arguments):
    """Run a command that is the user's mistake; return its one line."""
    assert main([str(each) for each in arguments]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    lines = [line for line in caught.err.splitlines() if ": error: " in line]
    assert len(lines) == 1, caught.err
    assert "Traceback" not in caught.err
    assert lines[0].startswith("influencegraph: error: ")
    assert lines[0] == caught.err.splitlines()[-1]
    return lines[0]


def test_score__prints_tab_separated_values_where_there_is_no_terminal(follows, capsys):
    rows, messages = run(capsys, "score", follows)
    assert rows[0] == ["rank", "account", "reach", "lower", "upper", "score"]
    wanted = [
        [str(line.rank), line.account, *map(repr, (line.reach, line.lower, line.upper, line.score))]
        for line in SCORES.top()
    ]
    assert rows[1:] == wanted
    assert "4 rows: 4 follows between 4 accounts" in messages
    assert "certified: " in messages
    assert all(line.startswith("influencegraph: ") for line in messages.splitlines())


def test_score__top_and_method(follows, capsys):
    rows, _ = run(capsys, "score", follows, "--top", 1, "--method", "followers")
    assert rows == [["rank", "account", "value"], ["1", "bob", "2.0"]]
    assert run(capsys, "score", follows, "--top", 0)[0] == [
        ["rank", "account", "reach", "lower", "upper", "score"]
    ]


def test_score__settings_reach_the_method(follows, capsys):
    options = ["--mutual-worth", 0.1, "--mutual-capacity", 3, "--damping", 0.5, "--tolerance", 1e-6]
    options += ["--mutual-giving", 0.25]
    rows, _ = run(capsys, "score", follows, *options, "--threads", 1)
    chosen = {"mutual_worth": 0.1, "mutual_capacity": 3, "mutual_giving": 0.25}
    wanted = score(SCORES.graph, damping=0.5, tolerance=1e-6, **chosen)
    assert {row[1]: float(row[2]) for row in rows[1:]} == dict(
        zip(wanted, wanted.reach.tolist(), strict=True)
    )


def test_score__names_stand_beside_the_labels(follows, tmp_path, capsys):
    names = tmp_path / "names.tsv"
    names.write_text("ann\tAnn \x1b[31mRed\nbob\tBob\tignored\n# dan\tDan\n")
    rows, _ = run(capsys, "score", follows, "--names", names)
    assert rows[0][:3] == ["rank", "account", "name"]
    assert {row[1]: row[2] for row in rows[1:]} == {
        "ann": "Ann \\x1b[31mRed", "bob": "Bob", "cat": "", "dan": "",
    }  # fmt: skip


def test_score__seeds_start_the_attention(follows, tmp_path, capsys):
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("dan\ncat\t3\n")
    rows, _ = run(capsys, "score", follows, "--seeds", seeds)
    wanted = score(SCORES.graph, teleport={"dan": 1, "cat": 3})
    assert {row[1]: float(row[2]) for row in rows[1:]} == dict(
        zip(wanted, wanted.reach.tolist(), strict=True)
    )


def test_advise__prints_lines_and_what_to_make_of_them(follows, tmp_path, capsys):
    rows, messages = run(capsys, "advise", follows, "bob")
    advice = influencegraph.advise(SCORES, "bob")
    assert rows[0] == list(advice.to_columns())
    assert rows[1:] == [[line.account, *map(repr, line[1:])] for line in advice.lines]
    assert len(rows) == 2
    for words in (advice.verdict, "Certain, all else unchanged", "may be withdrawn", "certified: "):
        assert words in messages
    names = tmp_path / "names.tsv"
    names.write_text("ann\tAnn \x1b[31mRed\n")
    rows, _ = run(capsys, "advise", follows, "bob", "--names", names, "--mutual-worth", 0, "--top", 1)
    assert rows[0][:2] == ["account", "name"]
    assert rows[1][:2] == ["ann", "Ann \\x1b[31mRed"]
    assert float(rows[1][3]) == influencegraph.advise(score(SCORES.graph, mutual_worth=0), "bob").lines[0][2]


def test_advise__shows_a_table_on_a_terminal(follows, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["advise", str(follows), "bob"]) == 0
    shown = capsys.readouterr().out
    assert shown == f"{influencegraph.advise(SCORES, 'bob')}\n"


def test_advise__accounts_are_integers_where_labels_are(tmp_path, capsys):
    path = tmp_path / "follows.txt"
    path.write_text("-1 2\n10 2\n2 -1\n")
    assert [row[0] for row in run(capsys, "advise", path, "--", "-1")[0]] == ["account", "2"]
    assert "no account '-1'" not in fail(capsys, "advise", path, "x1")
    assert "no account 3" in fail(capsys, "advise", path, 3)
    assert "no account '2'" not in run(capsys, "advise", path, "2", "--label-type", "str")[1]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["zoe"], "no account 'zoe'"),
        (["bob", "--top", "0"], "--top is 0"),
        (["bob", "--method", "followers"], "is 'followers'; advice needs a propagation method"),
    ],
)
def test_advise__mistakes_are_refused_in_one_line(arguments, match, follows, capsys):
    assert match in fail(capsys, "advise", follows, *arguments)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".npz", ".parquet"])
def test_score__out_writes_all_accounts(suffix, follows, tmp_path, capsys):
    path = tmp_path / f"out{suffix}"
    rows, _ = run(capsys, "score", follows, "--top", 1, "--out", path)
    assert len(rows) == 2
    if suffix == ".npz":
        with np.load(path) as arrays:
            accounts, reach = arrays["account"].tolist(), arrays["reach"].tolist()
    elif suffix == ".parquet":
        table = pytest.importorskip("pyarrow.parquet").read_table(path)
        accounts, reach = table["account"].to_pylist(), table["reach"].to_pylist()
    else:
        with path.open(newline="") as file:
            lines = list(csv.DictReader(file, delimiter="," if suffix == ".csv" else "\t"))
        accounts, reach = [line["account"] for line in lines], [float(line["reach"]) for line in lines]
    assert accounts == list(SCORES)
    assert reach == SCORES.reach.tolist()


def test_score__reads_columns_as_told(tmp_path, capsys):
    path = tmp_path / "follows.csv"
    path.write_text("who,when,whom,how\nbob,1,ann,2\nbob,2,cat,0.5\n")
    options = [
        "--source",
        "who",
        "--target",
        "whom",
        "--weight",
        "how",
        "--delimiter",
        ",",
        "--header",
        "yes",
    ]
    rows, _ = run(capsys, "score", path, *options)
    wanted = score(FollowerGraph.from_arrays(["bob", "bob"], ["ann", "cat"], [2, 0.5]))
    assert {row[1]: float(row[2]) for row in rows[1:]} == dict(
        zip(wanted, wanted.reach.tolist(), strict=True)
    )
    rows, _ = run(capsys, "score", path, *options, "--reverse", "--method", "followers")
    assert rows[1] == ["1", "bob", "2.0"]


def test_score__integer_labels_and_strings_on_request(tmp_path, capsys):
    path = tmp_path / "follows.txt"
    path.write_text("1 2\n10 2\n2 10\n")
    assert [row[1] for row in run(capsys, "score", path)[0][1:]] == ["2", "10", "1"]
    rows, _ = run(capsys, "score", path, "--label-type", "str", "--method", "one_way_followers")
    assert [row[1] for row in rows[1:]] == ["2", "1", "10"]


@pytest.mark.filterwarnings("default")
def test_score__an_empty_file_is_an_empty_graph_with_a_warning(tmp_path, capsys):
    path = tmp_path / "empty.tsv"
    path.write_text("")
    rows, messages = run(capsys, "score", path)
    assert rows == [["rank", "account", "reach", "lower", "upper", "score"]]
    assert "influencegraph: warning: " in messages


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("ann\nbob\n", ""),
        ("ann\tbob\n\tann\n", "line 2"),
        ("ann\tbob\ncat\n", "line 2"),
        ("ann\tbob\ncat\t\n", "line 2"),
        ("ann\tb\0b\n", "line 1"),
    ],
)
def test_score__a_bad_file_is_refused_with_its_line(content, match, tmp_path, capsys):
    path = tmp_path / "bad.tsv"
    path.write_text(content)
    line = fail(capsys, "score", path)
    assert str(path) in line
    assert match in line


@pytest.mark.parametrize("weight", ["nan", "inf", "-1", "1,5", "", "0x1p3", "x"])
def test_score__a_bad_weight_is_refused_with_its_line(weight, tmp_path, capsys):
    path = tmp_path / "bad.tsv"
    path.write_text(f"ann\tbob\t1\nbob\tann\t{weight}\n")
    line = fail(capsys, "score", path, "--weight", "2")
    assert "line 2" in line


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--damping", "1.0"], "damping is 1.0"),
        (["--damping", "nan"], "damping is nan"),
        (["--mutual-worth", "2"], "mutual_worth is 2.0"),
        (["--mutual-capacity", "0"], "mutual_capacity is 0.0"),
        (["--tolerance", "0"], "tolerance is 0.0"),
        (["--tolerance", "1e-40"], "Rounding alone"),
        (["--threads", "0"], "n_threads is 0"),
        (["--method", "nonsense"], "method is 'nonsense'"),
        (["--method", "followers", "--damping", "0.5"], "does not use it"),
        (["--top", "-1"], "--top is -1"),
        (["--source", "nobody"], "nobody"),
        (["--target", "7"], "8 columns"),
    ],
)
def test_score__a_bad_setting_is_refused_in_one_line(options, match, follows, capsys):
    assert match in fail(capsys, "score", follows, *options)


@pytest.mark.parametrize("name", ["out", "out.txt", "out.CSV"])
def test_score__a_bad_suffix_is_refused_before_anything_is_done(name, follows, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert ".parquet" in fail(capsys, "score", follows, "--out", tmp_path / name)
    assert "end in" in fail(capsys, "score", tmp_path / "missing.tsv", "--out", tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_score__places_that_are_no_file_are_refused(follows, tmp_path, capsys):
    assert "missing.tsv" in fail(capsys, "score", tmp_path / "missing.tsv")
    fail(capsys, "score", tmp_path)
    os.mkfifo(tmp_path / "fifo")
    fail(capsys, "score", tmp_path / "fifo")
    fail(capsys, "score", follows, "--seeds", tmp_path / "missing")
    fail(capsys, "score", follows, "--names", tmp_path)
    fail(capsys, "score", follows, "--out", tmp_path / "no folder" / "out.csv")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("zoe\n", "'zoe'"),
        ("ann\t0\nbob\t0\n", "no positive weight"),
        ("ann\tnan\n", "line 1"),
        ("ann\t-1\n", "line 1"),
        ("ann\nann\n", "line 2"),
        ("", "names no account"),
    ],
)
def test_score__bad_seeds_are_refused(content, match, follows, tmp_path, capsys):
    seeds = tmp_path / "seeds.txt"
    seeds.write_text(content)
    assert match in fail(capsys, "score", follows, "--seeds", seeds)


def test_names__of_one_column_are_refused(follows, tmp_path, capsys):
    names = tmp_path / "names.tsv"
    names.write_text("ann\n")
    assert "line 1" in fail(capsys, "score", follows, "--names", names)


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["score"], ["score", "x", "--top", "many"], ["score", "x", "--damping", "a"]],
)
def test_call__a_bad_one_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


# ---- in a process of its own ----


def test_process__reads_standard_input_and_exits_with_2(follows):
    options = {"capture_output": True, "text": True, "timeout": 60, "env": ENVIRONMENT}
    done = subprocess.run([*COMMAND, "score", "-", "--top", "1"], input=follows.read_text(), **options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("1\tbob\t")
    done = subprocess.run([*COMMAND, "score", "-"], input="ann\tbob\n\tbob\n", **options)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "line 2" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource usage of children")
def test_help__lists_all_methods(capsys):
    with pytest.raises(SystemExit):
        main(["score", "--help"])
    words = capsys.readouterr().out.replace(",", " ").replace(";", " ").split()
    assert set(influencegraph.METHODS) <= set(words)


def test_score__methods_for_comparison(follows, tmp_path, capsys):
    rows, _ = run(capsys, "score", follows, "--method", "tunkrank", "--damping", "0.1")
    assert rows[0] == ["rank", "account", "value", "reach", "lower", "upper", "score"]
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("ann\n")
    rows, _ = run(capsys, "score", follows, "--method", "trustrank", "--seeds", seeds)
    assert float(rows[1][2]) > float(rows[2][2]) > 0
    assert "known to be good" in fail(capsys, "score", follows, "--method", "trustrank")


def test_process__help_costs_little():
    import resource

    costs = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*COMMAND, "--help"], capture_output=True, timeout=60, env=ENVIRONMENT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(costs) < 0.3


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are POSIX's")
def test_process__a_reader_that_goes_away_is_no_error(tmp_path):
    path = tmp_path / "many.tsv"
    path.write_text("".join(f"{i}\t{i + 1}\n" for i in range(30_000)))
    process = subprocess.Popen(
        [*COMMAND, "score", str(path), "--top", "30000", "--method", "followers"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    process.stdout.readline()
    process.stdout.close()
    messages = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 0
    assert "Traceback" not in messages
    assert "BrokenPipe" not in messages


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_process__ctrl_c_is_130_without_a_traceback(tmp_path):
    path = tmp_path / "out.csv"
    process = subprocess.Popen(
        [*COMMAND, "score", "-", "--out", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # jobs in the background ignore it
    )  # fmt: skip
    process.stdin.write(b"ann\tbob\n" * 10_000)  # more than a pipe holds: it is being read once this returns
    process.stdin.flush()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    code = process.wait(60)
    messages = process.stderr.read().decode()
    for stream in (process.stdin, process.stdout, process.stderr):
        try:
            stream.close()
        except BrokenPipeError:
            continue
    assert code == 130
    assert "Traceback" not in messages
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["7", "-7", "0"])
def test_account__is_turned_into_the_kind_of_label_that_the_graph_has(text):
    by_number = FollowerGraph.from_arrays([7, -7], [-7, 0])
    by_name = FollowerGraph.from_arrays(["7", "-7"], ["-7", "0"])
    assert find_account(by_number, text) == int(text)
    assert find_account(by_name, text) == text


@pytest.mark.parametrize("text", ["8", "07", "+7", " 7", "7.0", "-0", "ann", "", "9" * 5000])
def test_account__that_is_not_there_is_unknown(text):
    for graph in (FollowerGraph.from_arrays([7], [0]), FollowerGraph.from_arrays(["7"], ["0"])):
        with pytest.raises(UnknownAccount, match="no account"):
            find_account(graph, text)


def test_explain__prints_the_explanation(follows, capsys):
    assert main(["explain", str(follows), "bob"]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{explain_score(SCORES, 'bob')}\n"
    assert "certified: " in printed.err
    assert main(["explain", str(follows), "bob", "--top", "1", "--mutual-worth", "0"]) == 0
    strict = score(SCORES.graph, mutual_worth=0)
    assert capsys.readouterr().out == f"{explain_score(strict, 'bob', top=1)}\n"


def test_explain__through_followers_with_names(follows, capsys, tmp_path):
    names = tmp_path / "names.csv"
    names.write_text("cat,Catherine\n")
    steps = ["--through", "cat", "--through", "dan"]
    assert main(["explain", str(follows), "bob", "--names", str(names), *steps]) == 0
    assert capsys.readouterr().out.startswith(
        "0.7225 accounts of bob's reach arrive through dan by way of Catherine.\n"
    )


def test_explain__writes_all_contributions(follows, capsys, tmp_path):
    assert main(["explain", str(follows), "bob", "--top", "0", "--out", str(tmp_path / "why.csv")]) == 0
    capsys.readouterr()
    with open(tmp_path / "why.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["account"], float(row["reach"])) for row in rows] == [
        (each.account, each.reach) for each in explain_score(SCORES, "bob").contributions
    ]


def test_explain__mistakes(follows, capsys):
    assert "no account 'zoe'" in fail(capsys, "explain", follows, "zoe")
    assert "no account 'zoe'" in fail(capsys, "explain", follows, "bob", "--through", "zoe")
    assert "'dan' does not follow 'bob'" in fail(capsys, "explain", follows, "bob", "--through", "dan")
    assert "propagation method" in fail(capsys, "explain", follows, "bob", "--method", "followers")
    assert "--top is -1" in fail(capsys, "explain", follows, "bob", "--top", -1)
    assert "--out is 'why.xls'" in fail(capsys, "explain", follows, "bob", "--out", "why.xls")
