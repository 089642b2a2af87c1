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
from influencegraph.testing import follower_graphs, layered_graphs, settings

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


def test_questions__of_saved_scores_say_that_the_hidden_numbers_are_gone(tmp_path):
    shown = score(GRAPH).redact(["secret"])
    shown.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    for ask in (
        lambda: audience(loaded, "bob"),
        lambda: audience(loaded, graph=GRAPH),
        lambda: what_if(loaded),
        lambda: update(loaded, added=(["ann"], ["dan"])),
        lambda: explain_score(loaded, "bob"),
    ):
        with pytest.raises(InvalidArgument, match="redacted and then saved"):
            ask()


@given(layered_graphs() | follower_graphs(), settings(), st.data())
def test_audience__of_redacted_scores_says_the_same_of_all_others(graph, chosen, data):
    whole = score(graph, **chosen)
    hidden = data.draw(st.lists(st.sampled_from(graph.labels.tolist()), unique=True))
    found, all_found = audience(whole.redact(hidden)), audience(whole)
    kept = ~np.isin(whole.labels, hidden)
    assert found.labels.tolist() == whole.labels[kept].tolist()
    assert (len(found), found.n_redacted) == (kept.sum(), len(hidden))
    columns, all_columns = found.to_columns(), all_found.to_columns()
    assert list(columns) == list(all_columns)
    for name in set(columns) - {"cohort_accounts", "reach_below"}:
        assert columns[name].tolist() == all_columns[name][kept].tolist()
    assert sum(cohort.n_accounts for cohort in found.cohorts) == kept.sum()
    for cohort in found.cohorts:
        members = (found.followers >= cohort.followers_min) & (found.followers <= cohort.followers_max)
        assert cohort.n_accounts == members.sum()
        for name, quantiles in cohort.quantiles.items():
            assert set(quantiles) <= set(getattr(found, name)[members].tolist())
    for account in found.labels.tolist():
        one = found[account]
        assert (one.reach, one.counted) == (all_found[account].reach, all_found[account].counted)
        assert one.n_redacted == len(hidden)
        assert one.standings["reach"].below <= all_found[account].standings["reach"].below


def test_audience__of_redacted_scores_never_names_them():
    shown = score(GRAPH).redact(["secret"])
    found = audience(shown)
    assert b"secret" not in pickle.dumps(found)
    assert "secret" not in str(found) + str(found["bob"])
    assert str(found).startswith("Audiences of 5 accounts (1 more redacted) by ")
    assert "Usual, by number of followers (redacted accounts left out: 1):" in str(found)
    assert "this one among them (redacted accounts left out: 1):" in str(found["bob"])
    assert found["bob"].followers == 3
    nobody, secret = (refuse(lambda label=label: audience(shown, label)) for label in ("nobody", "secret"))
    assert secret.replace("secret", "nobody") == nobody


def refuse(ask):
    with pytest.raises(UnknownAccount) as caught:
        ask()
    return str(caught.value)


@given(layered_graphs() | follower_graphs(min_accounts=3), settings(), st.data())
def test_what_if__of_redacted_scores_is_the_redacted_what_if(graph, chosen, data):
    whole = score(graph, **chosen)
    labels = graph.labels.tolist()
    shown = whole.redact(data.draw(st.lists(st.sampled_from(labels), unique=True, max_size=len(labels) - 2)))
    if len(shown) < 2:
        return
    pair = data.draw(st.permutations(shown.labels.tolist()))[:2]
    edit = "unfollow" if graph.has_follow(*pair) else "follow"
    after = getattr(what_if(shown), edit)(*pair).score()
    all_after = getattr(what_if(whole), edit)(*pair).score()
    check_others_unchanged(all_after, after, sorted(set(labels) - set(shown)))
    assert after.work == all_after.work
    assert after.graph is None or shown is whole
    change = {"removed" if edit == "unfollow" else "added": ([pair[0]], [pair[1]])}
    check_others_unchanged(update(whole, **change), update(shown, **change), sorted(set(labels) - set(shown)))
    again = what_if(after).remove(pair[0]).score()
    check_others_unchanged(
        what_if(all_after).remove(pair[0]).score(), again, sorted(set(labels) - set(shown))
    )


def test_what_if__of_redacted_scores_tells_redacted_from_unknown_accounts_by_nothing():
    shown = score(GRAPH).redact(["secret", "bob"])
    plan = what_if(shown)
    asks = [
        lambda label: plan.follow("ann", label),
        lambda label: plan.follow(label, "ann"),
        lambda label: plan.follow(["cat", "dan"], [label]),
        lambda label: plan.unfollow(label, "ann"),
        lambda label: plan.unfollow("dan", label),
        lambda label: plan.remove(label),
        lambda label: plan.remove("cat").remove(["ann", label]),
        lambda label: plan.remove("ann").follow("cat", label),
        lambda label: update(shown, added=(["ann"], [label])),
        lambda label: update(shown, removed=([label], ["ann"])),
        lambda label: update(shown, added=([label, "zoe"], ["ann", "ann"])),
    ]
    for ask in asks:
        messages = [refuse(lambda ask=ask, label=label: ask(label)) for label in ("secret", "nobody", "bob")]
        assert messages[0].replace("secret", "nobody") == messages[1] == messages[2].replace("bob", "nobody")
        assert "secret" not in messages[1]
        assert "bob" not in messages[1]
    assert "among the 4 of this graph" in refuse(lambda: plan.remove("secret"))
    assert "among the 3 of this graph" in refuse(lambda: plan.remove("cat").follow("ann", "cat"))


def test_what_if__of_redacted_scores_takes_new_accounts_from_nobody():
    """Or else a label that is refused would be a redacted account."""
    shown = score(GRAPH).redact(["secret"])
    refuse(lambda: what_if(shown).follow("new", "ann"))
    after = what_if(score(GRAPH)).follow("new", "ann").score().redact(["secret"])
    assert "new" in after
    assert "secret" not in str(after)


def test_questions__that_keep_hidden_accounts_out_never_name_them():
    whole = score(GRAPH)
    shown = whole.redact(["secret"])
    for answer in (
        explain_score(shown, "bob"),
        compare_scores(whole, shown),
        compare_scores(shown, score(GRAPH, mutual_worth=0).redact(["secret"])).explain("bob"),
        advise(shown, "dan"),
        earned_reach(shown),
        audience(shown),
        audience(shown, "bob"),
        what_if(shown).follow("ann", "dan").score(),
        update(shown, removed=(["ann"], ["bob"])),
    ):
        assert "secret" not in str(answer)
