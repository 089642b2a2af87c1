"""Logs of follows against slow twins, what is refused, and logs by chance."""

import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import FollowerGraph
from influencegraph.audits import LOG_AUDITS, audit_log
from influencegraph.audits.answered import answered
from influencegraph.audits.bursts import bursts
from influencegraph.audits.dwell import dwell
from influencegraph.audits.follow_log import read_log
from influencegraph.audits.null_logs import shuffle_log
from influencegraph.audits.refollows import refollows
from influencegraph.errors import InfluenceGraphError, InvalidArgument, InvalidFollows, UnknownAccount
from influencegraph.ghosts import find_returns
from influencegraph.testing import event_logs
from tests import oracles
from tests.audits.matrices import values_of

accounts = st.integers(0, 4)
kinds = st.sampled_from(("follow", "follow", "unfollow"))
EVENTS = st.lists(st.tuples(st.integers(0, 12), kinds, accounts, accounts), max_size=40)


def columns(events):
    return [list(column) for column in zip(*events, strict=True)] if events else [[], [], [], []]


def known_accounts(events):
    return sorted({account for _, _, *pair in events for account in pair})


def same(found, wanted):
    for value, each in zip(found, wanted, strict=True):
        assert math.isnan(value) if each is None else value == pytest.approx(each)


@given(EVENTS)
def test_log__spells_are_those_of_the_twin(events):
    log = read_log(columns(events))
    wanted = [(*pair, *spell) for pair, known in sorted(oracles.spells(events).items()) for spell in known]
    labels = log.accounts.values
    found = zip(labels[log.follower], labels[log.followed], log.start, log.stop, strict=True)
    assert [tuple(map(float, row)) for row in found] == wanted
    assert log.accounts.values.tolist() == known_accounts(events)
    assert log.last == max((event[0] for event in events), default=-math.inf)


@given(EVENTS, st.integers(1, 6))
def test_answered__counts_contacts_one_by_one(events, window):
    spells, last = oracles.spells(events), max((event[0] for event in events), default=0)
    first = {pair: known[0][0] for pair, known in spells.items()}
    wanted = []
    for account in known_accounts(events):
        answers = []
        for other in known_accounts(events):
            times = [first.get((account, other), math.inf), first.get((other, account), math.inf)]
            if min(times) < math.inf:
                answers += (
                    [True] if max(times) - min(times) <= window else [False] * (min(times) + window <= last)
                )
        wanted.append(np.mean(answers) if answers else None)
    same(values_of(answered(columns(events), window=window, contacts_min=1))[0], wanted)


@given(EVENTS, st.integers(1, 6))
def test_dwell_and_bursts__count_spells_one_by_one(events, window):
    spells, last = oracles.spells(events), max((event[0] for event in events), default=0)
    soon, most = [], []
    for account in known_accounts(events):
        own = [spell for pair, known in spells.items() if pair[0] == account for spell in known]
        ended = [
            stop - start <= window for start, stop in own if stop - start <= window or start + window <= last
        ]
        soon.append(np.mean(ended) if ended else None)
        within = [sum(0 <= start - begin <= window for start, _ in own) for begin, _ in own]
        most.append(max(within) if own else None)
    same(values_of(dwell(columns(events), window=window, follows_min=1))[0], soon)
    same(values_of(bursts(columns(events), window=window))[0], most)


@given(EVENTS)
def test_refollows__are_spells_beyond_the_first(events):
    spells = oracles.spells(events)
    every = [(*pair, *spell) for pair, known in spells.items() for spell in known]
    wanted, by_chance = [], []
    for account in known_accounts(events):
        own = [len(known) for pair, known in spells.items() if pair[0] == account]
        wanted.append(sum(own) - len(own) if own else None)
        mine = [spell for spell in every if spell[0] == account]
        left = [other for _, _, start, _ in mine for _, other, _, stop in mine if stop <= start]
        received = [sum(spell[1] == other for spell in every) / len(every) for other in left]
        by_chance.append(sum(received) if own else None)
    values, expected = values_of(refollows(columns(events)))
    same(values, wanted)
    same(expected, by_chance)


def test_log__is_the_same_from_a_dict_a_frame_and_dates():
    pandas = pytest.importorskip("pandas")
    plain = [0, 60], ["follow", "unfollow"], ["ann", "ann"], ["bob", "bob"]
    named = dict(zip(("times", "kinds", "followers", "followed"), plain, strict=True))
    dated = {**named, "times": [datetime.datetime(1970, 1, 1, 0, minute) for minute in (0, 1)]}
    for log in (plain, named, dated, pandas.DataFrame(named), pandas.DataFrame(dated)):
        found = read_log(log)
        assert (found.start.tolist(), found.stop.tolist()) == ([0.0], [60.0])
        assert found.accounts.values.tolist() == ["ann", "bob"]
    assert read_log(found) is found


@pytest.mark.parametrize("kinds", [[1, -1], [True, False], np.array(["follow", "unfollow"])])
def test_log__kinds_are_words_signs_or_truths(kinds):
    assert read_log(([0, 1], kinds, [1, 1], [2, 2])).stop.tolist() == [1.0]


@given(EVENTS, st.randoms(use_true_random=False))
def test_log__the_order_of_rows_does_not_matter(events, random):
    mixed = random.sample(events, len(events))
    for one, other in zip(read_log(columns(events))[1:], read_log(columns(mixed))[1:], strict=True):
        assert np.array_equal(one, other)


def test_log__fixed_width_strings_are_labels_too():
    found = read_log(([0, 1], ["follow"] * 2, np.array(["a", "b"]), np.array(["b", "cc"])))
    assert found.accounts.values.tolist() == ["a", "b", "cc"]
    assert found.follower.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("log", "match"),
    [
        ({"times": [0], "kinds": ["follow"], "followers": [1]}, "log is a dict of 3 columns"),
        ("log.tsv", "it is four columns: times, kinds, followers, followed"),
        (([0], ["like"], [1], [2]), "kinds is 'like' in row 0; a kind is 'follow' or 'unfollow'"),
        (([0], [0.5], [1], [2]), r"kinds is 0\.5 in row 0"),
        (([0, 1], ["follow"], [1], [2]), "times 2, kinds 1, followers 1, followed 1"),
        (([math.nan], ["follow"], [1], [2]), "times in row 0"),
        (([0], ["follow"], [1], ["bob"]), "labels are all integers or all strings"),
        (([0], ["follow"], [""], ["bob"]), "empty string"),
    ],
)
def test_log__what_is_refused(log, match):
    with pytest.raises(InfluenceGraphError, match=match):
        audit_log(log)


def test_windows__are_spans_above_0():
    log = [0], ["follow"], [1], [2]
    same(values_of(bursts(log, window=datetime.timedelta(days=1)))[0], [1, None])
    with pytest.raises(InvalidArgument, match="window is 0"):
        dwell(log, window=0)


@pytest.mark.parametrize("name", LOG_AUDITS)
def test_log_audits__of_an_empty_log(name):
    (measure,) = LOG_AUDITS[name](([], [], [], [])).measures.values()
    assert measure.n_measured == 0


def test_audit_log__all_at_once_or_of_one_account():
    log = [0, 1, 2], ["follow", "unfollow", "follow"], ["ann"] * 3, ["bob"] * 3
    assert list(audit_log(log).measures) == list(LOG_AUDITS)
    (found,) = audit_log(log, "ann", audits=["refollows"])
    assert (found.value, found.audit, found.stands_out) == (1.0, "refollows", False)
    with pytest.raises(UnknownAccount, match="'zoe'"):
        audit_log(log, "zoe")
    with pytest.raises(InvalidArgument, match="it must name answered, dwell, refollows, bursts"):
        audit_log(log, audits=["overlap"])


@given(EVENTS, st.integers(0, 3))
def test_shuffled_log__deals_out_times_and_spans(events, seed):
    log = read_log(columns(events))
    made = shuffle_log(log, seed)
    pairs = list(zip(log.follower.tolist(), log.followed.tolist(), strict=True))
    assert set(zip(made.follower.tolist(), made.followed.tolist(), strict=True)) == set(pairs)
    if len(set(pairs)) == len(pairs):
        assert sorted(made.start) == sorted(log.start)
        spans = [np.sort(each.stop - each.start) for each in (made, log)]
        assert spans[0] == pytest.approx(spans[1])
    for drawn in (made, shuffle_log(log, seed, keep_pairs=False)):
        assert np.all(drawn.follower != drawn.followed)
        again = (np.diff(drawn.follower) == 0) & (np.diff(drawn.followed) == 0)
        assert np.all(drawn.start[1:][again] > drawn.stop[:-1][again])


def test_expected__is_what_logs_by_chance_have():
    rng = np.random.default_rng(3)
    n, follows = 60, 6000
    ends = rng.integers(0, n, (2, follows))
    times = rng.gamma(2.0, 20.0, follows)
    log = read_log((times, ["follow"] * follows, *ends))
    for audit, window in ((answered, 5.0), (bursts, 5.0)):
        drawn = [values_of(audit(shuffle_log(log, seed), window=window))[0] for seed in range(12)]
        _, expected = values_of(audit(log, window=window))
        assert np.nanmean(drawn) == pytest.approx(np.nanmean(expected), rel=0.12)


def test_invalid_follows__is_the_error_of_mixed_labels():
    with pytest.raises(InvalidFollows):
        read_log(([0, 1], ["follow"] * 2, [1, "1"], [2, 3]))


@given(event_logs(), st.sampled_from([1.0, 50.0]))
def test_spells__say_what_the_replayed_log_says(log, memory):
    spells = read_log(log)
    follows = FollowerGraph.from_events(log).to_arrays()
    is_open = np.isinf(spells.stop)
    labels = spells.accounts.values
    ends = (labels[side[is_open]].tolist() for side in (spells.follower, spells.followed))
    still = set(zip(*ends, strict=True))
    assert still == set(zip(follows.follower.tolist(), follows.followed.tolist(), strict=True))
    graph = FollowerGraph.from_events(log, as_of=spells.last + 1.0 if len(log[0]) else 1.0, memory=memory)
    if graph.ghosts is None:
        return
    known = find_returns(graph)
    for (u, v), strength in zip(graph.labels[known.pairs].tolist(), known.strengths.tolist(), strict=True):
        ours = ~is_open & (labels[spells.follower] == u) & (labels[spells.followed] == v)
        if ours.any():  # else the follow began before the log, and is no spell of it
            assert strength == pytest.approx(math.exp((spells.stop[ours].max() - spells.last - 1.0) / memory))
