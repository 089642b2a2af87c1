"""Redacted accounts are in no output, and everything said of the others stays as it was."""

import csv
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import (
    FollowerGraph,
    InvalidArgument,
    Scale,
    Scores,
    UnknownAccount,
    advise,
    audience,
    compare_scores,
    earned_reach,
    explain_score,
    score,
    update,
    what_if,
)
from influencegraph.redaction import hidden_in, redact_alike, whole_of
from influencegraph.testing import follower_graphs, settings

FOLLOWER = ["ann", "bob", "cat", "dan", "dan", "secret", "secret", "eve"]
FOLLOWED = ["bob", "ann", "bob", "ann", "secret", "bob", "cat", "secret"]
GRAPH = FollowerGraph.from_arrays(FOLLOWER, FOLLOWED)
METHODS = ["reach", "pagerank", "followers"]


def lines(scores):
    return {account: scores[account] for account in scores}


def check_others_unchanged(whole, shown, hidden):
    assert shown.labels.tolist() == [label for label in whole.labels.tolist() if label not in hidden]
    assert lines(shown) == {account: line for account, line in lines(whole).items() if account not in hidden}
    kept = ~np.isin(whole.labels, hidden)
    for (name, before), (again, after) in zip(
        whole.to_columns().items(), shown.to_columns().items(), strict=True
    ):
        assert name == again
        assert before[kept].tolist() == after.tolist()
        assert not after.flags.writeable
    assert shown.top(99) == [line for line in whole.top(99) if line.account not in hidden]
    assert shown.values.tolist() == whole.values[kept].tolist()
    assert Scale.from_scores(shown, "day") == Scale.from_scores(whole, "day")


@given(follower_graphs(), settings(), st.data())
def test_redact__leaves_all_others_as_they_were(graph, chosen, data):
    labels = graph.labels.tolist()
    hidden = data.draw(st.lists(st.sampled_from(labels), unique=True))
    whole = score(graph, **chosen)
    check_others_unchanged(whole, whole.redact(hidden), hidden)
    check_others_unchanged(whole, whole.redact(hidden[:1]).redact(hidden[1:]), hidden)


@pytest.mark.parametrize("method", METHODS)
def test_redact__of_every_method(method):
    whole = score(GRAPH, method=method)
    check_others_unchanged(whole, whole.redact(["secret"]), ["secret"])
    assert whole.redact([]) is whole
    assert "secret" in whole


def test_redacted_account__is_looked_up_like_one_that_is_not_there():
    shown = score(GRAPH).redact(np.array(["secret"]))
    assert "secret" not in shown
    assert shown.graph is None
    for look_up in (shown.__getitem__, lambda account: shown.redact([account])):
        with pytest.raises(UnknownAccount) as one:
            look_up("secret")
        with pytest.raises(UnknownAccount) as other:
            look_up("nobody")
        assert str(one.value).replace("secret", "nobody") == str(other.value)


@pytest.mark.parametrize("method", METHODS)
def test_redacted_account__is_in_no_output(method, tmp_path):
    shown = score(GRAPH, method=method).redact(["secret"])
    for write, name in (
        (shown.to_csv, "scores.csv"),
        (shown.to_tsv, "scores.tsv"),
        (shown.to_npz, "scores.npz"),
        (shown.to_parquet, "scores.parquet"),
        (shown.save, "saved.npz"),
    ):
        write(tmp_path / name)
        content = (tmp_path / name).read_bytes()
        assert b"secret" not in content
        assert "secret".encode("utf-32-le") not in content
    assert b"secret" not in pickle.dumps(shown)
    assert "secret" not in shown.to_pandas().index
    for text in (repr(shown), shown._repr_html_()):
        assert "secret" not in text
        assert "Scores of 5 accounts (1 more redacted)" in text
    with open(tmp_path / "scores.csv", newline="") as file:
        assert [row["account"] for row in csv.DictReader(file)] == ["ann", "bob", "cat", "dan", "eve"]


@pytest.mark.parametrize("method", METHODS)
def test_saved__keeps_the_redaction_without_the_hidden_numbers(method, tmp_path):
    whole = score(GRAPH, method=method)
    shown = whole.redact(["secret"])
    shown.save(tmp_path / "scores.npz")
    for again in (Scores.load(tmp_path / "scores.npz"), pickle.loads(pickle.dumps(shown))):
        check_others_unchanged(whole, again, ["secret"])
        assert repr(again) == repr(shown)
        hidden_value = float(whole.values[whole.accounts.position("secret")])
        if method != "followers":  # counts are alike
            assert not np.isclose(again.values, hidden_value, rtol=1e-12).any()
        with pytest.raises(InvalidArgument, match="redacted and then saved"):
            whole_of(again)
        check_others_unchanged(whole, again.redact(["bob"]), ["bob", "secret"])


def test_saved__with_every_account_redacted(tmp_path):
    shown = score(GRAPH).redact(GRAPH.labels)
    shown.save(tmp_path / "scores.npz")
    again = Scores.load(tmp_path / "scores.npz")
    assert len(again) == len(shown) == 0
    assert again.accounts.kind == "str"
    assert again.top() == []


@pytest.mark.parametrize("accounts", ["secret", b"secret", 7, None])
def test_redact__wants_a_list(accounts):
    with pytest.raises(InvalidArgument, match="pass \\[label\\]"):
        score(GRAPH).redact(accounts)


def test_questions__see_the_whole_and_know_what_is_hidden():
    whole = score(GRAPH)
    shown = whole.redact(["secret"]).redact(["ann"])
    assert whole_of(shown) is whole_of(whole) is whole
    assert whole.labels[hidden_in(shown)].tolist() == ["ann", "secret"]
    assert not hidden_in(whole).any()
    other = score(FollowerGraph.from_arrays(["new", "secret"], ["secret", "new"]))
    assert redact_alike(other, shown).labels.tolist() == ["new"]
    assert redact_alike(other, whole) is other
    assert math.isclose(redact_alike(other, shown).share.sum(), 0.5)


def test_questions__that_would_show_hidden_accounts_are_refused():
    shown = score(GRAPH).redact(["secret"])
    for ask in (
        lambda: audience(shown, "bob"),
        lambda: audience(shown, graph=GRAPH),
        lambda: what_if(shown),
        lambda: what_if(shown, graph=GRAPH),
        lambda: update(shown, added=(["ann"], ["dan"])),
    ):
        with pytest.raises(InvalidArgument, match="these scores are redacted: 1 accounts are left out"):
            ask()


def test_questions__that_keep_hidden_accounts_out_never_name_them():
    whole = score(GRAPH)
    shown = whole.redact(["secret"])
    for answer in (
        explain_score(shown, "bob"),
        compare_scores(whole, shown),
        compare_scores(shown, score(GRAPH, mutual_worth=0).redact(["secret"])).explain("bob"),
        advise(shown, "dan"),
        earned_reach(shown),
    ):
        assert "secret" not in str(answer)
